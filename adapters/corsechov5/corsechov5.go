// Package corsechov5 is CORS middleware for echo (github.com/labstack/echo/v5).
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
//   - With Echo.Use or Echo.Pre: echo runs this middleware for 404, 405 and its automatic
//     answer to OPTIONS too, so it sees preflights.
//   - Not on a group or a single route: echo itself answers OPTIONS for a route and for a
//     group's wildcard routes, without their middleware.
//   - With Pre, as the first there, if other middleware in Pre redirects or answers
//     (middleware.RemoveTrailingSlashWithConfig, middleware.HTTPSRedirect).
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), middleware.CSRF, middleware.RateLimiter, middleware.BodyLimit and
//     middleware.Recover. The HTTPErrorHandler's responses carry the headers.
//   - With echo.NewVirtualHostHandler, on each of its Echos: middleware on the Echo that it
//     returns runs only for unknown hosts.
//   - If groups or routes have different policies, use NewMount. If the path alone decides,
//     you can use cors.NewRoutes. Do not nest middleware: the outermost one answers all
//     preflights.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete.
package corsechov5

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount.
func New(d cors.Decider, opts ...cors.Option) echo.MiddlewareFunc {
	layer := adapt.New("corsechov5.New", d, opts)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error { return apply(&layer, c, next) }
	}
}

func apply(layer *adapt.Layer, c *echo.Context, next echo.HandlerFunc) error {
	var d cors.Decision
	w := c.Response()
	if response, ok := w.(*echo.Response); ok {
		w = response.ResponseWriter // one step less in each request
	}
	switch status, guard := layer.Begin(&d, w, c.Request()); {
	case status != 0:
		return c.NoContent(status)
	case guard:
		response, inside := responseOf(c)
		w, g := layer.Wrap(inside, &d)
		return serve(c, next, response, w, g)
	default:
		return next(c)
	}
}

// serve calls next with w as the writer inside response, echo's Response of responseOf. It
// does not restore the old writer, because the HTTPErrorHandler writes later.
// Response.Before is no alternative: its function runs before functions that are added
// later, and does not run at all for Flush and empty responses.
func serve(c *echo.Context, next echo.HandlerFunc, response *echo.Response, w http.ResponseWriter, g *adapt.Guard) error {
	if response != nil {
		response.ResponseWriter = w
	} else {
		c.SetResponse(w)
	}
	status := http.StatusInternalServerError // after a panic
	defer func() { g.Finish(w.Header(), status) }()
	err := next(c)
	status = statusOf(err)
	return err
}

// statusOf returns the status that the HTTPErrorHandler sends for err.
func statusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if status := echo.StatusCode(err); status != 0 {
		return status
	}
	return http.StatusInternalServerError
}

// responseOf returns echo's Response and the writer inside it. If outer middleware has wrapped
// the Response in a writer that hides it, response is nil and inside is that writer.
func responseOf(c *echo.Context) (response *echo.Response, inside http.ResponseWriter) {
	response, err := echo.UnwrapResponse(c.Response())
	if err != nil {
		return nil, c.Response()
	}
	return response, response.ResponseWriter
}
