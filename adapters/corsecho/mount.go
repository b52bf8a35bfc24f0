package corsecho

import (
	"runtime"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Mount attaches policies to an Echo's routes, and to groups of them. Preflights are
// answered for each route. One middleware on the Echo serves them all:
//
//	m := corsecho.NewMount(e, policy)
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
// echo does not keep the method and the host by which it has routed a request. Where a policy
// is for one method, or there are hosts, the Mount notes both in Pre. So attach the policies
// before you call Pre, and call Check after it: the Mount then knows what echo has routed by,
// whatever changes the request before or since. Otherwise no page reads the response where
// the routes of several methods or hosts have the same pattern and different policies. That
// is logged.
//
// Patterns are those of the whole: in Group("/admin"), the pattern of GET("/users/:id", …)
// is "/admin/users/:id". Those of Host("api.example") begin with it: "api.example/users/:id".
type Mount struct {
	router *router
	mount  adapt.Mount
}

// NewMount returns a Mount for e. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(e *echo.Echo, d cors.Decider, opts ...cors.Option) *Mount {
	if e == nil {
		panic("corsecho.NewMount: the Echo is nil; pass echo.New()")
	}
	r := newRouter(e)
	m := &Mount{router: r, mount: adapt.NewMount("corsecho", r, true, d, opts)}
	r.mount = &m.mount
	return m
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error {
	if !strings.HasPrefix(prefix, "/") { // it is a host's
		m.router.notes.take(m.router.echo, false)
	}
	return m.mount.Group(prefix, d)
}

// Route attaches d to the route that is registered for method with pattern, or with "" for
// the method, to all routes of that pattern. It decides before any group. A nil d switches
// CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	if method != "" {
		m.router.notes.methods.Store(true)
	}
	if method != "" || !strings.HasPrefix(pattern, "/") {
		m.router.notes.take(m.router.echo, false)
	}
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. An error joins
// *cors.ConfigErrors.
func (m *Mount) Check() error {
	if m.router.notes.methods.Load() || len(m.router.echo.Routers()) > 0 {
		m.router.notes.take(m.router.echo, true)
	}
	return m.mount.Check()
}

// Middleware returns the middleware. Its place is in Use on the Echo: in Pre it would not
// see what later middleware of Pre makes of the path.
func (m *Mount) Middleware() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			m.router.notes.serving.Store(true)
			if m.router.needsNote(c) {
				caller, _, _, _ := runtime.Caller(1)
				noteFirst(c, caller)
			}
			if method, pattern, memo, known := m.router.hit(c); known == mount.Served { // echo has chosen the route
				if layer, ok := m.mount.Layer(c.Request(), method, pattern, memo); ok {
					layer.Watch(c)
					return apply(&layer, c, next)
				}
			}
			w, g, x := m.mount.Wrap(c.Response().Writer)
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
