// Package corsecho plugs Crossgate into echo (github.com/labstack/echo/v4).
//
// Install it on the Echo, so that every response carries the headers and every
// preflight is answered:
//
//	e := echo.New()
//	e.Use(corsecho.New(policy))
//	e.GET("/items", listItems)
//
// # Where to install it
//
//   - With Echo.Use, or Echo.Pre: echo runs this middleware for 404, 405 and its
//     automatic answer to OPTIONS as well, so preflights arrive.
//   - Never on a group or a single route: echo answers OPTIONS for a route by itself,
//     without the route's middleware, and so it does for a group's wildcard routes.
//   - With Pre, and first there, if other middleware in Pre redirects or answers
//     (middleware.RemoveTrailingSlashWithConfig, middleware.HTTPSRedirect).
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), middleware.Timeout, middleware.RateLimiter, middleware.BodyLimit
//     and middleware.Recover. The HTTPErrorHandler's responses carry the headers.
//   - With groups or routes under different policies, use NewMount here, which asks
//     the Echo where a preflight belongs, or cors.NewRoutes where paths alone tell;
//     never one middleware inside another, of which the outermost answers preflights.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or
//     replace the headers, and Vary, on which caches rely to keep origins apart. With
//     the option cors.Guard(cors.PolicyWins) only the policy's leave the server, and
//     Vary is complete; with HandlerWins, a set that a handler wrote itself is kept.
package corsecho

import (
	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics for any other nil, and for options of NewMount.
func New(d cors.Decider, opts ...cors.Option) echo.MiddlewareFunc {
	layer := adapt.New("corsecho.New", d, opts)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error { return serve(layer, next, c) }
	}
}

// serve guards by the writer inside echo's Response: a function given to Response.Before
// would run before those that come later, and not at all for Flush, empty responses and
// middleware.Timeout.
func serve(layer adapt.Layer, next echo.HandlerFunc, c echo.Context) error {
	var d cors.Decision
	response := c.Response()
	switch status, guard := layer.Begin(&d, response.Header(), c.Request()); {
	case status != 0:
		return c.NoContent(status)
	case guard:
		w, g := layer.Wrap(response.Writer, &d)
		response.Writer = w // for good: the HTTPErrorHandler writes after this
		// Without a Write the server commits the headers later.
		defer func() { g.Finish(w.Header()) }()
	}
	return next(c)
}
