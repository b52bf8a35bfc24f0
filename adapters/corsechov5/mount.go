package corsechov5

import (
	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to an Echo's routes, and to groups of them, with preflights
// answered. One middleware on the Echo serves them all:
//
//	m := corsechov5.NewMount(e, policy)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//	)
//	e.Use(m.Middleware())
//
// The router itself says which pattern a request hits, and for a preflight, which one
// the requested method would hit. A preflight that no route serves is echo's to answer,
// without CORS headers, and so is one that only RouteNotFound would serve. Nothing is
// registered in the router, and routes may be registered, and policies attached, in any
// order.
//
// Patterns are those of the whole: in Group("/admin"), the pattern of GET("/users/:id", …)
// is "/admin/users/:id". Each Echo of a NewVirtualHostHandler has a Mount of its own.
//
// For preflights the router is asked with a Context of its own: a Router that is not
// echo's (see echo.Config) may look at the request, and not at what middleware has set
// in the Context.
type Mount struct {
	echo  *echo.Echo
	mount adapt.Mount
}

// NewMount returns a Mount for e. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(e *echo.Echo, d cors.Decider, opts ...cors.Option) *Mount {
	return &Mount{echo: e, mount: adapt.NewMount("corsechov5.NewMount", d, opts)}
}

// Group attaches d to every route whose pattern is prefix or lies below it; the
// innermost group decides. See cors.Mounts.Group.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method with pattern, or with
// "" for the method, to all routes of that pattern. See cors.Mounts.Route.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Middleware returns the middleware. Its place is in Use on the Echo: in Pre it would not
// see what later middleware of Pre makes of the path.
func (m *Mount) Middleware() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			layer, ok := m.mount.Layer(c.Request(), func(method string) (string, bool) { return m.route(c, method) })
			if !ok {
				return next(c)
			}
			return serve(layer, next, c)
		}
	}
}

// route returns the pattern that c's request would hit with the given method.
func (m *Mount) route(c *echo.Context, method string) (pattern string, served bool) {
	r := c.Request()
	if method == r.Method && c.Path() != "" { // which echo has routed, unless in Pre
		return patternOf(c)
	}
	other := *r // a router writes the pattern into the request, too
	other.Method = method
	probe := m.echo.AcquireContext()
	defer m.echo.ReleaseContext(probe)
	probe.Reset(&other, nil)
	m.echo.Router().Route(probe)
	return patternOf(probe)
}

// patternOf returns the pattern of the route that a router has found for c, and
// whether it is a route, and not what RouteNotFound has registered: a group with
// middleware does that for all paths below it.
func patternOf(c *echo.Context) (pattern string, served bool) {
	info := c.RouteInfo() // has no path where there is none for the request, or not for its method
	return info.Path, info.Path != "" && info.Method != echo.RouteNotFound
}
