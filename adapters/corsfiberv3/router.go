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

// newRouter returns the router of the app. To notice changes, it uses the app's number of
// handlers, which changes when routes are removed, or taken over from a mounted app. It also
// counts registrations, because removing a route and registering another one keeps the
// number.
func newRouter(app *fiber.App) *router {
	config := app.Config()
	r := &router{app: app, Spelling: adapt.Spelling{CaseSensitive: config.CaseSensitive, StrictRouting: config.StrictRouting}}
	app.Hooks().OnRoute(func(fiber.Route) error {
		r.registered.Add(1)
		return nil
	})
	r.index.List, r.prober.Copy, r.prober.Patterns, r.prober.Spelling = r.entries, r.copy, r.patterns, r.Spelling
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

// Hit implements adapt.Router. fiber keeps the last route that it has tried. For a 404 this
// may be a handler of Use.
func (r *router) Hit(c fiber.Ctx) (string, string, mount.Known) { return r.index.Hit(c.Route()) }

// entries returns an Entry for each route.
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
// report their pattern. Its routes are copies of the app's parsed routes, so they match the
// same paths, including custom constraints. It expects paths that the app has already
// unescaped, if the app does that.
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
	app.Use(func(fiber.Ctx) error { return nil }) // cheaper than fiber's 404 error
	return app.Handler()
}

// patterns returns the patterns of the copy's routes.
func (r *router) patterns() (all []string) {
	for _, route := range r.app.GetRoutes(true) {
		all = append(all, r.Plain(route.Path))
	}
	return all
}
