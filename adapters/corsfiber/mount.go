package corsfiber

import (
	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to an app's routes, and to groups of them, with preflights
// answered. One middleware on the app serves them all:
//
//	m := corsfiber.NewMount(app, policy)
//	app.Use(m.Middleware())
//	// ... the routes ...
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // is each of them the place of a route?
//	)
//
// The route that serves a request decides, whatever has rewritten the path. So the CORS
// headers are set when the handlers are done, and handlers do not see them. What fiber
// answers by itself, such as a 404, and what handlers of Use answer, has the headers of the
// group that holds the path; a path that can be read in two ways, such as //admin, has none.
// A preflight is decided by the route that the requested method would hit; one that no
// route serves is fiber's to answer.
//
// Patterns are those of the whole: in Group("/admin") or below Mount("/admin", …), the
// pattern of Get("/users/:id", …) is "/admin/users/:id". Unless the app is CaseSensitive
// or has StrictRouting, patterns differ by neither case nor a final slash. That of
// Static("/files", …) is "/files/*".
//
// A Mount is guarded: see cors.Guard, which says with which mode. The app's
// ErrorHandler runs inside the middleware, and middleware outside gets no error.
type Mount struct {
	mount  *adapt.Mount[*fiber.Ctx]
	router *router
}

// NewMount returns a Mount for the app, which is the one that serves and not one that is
// mounted in another. d decides wherever nothing else is attached; nil means no CORS there.
// It has all options. NewMount panics if d is a nil *cors.Live or *cors.Routes.
func NewMount(app *fiber.App, d cors.Decider, opts ...cors.Option) *Mount {
	r := newRouter(app)
	return &Mount{adapt.NewMount("corsfiber", r, d, opts), r}
}

// Group attaches d to every route whose pattern is prefix or lies below it; the innermost
// group decides. A nil d means no CORS there. See mount.Table.Group for the errors.
func (m *Mount) Group(prefix string, d cors.Decider) error {
	return m.mount.Group(m.router.Plain(prefix), d)
}

// Route attaches d to the route that is registered for method with pattern, or with "" for
// the method, to all routes of that pattern. It decides before a group does. See
// mount.Table.Route for the errors.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, m.router.Plain(pattern), d)
}

// Check reports what is attached where no route is registered, with the nearest pattern.
// Call it at start, when all routes are registered, those of mounted apps included, since
// fiber takes these over then. A Mount that nobody checked checks
// itself: while something is attached to nothing, no page reads through it.
func (m *Mount) Check() error {
	m.router.app.Handler() // takes over what mounted apps have
	return m.mount.Check()
}

// Middleware returns the middleware. Its place is where New's is: in Use on the app, before
// the routes are registered.
func (m *Mount) Middleware() fiber.Handler { return m.mount.Serve }
