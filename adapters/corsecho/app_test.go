package corsecho_test

import (
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// app is an Echo as a corshttptest.App.
type app struct{ *echo.Echo }

func newApp() corshttptest.App {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	return app{e}
}

func (a app) Install(d cors.Decider, opts ...cors.Option) { a.Use(corsecho.New(d, opts...)) }

func (a app) InstallMount(d cors.Decider, opts ...cors.Option) corshttptest.Mount {
	m := corsecho.NewMount(a.Echo, d, opts...)
	a.Use(m.Middleware())
	return m
}

func (a app) Handle(method, pattern string, h http.HandlerFunc) {
	a.Add(method, pattern, func(c echo.Context) error {
		h(c.Response(), c.Request())
		return nil
	})
}

// this is echo v4, for the tests that both versions share.
var this = corshttptest.Echo[echo.HandlerFunc, echo.MiddlewareFunc, *echo.Echo, *corsecho.Mount]{
	New: func() *echo.Echo { return newApp().(app).Echo }, Adapter: corsecho.New, NewMount: corsecho.NewMount,
	WrapHandler: echo.WrapHandler, WrapMiddleware: echo.WrapMiddleware, Unauthorized: echo.ErrUnauthorized,
	Recover: middleware.Recover(), RemoveTrailingSlash: middleware.RemoveTrailingSlash(), Gzip: middleware.Gzip(),
	Rewrite: middleware.Rewrite, ContextTimeout: middleware.ContextTimeout,
}
