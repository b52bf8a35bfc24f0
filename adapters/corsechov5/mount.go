package corsechov5

import (
	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Mount attaches policies to single routes and groups of routes, and answers their
// preflights. Install its middleware once, on the Echo:
//
//	m := corsechov5.NewMount(e, policy)
//	e.Use(m.Middleware())
//	e.GET("/admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // /admin and all patterns below it
//		m.Route("GET", "/admin/status", publicPolicy), // one route; overrides the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each attached policy has a route
//	)
//
// The policy of the route that serves a request decides. For a preflight, that is the route
// for the method that it asks for. If no route serves the request, the policy of the path's
// group decides, so that pages can read a 404 or 405. A handler of RouteNotFound does not
// count as a route.
//
// Write whole patterns: in Group("/admin"), the pattern of GET("/users/:id", …) is
// "/admin/users/:id". With NewVirtualHostHandler, make a Mount for each of its Echos.
//
// For preflights the Mount asks the Router with a new Context. If you use a Router of your
// own (see echo.Config), it may read the request, but not values that middleware has set in
// the Context.
type Mount struct {
	mount adapt.Mount
}

// NewMount returns a Mount for e. d decides wherever nothing else is attached; a nil
// *cors.Policy switches CORS off there. NewMount panics if d is nil, a nil *cors.Live
// or a nil *cors.Routes.
func NewMount(e *echo.Echo, d cors.Decider, opts ...cors.Option) *Mount {
	if e == nil {
		panic("corsechov5.NewMount: the Echo is nil; pass echo.New()")
	}
	return &Mount{adapt.NewMount("corsechov5", router{e}, true, d, opts)}
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method and pattern. An empty method
// means all methods. d overrides the policies of groups. A nil d switches CORS off there. An
// error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. An error joins
// *cors.ConfigErrors. If you do not call Check, the Mount checks itself: while a policy has
// no route, no page may read through the Mount.
func (m *Mount) Check() error { return m.mount.Check() }

// Middleware returns the middleware. Install it with Use on the Echo. In Pre it would not
// see how later middleware in Pre changes the path.
func (m *Mount) Middleware() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if method, pattern, known := hit(c, c.Request().Method); known == mount.Served { // echo has chosen the route
				if layer, ok := m.mount.Layer(c.Request(), method, pattern, nil); ok {
					layer.Watch((*placed)(c))
					return apply(&layer, c, next)
				}
			}
			response, inside := responseOf(c)
			w, g, x := m.mount.Wrap(inside)
			x.Request, x.Data = c.Request(), c
			x.RoutePath, x.RawPath = x.Request.URL.Path, x.Request.URL.RawPath
			switch status, wrap := m.mount.Begin(g, x, c.Response()); {
			case status != 0:
				return c.NoContent(status)
			case wrap:
				return serve(c, next, response, w, g)
			default:
				return next(c)
			}
		}
	}
}
