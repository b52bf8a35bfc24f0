package corsecho_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// newMount returns an Echo and a Mount with the policy of the whole, which is installed.
func newMount(opts ...cors.Option) (*echo.Echo, *corsecho.Mount) {
	e := echo.New()
	m := corsecho.NewMount(e, corshttptest.Policy("whole"), opts...)
	e.Use(m.Middleware())
	return e, m
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	e, m := newMount()
	pass := func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	v1 := e.Group("/v1", pass) // registers RouteNotFound for /v1 and /v1/*
	v1.PUT("", update)
	v1.PUT("/items/:id", update)
	v1.PUT("/own/*", update)
	v1.Any("/any", update)
	v1.Group("/open", pass).GET("/*", update)
	e.Add("PURGE", "/purge", update)
	e.Host("api.example").PUT("/v1/items/:id", update)
	corshttptest.Must(t,
		m.Group("/v1", corshttptest.Policy("group")),
		m.Route("PUT", "/v1/own/*", corshttptest.Policy("route")),
		m.Group("api.example/", corshttptest.Policy("route")),
		m.Check(),
	)
	corshttptest.Decides(t, e, map[string]string{
		"preflight PUT /v1":                           "group",
		"PUT /v1":                                     "group",
		"preflight PATCH /v1":                         "group", // a 405, as are others below
		"preflight PUT /v1/items/7":                   "group",
		"PUT /v1/items/7/below":                       "group", // a last parameter takes the rest in echo
		"preflight DELETE /v1/items/7":                "group",
		"preflight PUT /v1/none":                      "group",
		"GET /v1/none":                                "group",
		"preflight PUT /v1/own/a/b":                   "route",
		"PUT /v1/own/a/b":                             "route",
		"preflight PATCH /v1/any":                     "group",
		"preflight FROB /v1/any":                      "group",
		"GET /v1/open/x":                              "group",
		"preflight PUT /v1/open/x":                    "group",
		"preflight echo_route_not_found /v1/open/x":   "group",
		"preflight PURGE /purge":                      "whole",
		"preflight PUT /V1/items/7":                   "", // other routers ignore case
		"preflight PUT http://api.example/v1/items/7": "route",
		"PUT http://api.example/v1/items/7":           "route",
		"GET http://api.example/v1/none":              "route",
		"GET /none":                                   "whole",
	})
}

// The policy is that of the route that echo has chosen, whatever path its handler sees.
func TestMountBehindMiddleware(t *testing.T) {
	t.Parallel()
	e, m := newMount()
	strip := echo.WrapMiddleware(func(next http.Handler) http.Handler { return http.StripPrefix("/admin", next) })
	e.GET("/admin/x", update, strip)
	e.GET("/x", update)
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, e, map[string]string{"GET /admin/x": "group", "GET /x": "whole", "preflight GET /admin/x": "group"})

	e = echo.New()
	m = corsecho.NewMount(e, corshttptest.Policy("whole"))
	e.Use(strip, m.Middleware()) // which fails for paths that do not begin so
	e.GET("/admin/x", update)
	e.GET("/x", update)
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, e, map[string]string{"GET /admin/x": "group"})
}

// What the HTTPErrorHandler makes of an error is as readable as the route.
func TestMountErrors(t *testing.T) {
	t.Parallel()
	e, m := newMount()
	e.Logger.SetOutput(io.Discard)
	e.Use(middleware.Recover())
	admin := e.Group("/admin", func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.QueryParam("status") == "401" {
				return echo.ErrUnauthorized
			}
			return next(c)
		}
	})
	admin.GET("/x", update)
	admin.GET("/panics", func(echo.Context) error { panic("the test asks for it") })
	admin.GET("/fails", func(echo.Context) error { return http.ErrBodyNotAllowed })
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, e, map[string]string{
		"GET /admin/x?status=401": "group", "GET /admin/panics": "group", "GET /admin/fails": "group",
		"GET /admin/none": "group", "GET /admin/none?status=401": "group", "POST /admin/x": "group", "GET /none": "whole", "POST /none": "whole",
	})
}
