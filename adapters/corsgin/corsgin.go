// Package corsgin is CORS middleware for gin (github.com/gin-gonic/gin).
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
//   - With engine.Use, before you register routes: routes that are registered before it do
//     not get the middleware. gin runs the engine's middleware for 404 and 405 too, so it
//     sees preflights.
//   - Not on a group or a single route: gin runs those handlers only when a route matches,
//     and no route matches a preflight's OPTIONS. Do not register OPTIONS routes for it;
//     "/*any" next to other routes makes gin panic.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), rate limits and gin.Recovery.
//   - gin redirects a trailing slash (RedirectTrailingSlash, on by default) before any
//     middleware runs. The redirect has no CORS headers, so browsers do not follow it. Call
//     the right path, switch the redirect off, or wrap the engine instead:
//     corshttp.New(policy)(engine).
//   - If groups or routes have different policies, use NewMount. If the path alone decides,
//     you can use cors.NewRoutes. Do not nest middleware: the outermost one answers all
//     preflights.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete.
package corsgin

import (
	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount.
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
