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
	r.prober.Copy = r.copy
	r.prober.Version = func() uint64 { return uint64(app.HandlersCount()) }
	return r
}

func (r *router) Request(c *fiber.Ctx) *fasthttp.RequestCtx { return c.Context() }
func (r *router) Context(c *fiber.Ctx) context.Context      { return c.UserContext() }
func (r *router) Method(c *fiber.Ctx) string                { return c.Method() }
func (r *router) Path(c *fiber.Ctx) string                  { return c.Path() }
func (r *router) Next(c *fiber.Ctx) error                   { return next(c, true) }

// Hit implements adapt.Router. fiber keeps the last route that it has tried, which for
// a 404 may be one of Use.
func (r *router) Hit(c *fiber.Ctx) (method, pattern string, known mount.Known) {
	e := r.index.Find(c.Route(), r.entries)
	return e.Method, e.Pattern, e.Known
}

// Ask implements adapt.Router.
func (r *router) Ask(method, path string) string {
	pattern := r.prober.Ask(method, path)
	if pattern == filesAtRoot {
		return path
	}
	return pattern
}

// filesAtRoot is the pattern of Static("/", …). As such a folder may hold those of all
// groups, its files belong to the groups that hold their paths.
const filesAtRoot = "/**"

// filesBelow returns the pattern of Static(prefix, …).
func (r *router) filesBelow(prefix string) string {
	if prefix = strings.TrimSuffix(r.Plain(prefix), "/"); prefix == "" {
		return filesAtRoot
	}
	return prefix + "/*"
}

// entries says of each route what it is. A Route does not tell whether it is one of Use;
// but GetRoutes(true) leaves these out, in the order of Stack.
func (r *router) entries() map[*fiber.Route]adapt.Entry {
	files := statics(r.app)
	all, proper := make(map[*fiber.Route]adapt.Entry), r.app.GetRoutes(true)
	for _, routes := range r.app.Stack() {
		for _, route := range routes {
			e := adapt.Entry{Method: route.Method, Pattern: r.Plain(route.Path), Known: mount.Below}
			if len(proper) > 0 && same(route, &proper[0]) {
				e.Known, proper = mount.Served, proper[1:]
			} else if slices.Contains(files, route.Path) && e.Pattern != "/" {
				e.Pattern = r.filesBelow(route.Path)
			}
			all[route] = e
		}
	}
	return all
}

// same reports whether b is a copy of a.
func same(a, b *fiber.Route) bool {
	return a.Method == b.Method && a.Path == b.Path && len(a.Handlers) == len(b.Handlers) && (len(a.Handlers) == 0 || &a.Handlers[0] == &b.Handlers[0])
}

// Routes implements adapt.Router. What Use registers for the whole app is left out: all
// attachments would be below it.
func (r *router) Routes() (routes []mount.Route, known bool) {
	for _, e := range r.entries() {
		if e.Known == mount.Served || e.Pattern != "/" {
			routes = append(routes, mount.Route{Method: e.Method, Pattern: e.Pattern})
		}
	}
	return routes, true
}

// copy returns the handler of an app with the same routes and settings, whose handlers
// tell which of them is hit. Its paths are those that the app has unescaped, if it does
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
	app.Use(func(*fiber.Ctx) error { return nil }) // in place of an error that nobody reads
	return app.Handler()
}

func tell(pattern string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		adapt.Tell(c.Context(), pattern)
		return nil
	}
}

// statics returns the prefixes of Static, in order. fiber lists those among what Use
// has registered; but Use registers for all methods, and Static for GET and HEAD alone,
// so for these it leaves more handlers. (It says HEAD for both, which count together.)
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
