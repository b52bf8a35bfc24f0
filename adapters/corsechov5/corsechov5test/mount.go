package corsechov5test

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app. The sub-router is a group with its own middleware, for which echo
// registers a handler for all unknown paths below it. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	spell := conformance.Spelling(":id", "*")
	e := echo.New()
	e.Logger = slog.New(slog.DiscardHandler)
	e.Pre(echo.WrapMiddleware(conformance.Outside.Middleware))
	e.Use(middleware.Recover())
	if app.Decider != nil {
		m := corsechov5.NewMount(e, app.Decider, app.Options...)
		e.Use(m.Middleware())
		app.Attach(tb, m, spell)
		if app.Inner != nil {
			e.Use(corsechov5.NewMount(e, app.Inner).Middleware())
		}
	}
	e.Use(echo.WrapMiddleware(conformance.Inside.Middleware))
	group := e.Group(conformance.SubRouter, middleware.Recover(), echo.WrapMiddleware(conformance.Sub.Middleware))
	for _, route := range app.Routes {
		handle := func(c *echo.Context) error {
			return route.Serve(responder{conformance.HTTPResponder(c.Response(), c.Request()), c})
		}
		if below, ok := strings.CutPrefix(route.Path, conformance.SubRouter); ok {
			group.Add(route.Method, spell(below), handle)
			continue
		}
		e.Add(route.Method, spell(route.Path), handle)
	}
	e.StaticFS("/static", os.DirFS(app.Files))
	served := e
	if app.Below {
		served = echo.New()
		served.Any("/*", echo.WrapHandler(conformance.Below.Middleware(e)))
	}
	server := httptest.NewServer(conformance.Outer(served))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
