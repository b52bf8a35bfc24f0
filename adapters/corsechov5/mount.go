package corsechov5

import (
	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Mount attaches policies to an Echo's routes, and to groups of them. Preflights are
// answered for each route. One middleware on the Echo serves them all:
//
//	m := corsechov5.NewMount(e, policy)
//	e.Use(m.Middleware())
//	e.GET("/admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each of them has a route
//	)
//
// The policy of the route that serves a request decides. A preflight belongs to the route
// that the requested method would hit. What no route serves has the policy of the group
// that holds the path, so that pages can read a 404 and a 405. That is so for what
// RouteNotFound serves, too.
//
// Patterns are those of the whole: in Group("/admin"), the pattern of GET("/users/:id", …)
// is "/admin/users/:id". Each Echo of a NewVirtualHostHandler has a Mount of its own.
//
// For preflights the router is asked with a Context of its own: a Router that is not
// echo's (see echo.Config) may look at the request, and not at what middleware has set
// in the Context.
type Mount struct {
	mount adapt.Mount
}

// NewMount returns a Mount for e. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(e *echo.Echo, d cors.Decider, opts ...cors.Option) *Mount {
	if e == nil {
		panic("corsechov5.NewMount: the Echo is nil; pass echo.New()")
	}
	return &Mount{adapt.NewMount("corsechov5", router{e}, true, d, opts)}
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method with pattern, or with "" for
// the method, to all routes of that pattern. It decides before any group. A nil d switches
// CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. An error joins
// *cors.ConfigErrors.
func (m *Mount) Check() error { return m.mount.Check() }

// Middleware returns the middleware. Its place is in Use on the Echo: in Pre it would not
// see what later middleware of Pre makes of the path.
func (m *Mount) Middleware() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if method, pattern, known := hit(c, c.Request().Method); known == mount.Served { // echo has chosen the route
				if layer, ok := m.mount.Layer(c.Request(), method, pattern, nil); ok {
					layer.Watch((*placed)(c))
					return apply(&layer, c, next)
				}
			}
			w, g, x := m.mount.Wrap(writerOf(c))
			x.Request, x.Data = c.Request(), c
			x.RoutePath, x.RawPath = x.Request.URL.Path, x.Request.URL.RawPath
			switch status, wrap := m.mount.Begin(g, x, c.Response()); {
			case status != 0:
				return c.NoContent(status)
			case wrap:
				return serve(c, next, w, g)
			default:
				return next(c)
			}
		}
	}
}
