package corsfiber

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// router is an app as an adapt.Router.
type router struct {
	adapt.Spelling

	app    *fiber.App
	prober adapt.Prober
	index  adapt.Index[fiber.Route]
}

func newRouter(app *fiber.App) *router {
	config := app.Config()
	r := &router{app: app, Spelling: adapt.Spelling{CaseSensitive: config.CaseSensitive, StrictRouting: config.StrictRouting}}
	r.index.List, r.prober.Copy, r.prober.Patterns, r.prober.Spelling = r.entries, r.copy, r.patterns, r.Spelling
	r.prober.Version = func() uint64 { return uint64(app.HandlersCount()) }
	return r
}

func (r *router) Root() any                                 { return r.app }
func (r *router) Request(c *fiber.Ctx) *fasthttp.RequestCtx { return c.Context() }
func (r *router) Context(c *fiber.Ctx) context.Context      { return c.UserContext() }
func (r *router) Method(c *fiber.Ctx) string                { return c.Method() }
func (r *router) Path(c *fiber.Ctx) string                  { return c.Path() }
func (r *router) Next(c *fiber.Ctx) error                   { return next(c) }

// Routes implements adapt.Router.
func (r *router) Routes() ([]mount.Route, bool) { return r.index.Routes() }

// Hit implements adapt.Router. fiber keeps the last route that it has tried. For a 404 this
// may be a handler of Use.
func (r *router) Hit(c *fiber.Ctx) (method, pattern string, known mount.Known) {
	return r.index.Hit(c.Route())
}

// Ask implements adapt.Router.
func (r *router) Ask(method, path string) string {
	pattern := r.prober.Ask(method, path)
	if pattern == filesAtRoot {
		return r.Plain(path)
	}
	return pattern
}

// filesAtRoot is the pattern of Static("/", …). Its folder may have files in the paths of all
// groups, so each file belongs to the group of its path.
const filesAtRoot = "/**"

// filesBelow returns the pattern of Static(prefix, …).
func (r *router) filesBelow(prefix string) string {
	if prefix = strings.TrimSuffix(r.Plain(prefix), "/"); prefix == "" {
		return filesAtRoot
	}
	return prefix + "/*"
}

// entries returns an Entry for each route.
func (r *router) entries() map[*fiber.Route]adapt.Entry {
	files := statics(r.app)
	return adapt.Entries(r.app.Stack(), r.app.GetRoutes(true), describe, func(route *fiber.Route, known mount.Known) adapt.Entry {
		e := adapt.Entry{Method: route.Method, Pattern: r.Plain(route.Path), Known: known}
		if e.Pattern != "/" && known == mount.Below && slices.Contains(files, route.Path) {
			e.Pattern = r.filesBelow(route.Path)
		}
		return e
	})
}

// description identifies a route by the address of its first handler, which copies share.
type description struct {
	method, path string
	handlers     int
	first        *fiber.Handler
}

func describe(route *fiber.Route) description {
	d := description{method: route.Method, path: route.Path, handlers: len(route.Handlers)}
	if d.handlers > 0 {
		d.first = &route.Handlers[0]
	}
	return d
}

// copy returns the handler of an app with the same routes and settings, whose handlers
// report their pattern. It expects paths that the app has already unescaped, if the app does
// that.
func (r *router) copy() fasthttp.RequestHandler {
	config := r.app.Config()
	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         config.CaseSensitive,
		StrictRouting:         config.StrictRouting,
		RequestMethods:        config.RequestMethods,
	})
	for _, route := range r.app.GetRoutes(true) {
		app.Add(route.Method, route.Path, tell(r.Plain(route.Path)))
	}
	for _, prefix := range statics(r.app) {
		file := tell(r.filesBelow(prefix))
		app.Use(prefix, func(c *fiber.Ctx) error {
			if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
				return c.Next()
			}
			return file(c)
		})
	}
	app.Use(func(*fiber.Ctx) error { return nil }) // cheaper than fiber's 404 error
	return app.Handler()
}

// patterns returns the patterns of the copy's routes and files.
func (r *router) patterns() (all []string) {
	for _, route := range r.app.GetRoutes(true) {
		all = append(all, r.Plain(route.Path))
	}
	for _, prefix := range statics(r.app) {
		all = append(all, r.Plain(prefix)+"*")
	}
	return all
}

func tell(pattern string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		adapt.Tell(c.Context(), pattern)
		return nil
	}
}

// statics returns the prefixes of Static, in order. fiber lists them like handlers of Use.
// But Use registers for all methods, and Static only for GET and HEAD, so a prefix of Static
// has more handlers for these two. (fiber reports both as HEAD, so they count together.)
func statics(app *fiber.App) []string {
	other := ""
	for _, method := range app.Config().RequestMethods {
		if method != fiber.MethodGet && method != fiber.MethodHead {
			other = method
		}
	}
	more := make(map[string]int) // handlers for GET and HEAD more than for two others, by prefix
	var prefixes []string
	count := func(routes []fiber.Route, by int) {
		for _, route := range routes {
			if _, known := more[route.Path]; !known {
				more[route.Path] = 0
				prefixes = append(prefixes, route.Path)
			}
			switch route.Method {
			case fiber.MethodGet, fiber.MethodHead:
				more[route.Path] += by * len(route.Handlers)
			case other:
				more[route.Path] -= 2 * by * len(route.Handlers)
			}
		}
	}
	count(app.GetRoutes(), 1)
	count(app.GetRoutes(true), -1)
	return slices.DeleteFunc(prefixes, func(prefix string) bool { return other == "" || more[prefix] <= 0 })
}
