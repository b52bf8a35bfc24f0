package corsfiberv3

import (
	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to single routes and groups of routes, and answers their
// preflights. Install its middleware once, on the app:
//
//	m := corsfiberv3.NewMount(app, policy)
//	app.Use(m.Middleware())
//	// ... the routes ...
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // /admin and all patterns below it
//		m.Route("GET", "/admin/status", publicPolicy), // one route; overrides the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each attached policy has a route
//	)
//
// The policy of the route that serves a request decides, even if a handler has rewritten the
// path. So the Mount sets the CORS headers when the handlers are done, and handlers do not
// see them. If fiber itself answers, for example with 404, or a handler of Use, the policy
// of the path's group decides; a path that can be read in two ways, such as //admin, gets no
// CORS headers. For a preflight, the route for the method that it asks for decides; if there
// is none, fiber answers.
//
// Write whole patterns: in Group("/admin") or below Use("/admin", subApp), the pattern of
// Get("/users/:id", …) is "/admin/users/:id". Case and a final slash do not matter, unless
// the app is CaseSensitive or has StrictRouting. Register files as a route: the pattern of
// Get("/files/*", static.New(…)) is "/files/*". All of a RouteChain does not make a route;
// it registers like Use.
//
// Responses are guarded with cors.PolicyWins, unless you pass another cors.Guard. The app's
// ErrorHandler runs inside the middleware, so outer middleware gets no error. A response
// that c.End sends has no CORS headers.
type Mount struct {
	mount  *adapt.Mount[fiber.Ctx]
	router *router
}

// NewMount returns a Mount for app. Pass the app that serves, not one that is mounted in
// another. d decides wherever nothing else is attached; a nil *cors.Policy switches CORS off
// there. NewMount panics if d is nil, a nil *cors.Live or a nil *cors.Routes.
func NewMount(app *fiber.App, d cors.Decider, opts ...cors.Option) *Mount {
	if app == nil {
		panic("corsfiberv3.NewMount: the app is nil; pass fiber.New()")
	}
	r := newRouter(app)
	return &Mount{adapt.NewMount("corsfiberv3", r, d, opts), r}
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error {
	return m.mount.Group(m.router.Plain(prefix), d)
}

// Route attaches d to the route that is registered for method and pattern. An empty method
// means all methods. d overrides the policies of groups. A nil d switches CORS off there. An
// error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, m.router.Plain(pattern), d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered, including those of mounted
// apps: Check makes fiber take these over. An error joins *cors.ConfigErrors. If you do not
// call Check, the Mount checks itself: while a policy has no route, no page may read through
// the Mount.
func (m *Mount) Check() error {
	m.router.app.Handler() // takes over what mounted apps have
	return m.mount.Check()
}

// Middleware returns the middleware. Install it like that of New: with Use on the app,
// before you register the routes.
func (m *Mount) Middleware() fiber.Handler {
	return func(c fiber.Ctx) error {
		if unread(&c.Request().Header) {
			return c.Next()
		}
		return m.mount.Serve(c)
	}
}
