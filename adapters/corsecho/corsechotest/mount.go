package corsechotest

import (
	"io"
	"os"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// MountOptions returns what RunMount needs to know about echo v4.
func MountOptions() []conformance.Option {
	return []conformance.Option{conformance.LeaveOut("a method is changed outside, and the page of the route reads",
		"echo v4 does not tell by which method it has routed, so a page reads only if the routes of both have one policy")}
}

// StartMount serves app. The sub-router is a group with its own middleware. It is a
// conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(middleware.Recover())
	if app.Decider != nil {
		m := corsecho.NewMount(e, app.Decider, app.Options...)
		e.Use(m.Middleware())
		app.Attach(tb, m, conformance.Spelling(":id", "*"))
		if app.Inner != nil {
			e.Use(corsecho.NewMount(e, app.Inner).Middleware())
		}
	}
	e.Pre(echo.WrapMiddleware(conformance.Outside.Middleware)) // after NewMount, which notes the method first
	e.Use(echo.WrapMiddleware(conformance.Inside.Middleware))
	corshttptest.EchoRoutes(e, app, func(route conformance.Route) echo.HandlerFunc {
		return func(c echo.Context) error {
			return route.Serve(responder{conformance.HTTPResponder(c.Response(), c.Request()), c})
		}
	}, middleware.Recover(), echo.WrapMiddleware(conformance.Sub.Middleware))
	e.StaticFS("/static", os.DirFS(app.Files))
	served := e
	if app.Below {
		served = echo.New()
		served.Any("/*", echo.WrapHandler(conformance.Below.Middleware(e)))
	}
	return corshttptest.Serve(tb, conformance.Outer(served))
}
