package corsgin

import (
	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to an engine's routes, and to groups of them, with preflights
// answered. One middleware on the engine serves them all:
//
//	m := corsgin.NewMount(engine, policy)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//	)
//	engine.Use(m.Middleware())
//
// The router itself says which pattern a request hits, and for a preflight, which one
// the requested method would hit. A preflight that no route serves is gin's to answer,
// without CORS headers. Nothing is registered in the router; routes are registered after
// the middleware, as ever, and policies attached in any order.
//
// Patterns are those of the whole: in Group("/admin"), the pattern of GET("/users/:id", …)
// is "/admin/users/:id". A group's prefix is what its BasePath returns.
type Mount struct {
	mount  adapt.Mount
	routes *snapshot
}

// NewMount returns a Mount for the engine. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(engine *gin.Engine, d cors.Decider, opts ...cors.Option) *Mount {
	return &Mount{mount: adapt.NewMount("corsgin.NewMount", d, opts), routes: newSnapshot(engine)}
}

// Group attaches d to every route whose pattern is prefix or lies below it; the
// innermost group decides. See cors.Mounts.Group.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method with pattern, or with
// "" for the method, to all routes of that pattern. See cors.Mounts.Route.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Middleware returns the middleware. Its place is where New's is: in Use on the engine,
// before the routes are registered.
func (m *Mount) Middleware() gin.HandlerFunc {
	return func(c *gin.Context) {
		layer, ok := m.mount.Layer(c.Request, func(method string) (string, bool) {
			pattern := c.FullPath() // gin has routed the request as it is
			if method != c.Request.Method {
				pattern = m.routes.find(c.Request, method)
			}
			return pattern, pattern != ""
		})
		if !ok {
			c.Next()
			return
		}
		serve(layer, c)
	}
}
