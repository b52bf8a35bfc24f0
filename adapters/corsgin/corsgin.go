// Package corsgin plugs Crossgate into gin (github.com/gin-gonic/gin).
//
// Install it on the engine, before any route, so that every response carries the
// headers and every preflight is answered:
//
//	r := gin.New()
//	r.Use(corsgin.New(policy), gin.Recovery())
//	r.GET("/items", listItems)
//
// # Where to install it
//
//   - With engine.Use, before the routes are registered: gin runs the engine's
//     middleware for 404 and 405 as well, so preflights arrive, but routes that are
//     registered before it never get it.
//   - Never on a group or a single route: gin runs those handlers only once a route
//     has matched, and no route matches a preflight's OPTIONS. Do not register
//     OPTIONS routes for it; "/*any" next to other routes makes gin panic.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), rate limits and gin.Recovery.
//   - gin redirects a trailing slash (RedirectTrailingSlash, on by default) before
//     any middleware runs, so without CORS headers, and no browser follows it. Ask
//     for the right path, switch it off, or wrap the engine instead:
//     corshttp.New(policy)(engine).
//   - With groups or routes under different policies, use NewMount, which asks
//     the engine, or cors.NewRoutes where paths alone tell. One middleware inside
//     another does not do: the outermost answers preflights.
//   - With the option cors.Guard(cors.PolicyWins) a response has the policy's CORS headers
//     and a complete Vary, whatever handlers, reverse-proxied upstreams and error handlers
//     set. With cors.HandlerWins a complete set of a handler's own is kept.
package corsgin

import (
	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics for any other nil, and for options of NewMount.
func New(d cors.Decider, opts ...cors.Option) gin.HandlerFunc {
	layer := adapt.New("corsgin.New", d, opts)
	return func(c *gin.Context) { apply(&layer, c) }
}

func apply(layer *adapt.Layer, c *gin.Context) {
	var d cors.Decision
	switch status, guard := layer.Begin(&d, c.Writer, c.Request); {
	case status != 0:
		answer(c, status)
	case guard:
		newWriter(layer, c, &d).serve(c)
	default:
		c.Next()
	}
}

func answer(c *gin.Context, status int) {
	c.Writer.Header().Del("Allow") // with HandleMethodNotAllowed gin has set it by now, for a 405
	c.AbortWithStatus(status)
}
