package corsfiberv3

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// router is an app as an adapt.Router.
type router struct {
	adapt.Spelling

	app        *fiber.App
	registered atomic.Uint32 // routes since NewMount
	prober     adapt.Prober
	index      adapt.Index[fiber.Route]
}

// newRouter returns the router of the app. Routes that are removed, or taken over from a
// mounted app when fiber starts, show in the number of handlers; those that are registered
// after as many were removed do not, and are counted.
func newRouter(app *fiber.App) *router {
	config := app.Config()
	r := &router{app: app, Spelling: adapt.Spelling{CaseSensitive: config.CaseSensitive, StrictRouting: config.StrictRouting}}
	app.Hooks().OnRoute(func(fiber.Route) error {
		r.registered.Add(1)
		return nil
	})
	r.index.List, r.prober.Copy, r.prober.Patterns = r.entries, r.copy, r.patterns
	r.prober.Version = func() uint64 { return uint64(r.registered.Load())<<32 | uint64(app.HandlersCount()) }
	return r
}

func (r *router) Root() any                                { return r.app }
func (r *router) Request(c fiber.Ctx) *fasthttp.RequestCtx { return c.RequestCtx() }
func (r *router) Context(c fiber.Ctx) context.Context      { return c.Context() }
func (r *router) Method(c fiber.Ctx) string                { return c.Method() }
func (r *router) Path(c fiber.Ctx) string                  { return c.Path() }
func (r *router) Next(c fiber.Ctx) error                   { return next(c) }
func (r *router) Ask(method, path string) string           { return r.prober.Ask(method, path) }
func (r *router) Routes() ([]mount.Route, bool)            { return r.index.Routes() }

// Hit implements adapt.Router. fiber keeps the last route that it has tried, which for
// a 404 may be one of Use.
func (r *router) Hit(c fiber.Ctx) (string, string, mount.Known) { return r.index.Hit(c.Route()) }

// entries says of each route what it is.
func (r *router) entries() map[*fiber.Route]adapt.Entry {
	type description struct { // with the address of the first handler, which copies share
		method, path string
		handlers     int
		first        *fiber.Handler
	}
	describe := func(route *fiber.Route) (d description) {
		d.method, d.path, d.handlers = route.Method, route.Path, len(route.Handlers)
		if len(route.Handlers) > 0 {
			d.first = &route.Handlers[0]
		}
		return d
	}
	return adapt.Entries(r.app.Stack(), r.app.GetRoutes(true), describe, func(route *fiber.Route, known mount.Known) adapt.Entry {
		return adapt.Entry{Method: route.Method, Pattern: r.Plain(route.Path), Known: known}
	})
}

// copy returns the handler of an app with the same routes and settings, whose handlers
// tell which of them is hit. The routes are copies, parsed already, so they match what
// the app's match, by the constraints that it knows too. Its paths are those that the app
// has unescaped, if it does that.
func (r *router) copy() fasthttp.RequestHandler {
	config := r.app.Config()
	app := fiber.New(fiber.Config{
		CaseSensitive:           config.CaseSensitive,
		StrictRouting:           config.StrictRouting,
		RequestMethods:          config.RequestMethods,
		DisableHeadAutoRegister: true, // the app has registered them
	})
	stack := app.Stack() // the app's own, by method
	for _, route := range r.app.GetRoutes(true) {
		method, pattern := slices.Index(config.RequestMethods, route.Method), r.Plain(route.Path)
		route.Handlers = []fiber.Handler{func(c fiber.Ctx) error {
			adapt.Tell(c.RequestCtx(), pattern)
			return nil
		}}
		stack[method] = append(stack[method], &route)
	}
	app.Use(func(fiber.Ctx) error { return nil }) // in place of an error that nobody reads
	return app.Handler()
}

// patterns returns those of the copy's routes.
func (r *router) patterns() (all []string) {
	for _, route := range r.app.GetRoutes(true) {
		all = append(all, r.Plain(route.Path))
	}
	return all
}
