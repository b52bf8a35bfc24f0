package corsfiberv3

import (
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/utils/v2"
	utilsstrings "github.com/gofiber/utils/v2/strings"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to an app's routes, and to groups of them, with preflights
// answered. One middleware on the app serves them all:
//
//	m := corsfiberv3.NewMount(app, policy)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//	)
//	app.Use(m.Middleware())
//
// The router itself says which pattern a request hits, and for a preflight, which one
// the requested method would hit. A preflight that no route serves is fiber's to answer,
// without CORS headers; what Use has registered is no route. Nothing is registered in the
// router; routes are registered after the middleware, as ever, and policies attached in
// any order.
//
// Patterns are those of the whole: in Group("/admin") or below Use("/admin", subApp), the
// pattern of Get("/users/:id", …) is "/admin/users/:id". Unless the app is CaseSensitive
// or has StrictRouting, patterns differ by neither case nor a final slash. Give files a
// route: that of Get("/files/*", static.New(…)) is "/files/*", for any path below it that
// no earlier route serves, whether the file exists or not. All of a RouteChain is no
// route, but registers as Use does.
type Mount struct {
	app      *fiber.App
	mounts   *cors.Mounts
	settings cors.Settings
	routes   *snapshot
}

// NewMount returns a Mount for the app, which is the one that serves and not one that
// is mounted in another. d decides wherever nothing else is attached; nil means no CORS
// there. It has all options.
func NewMount(app *fiber.App, d cors.Decider, opts ...cors.Option) *Mount {
	const caller = "corsfiberv3.NewMount"
	s := cors.MountSettings(caller, opts)
	return &Mount{app: app, mounts: cors.NewMounts(adapt.At(caller, s, d), opts...), settings: s, routes: newSnapshot(app)}
}

// Group attaches d to every route whose pattern is prefix or lies below it; the
// innermost group decides. See cors.Mounts.Group.
func (m *Mount) Group(prefix string, d cors.Decider) error {
	return m.mounts.Group(plain(m.app, prefix), adapt.At("corsfiberv3.Mount.Group", m.settings, d))
}

// Route attaches d to the route that is registered for method with pattern, or with
// "" for the method, to all routes of that pattern. See cors.Mounts.Route.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mounts.Route(method, plain(m.app, pattern), adapt.At("corsfiberv3.Mount.Route", m.settings, d))
}

// Middleware returns the middleware. Its place is where New's is: in Use on the app, before
// the routes are registered.
func (m *Mount) Middleware() fiber.Handler {
	return func(c fiber.Ctx) error {
		p := m.mounts.Place(adapt.Preflight(c.RequestCtx(), c.Method()), func(method string) (string, bool) {
			pattern := m.routes.find(method, c.Path())
			return pattern, pattern != ""
		})
		if p == nil {
			return c.Next()
		}
		return serve(&adapt.Layer{Decider: p.Decider(), Guard: m.settings.Guard}, c)
	}
}

// plain returns the pattern as it is compared in the app.
func plain(app *fiber.App, pattern string) string {
	config := app.Config()
	if !config.CaseSensitive {
		pattern = utilsstrings.ToLower(pattern)
	}
	if !config.StrictRouting && len(pattern) > 1 {
		pattern = utils.TrimRight(pattern, '/')
	}
	return pattern
}
