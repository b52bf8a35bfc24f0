package corsecho_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// tamper changes a response's headers as careless handlers do.
func tamper(c echo.Context) {
	c.Response().Header().Set("Vary", "Accept-Encoding")
	c.Response().Header().Add("Access-Control-Allow-Origin", "*")
}

// TestGuardCases tampers with headers by the means of echo.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	target := corshttptest.Upstream(t)
	get := func(h echo.HandlerFunc, m ...echo.MiddlewareFunc) func(*echo.Echo) {
		return func(e *echo.Echo) { e.GET("/", h, m...) }
	}
	late := middleware.TimeoutWithConfig(middleware.TimeoutConfig{Timeout: time.Minute}) //nolint:staticcheck // deprecated, but applications use it
	corshttptest.EchoGuardCases(t, this, []corshttptest.GuardCase[func(*echo.Echo)]{
		{Name: "middleware.Proxy's upstream has CORS headers of its own", Status: 200, Body: "hello\n", Routes: func(e *echo.Echo) {
			e.Use(middleware.Proxy(middleware.NewRoundRobinBalancer([]*middleware.ProxyTarget{{URL: target}})))
		}},
		{Name: "middleware.Timeout replaces what was set outside", Status: 200, Body: "hello\n", Routes: get(func(c echo.Context) error {
			c.Response().Header().Add("Vary", "Accept-Encoding")
			return c.String(http.StatusOK, "hello\n")
		}, late)},
		{Name: "Flush without WriteHeader", Status: 200, Routes: get(func(c echo.Context) error {
			tamper(c)
			c.Response().Flush()
			return nil
		})},
		{Name: "a function given to Response.Before", Status: 200, Body: "hello\n", Routes: get(func(c echo.Context) error {
			c.Response().Before(func() { tamper(c) })
			return c.String(http.StatusOK, "hello\n")
		})},
		{Name: "an HTTPError", Status: 418, Routes: get(func(c echo.Context) error { tamper(c); return echo.NewHTTPError(http.StatusTeapot) })},
		{Name: "the HTTPErrorHandler", Status: 500, Body: "failed\n", Routes: func(e *echo.Echo) {
			e.HTTPErrorHandler = func(_ error, c echo.Context) {
				tamper(c)
				_ = c.String(http.StatusInternalServerError, "failed\n")
			}
			e.GET("/", func(echo.Context) error { return io.ErrUnexpectedEOF })
		}},
	})
}
