package corsgin

import (
	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to single routes and groups of routes, and answers their
// preflights. Install its middleware once, on the engine:
//
//	m := corsgin.NewMount(engine, policy)
//	engine.Use(m.Middleware())
//	engine.GET("/admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // /admin and all patterns below it
//		m.Route("GET", "/admin/status", publicPolicy), // one route; overrides the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each attached policy has a route
//	)
//
// The policy of the route that serves a request decides. For a preflight, that is the route
// for the method that it asks for. If no route serves the request, the policy of the path's
// group decides, so that pages can read a 404 or 405.
//
// gin does not keep the method by which it has routed a request. So do not change
// c.Request.Method before the Mount's middleware.
//
// Write whole patterns: in Group("/admin"), the pattern of GET("/users/:id", …) is
// "/admin/users/:id". A group's prefix is the result of its BasePath.
type Mount struct {
	mount adapt.Mount
}

// NewMount returns a Mount for the engine. d decides wherever nothing else is attached; a nil
// *cors.Policy switches CORS off there. NewMount panics if d is nil, a nil *cors.Live
// or a nil *cors.Routes.
func NewMount(engine *gin.Engine, d cors.Decider, opts ...cors.Option) *Mount {
	if engine == nil {
		panic("corsgin.NewMount: the engine is nil; pass gin.New()")
	}
	return &Mount{adapt.NewMount("corsgin", newRouter(engine), true, d, opts)}
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

// Middleware returns the middleware. Install it like that of New: with Use on the engine,
// before you register the routes.
func (m *Mount) Middleware() gin.HandlerFunc {
	return func(c *gin.Context) {
		if pattern := c.FullPath(); pattern != "" { // gin has chosen the route
			if layer, ok := m.mount.Layer(c.Request, c.Request.Method, pattern, nil); ok {
				apply(&layer, c)
				return
			}
		}
		made := new(struct {
			writer
			adapt.Exchange
		})
		x, u := &made.Exchange, c.Request.URL
		x.Request, x.RoutePath, x.RawPath, x.Data = c.Request, u.Path, u.RawPath, c
		switch status, wrap := m.mount.Begin(&made.guard, x, c.Writer); {
		case status != 0:
			answer(c, status)
		case wrap:
			made.serve(c)
		default:
			c.Next()
		}
	}
}
