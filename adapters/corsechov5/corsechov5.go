// Package corsechov5 plugs Crossgate into echo (github.com/labstack/echo/v5).
//
// Install it on the Echo, so that every response carries the headers and every
// preflight is answered:
//
//	e := echo.New()
//	e.Use(corsechov5.New(policy))
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
//     credentials), middleware.CSRF, middleware.RateLimiter, middleware.BodyLimit and
//     middleware.Recover. The HTTPErrorHandler's responses carry the headers.
//   - With echo.NewVirtualHostHandler, on each of its Echos: what is installed on the
//     one that it returns runs for unknown hosts alone.
//   - With groups or routes under different policies, use NewMount here, which asks
//     the Echo where a preflight belongs, or cors.NewRoutes where paths alone tell;
//     never one middleware inside another, of which the outermost answers preflights.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or
//     replace the headers, and Vary, on which caches rely to keep origins apart. With
//     the option cors.Guard(cors.PolicyWins) only the policy's leave the server, and
//     Vary is complete; with HandlerWins, a set that a handler wrote itself is kept.
package corsechov5

import (
	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. d must not be nil.
func New(d cors.Decider, opts ...cors.Option) echo.MiddlewareFunc {
	if mode := cors.NewSettings("corsechov5.New", opts).Guard; mode != 0 {
		return guarded(d, mode)
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			var decision cors.Decision
			corshttp.Decide(&decision, d, c.Request())
			corshttp.SetHeaders(c.Response().Header(), &decision)
			if status := decision.Status(); status != 0 {
				return c.NoContent(status)
			}
			return next(c)
		}
	}
}
