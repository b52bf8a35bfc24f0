// Package corsechotest serves a conformance.App with echo.
package corsechotest

import (
	"io"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// Start serves app. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	e := echo.New()
	e.Logger.SetOutput(io.Discard) // the stacks of expected panics
	e.Use(middleware.Recover())
	if app.Decider != nil {
		e.Use(corsecho.New(app.Decider, app.Options...))
	}
	for _, route := range app.Routes {
		var around []echo.MiddlewareFunc
		if route.Recovered {
			around = append(around, middleware.Recover())
		}
		e.Add(route.Method, route.Path, func(c echo.Context) error {
			return route.Serve(responder{conformance.HTTPResponder(c.Response(), c.Request()), c})
		}, around...)
	}
	return corshttptest.Serve(tb, conformance.Outer(e))
}

// responder reports errors, redirects and serves files as echo's handlers do.
type responder struct {
	conformance.Responder
	c echo.Context
}

func (r responder) Redirect(status int, location string) error { return r.c.Redirect(status, location) }

func (r responder) SendFile(name string) error { return r.c.File(name) }

func (r responder) Fail(status int, text string) error { return echo.NewHTTPError(status, text) }
