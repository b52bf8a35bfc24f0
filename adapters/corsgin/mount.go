package corsgin

import (
	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to an engine's routes, and to groups of them. Preflights are
// answered for each route. One middleware on the engine serves them all:
//
//	m := corsgin.NewMount(engine, policy)
//	engine.Use(m.Middleware())
//	engine.GET("/admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each of them has a route
//	)
//
// The policy of the route that serves a request decides. A preflight belongs to the route
// that the requested method would hit. What no route serves has the policy of the group
// that holds the path, so that pages can read a 404 and a 405.
//
// gin does not keep the method by which it has routed a request. So nothing may change
// c.Request.Method before the Mount's middleware.
//
// Patterns are those of the whole: in Group("/admin"), the pattern of GET("/users/:id", …)
// is "/admin/users/:id". A group's prefix is what its BasePath returns.
type Mount struct {
	mount adapt.Mount
}

// NewMount returns a Mount for the engine. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(engine *gin.Engine, d cors.Decider, opts ...cors.Option) *Mount {
	if engine == nil {
		panic("corsgin.NewMount: the engine is nil; pass gin.New()")
	}
	return &Mount{adapt.NewMount("corsgin", newRouter(engine), true, d, opts)}
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

// Middleware returns the middleware. Its place is where New's is: in Use on the engine,
// before the routes are registered.
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
