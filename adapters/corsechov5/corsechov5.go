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
//   - With groups or routes under different policies, use NewMount, which asks
//     the Echo, or cors.NewRoutes where paths alone tell. One middleware inside
//     another does not do: the outermost answers preflights.
//   - With the option cors.Guard(cors.PolicyWins) a response has the policy's CORS headers
//     and a complete Vary, whatever handlers, reverse-proxied upstreams and error handlers
//     set. With cors.HandlerWins a complete set of a handler's own is kept.
package corsechov5

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics for any other nil, and for options of NewMount.
func New(d cors.Decider, opts ...cors.Option) echo.MiddlewareFunc {
	layer := adapt.New("corsechov5.New", d, opts)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error { return apply(&layer, c, next) }
	}
}

func apply(layer *adapt.Layer, c *echo.Context, next echo.HandlerFunc) error {
	var d cors.Decision
	switch status, guard := layer.Begin(&d, c.Response(), c.Request()); {
	case status != 0:
		return c.NoContent(status)
	case guard:
		w, g := layer.Wrap(writerOf(c), &d)
		return serve(c, next, w, g)
	default:
		return next(c)
	}
}

// serve calls next, with w in place of the writer inside echo's Response, for good: the
// HTTPErrorHandler writes after this. A function given to Response.Before would run before
// those that come later, and not at all for Flush and empty responses.
func serve(c *echo.Context, next echo.HandlerFunc, w http.ResponseWriter, g *adapt.Guard) error {
	setWriter(c, w)
	status := http.StatusInternalServerError // after a panic
	defer func() { g.Finish(w.Header(), status) }()
	err := next(c)
	status = statusOf(err)
	return err
}

// statusOf returns the status that the HTTPErrorHandler makes of err.
func statusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if status := echo.StatusCode(err); status != 0 {
		return status
	}
	return http.StatusInternalServerError
}

// writerOf returns the writer inside echo's Response. Middleware outside may have put a
// writer around it that hides it.
func writerOf(c *echo.Context) http.ResponseWriter {
	if response, err := echo.UnwrapResponse(c.Response()); err == nil {
		return response.ResponseWriter
	}
	return c.Response()
}

// setWriter puts w where writerOf has found the writer that is in it.
func setWriter(c *echo.Context, w http.ResponseWriter) {
	if response, err := echo.UnwrapResponse(c.Response()); err == nil {
		response.ResponseWriter = w
		return
	}
	c.SetResponse(w)
}
