// Package corsecho is CORS middleware for echo (github.com/labstack/echo/v4).
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
//   - With Echo.Use or Echo.Pre: echo runs this middleware for 404, 405 and its automatic
//     answer to OPTIONS too, so it sees preflights.
//   - Not on a group or a single route: echo itself answers OPTIONS for a route and for a
//     group's wildcard routes, without their middleware.
//   - With Pre, as the first there, if other middleware in Pre redirects or answers
//     (middleware.RemoveTrailingSlashWithConfig, middleware.HTTPSRedirect).
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), middleware.Timeout, middleware.RateLimiter, middleware.BodyLimit
//     and middleware.Recover. The HTTPErrorHandler's responses carry the headers.
//   - If groups or routes have different policies, use NewMount. If the path alone decides,
//     you can use cors.NewRoutes. Do not nest middleware: the outermost one answers all
//     preflights.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete.
package corsecho

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount.
func New(d cors.Decider, opts ...cors.Option) echo.MiddlewareFunc {
	layer := adapt.New("corsecho.New", d, opts)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error { return apply(&layer, c, next) }
	}
}

func apply(layer *adapt.Layer, c echo.Context, next echo.HandlerFunc) error {
	var d cors.Decision
	w := c.Response().Writer
	switch status, guard := layer.Begin(&d, w, c.Request()); {
	case status != 0:
		return c.NoContent(status)
	case guard:
		w, g := layer.Wrap(w, &d)
		return serve(c, next, w, g)
	default:
		return next(c)
	}
}

// serve calls next with w as the writer inside echo's Response. It does not restore the old
// writer, because the HTTPErrorHandler writes later. Response.Before is no alternative: its
// function runs before functions that are added later, and does not run at all for Flush,
// empty responses and middleware.Timeout.
func serve(c echo.Context, next echo.HandlerFunc, w http.ResponseWriter, g *adapt.Guard) error {
	c.Response().Writer = w
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
	if reported := new(echo.HTTPError); errors.As(err, &reported) {
		return reported.Code
	}
	return http.StatusInternalServerError
}
