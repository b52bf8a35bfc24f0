package corsechov5test

import (
	"log/slog"
	"os"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app. The sub-router is a group with its own middleware. It is a
// conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	e := echo.New()
	e.Logger = slog.New(slog.DiscardHandler)
	e.Pre(echo.WrapMiddleware(conformance.Outside.Middleware))
	e.Use(middleware.Recover())
	if app.Decider != nil {
		m := corsechov5.NewMount(e, app.Decider, app.Options...)
		e.Use(m.Middleware())
		app.Attach(tb, m, conformance.Spelling(":id", "*"))
		if app.Inner != nil {
			e.Use(corsechov5.NewMount(e, app.Inner).Middleware())
		}
	}
	e.Use(echo.WrapMiddleware(conformance.Inside.Middleware))
	corshttptest.EchoRoutes(e, app, func(route conformance.Route) echo.HandlerFunc {
		return func(c *echo.Context) error {
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
