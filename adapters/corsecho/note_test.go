package corsecho_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

type traceKey struct{}

// tracing replaces the request by a copy, as tracers do.
func tracing(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), traceKey{}, 1)))
		return next(c)
	}
}

// forwarded changes the host to that of a proxy's header, as gorilla's ProxyHeaders does.
func forwarded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if host := c.Request().Header.Get("X-Forwarded-Host"); host != "" {
			c.Request().Host = host
		}
		return next(c)
	}
}

// chosen records the route by whose method echo has routed.
func chosen(name string) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Chosen", name)
		return c.NoContent(http.StatusOK)
	}
}

// installs are the places where middleware changes a request. Each calls attach to attach
// the policies. certain says whether the Mount then knows by which method and host echo has
// routed.
var installs = []struct {
	name    string
	install func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func())
	certain bool
}{
	{"in Use before the Mount", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		e.Use(change, m.Middleware())
		attach()
	}, true},
	{"in Use before the Mount, in a copy", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		e.Use(tracing, change, m.Middleware())
		attach()
	}, true},
	{"in Use behind the Mount", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		e.Use(m.Middleware(), change)
		attach()
	}, true},
	{"in Pre, after the policies", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		attach()
		e.Pre(change)
		e.Use(m.Middleware())
	}, true},
	{"in Pre, in a copy, after the policies", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		attach()
		e.Pre(tracing, change)
		e.Use(m.Middleware())
	}, true},
	{"in Pre, before the policies", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		e.Pre(change)
		e.Use(m.Middleware())
		attach()
	}, false},
	{"in Pre, in a copy, before the policies", func(e *echo.Echo, m *corsecho.Mount, change echo.MiddlewareFunc, attach func()) {
		e.Pre(tracing, change)
		e.Use(m.Middleware())
		attach()
	}, false},
}

// decides checks that the policy of echo's route decides, or that none does if the route is
// not certain.
func decides(t *testing.T, h http.Handler, certain bool, method, target, header string) {
	t.Helper()
	readers, served := "", ""
	for _, page := range []string{"whole", "route"} {
		w := corshttptest.Ask(h, page, method, target, header)
		served = w.Header.Get("Chosen")
		if w.Header.Get("Access-Control-Allow-Origin") == corshttptest.Origin(page) {
			readers += page
		}
	}
	want := served
	if !certain {
		want = ""
	}
	if served == "" || readers != want {
		t.Errorf("%s %s, %s: the route of %q serves, and %q reads, want %q", method, target, header, served, readers, want)
	}
}

// echo does not keep the method by which it has routed. If middleware changes the method,
// in the request or in a copy, the policy of echo's route decides, or no page may read.
func TestMountMethodOverride(t *testing.T) {
	t.Parallel()
	for _, tt := range installs {
		for _, checked := range []bool{true, false} {
			e := echo.New()
			m := corsecho.NewMount(e, corshttptest.Policy("whole"))
			tt.install(e, m, middleware.MethodOverride(), func() { corshttptest.Must(t, m.Route("PUT", "/x", corshttptest.Policy("route"))) })
			e.POST("/x", chosen("whole"))
			e.PUT("/x", chosen("route"))
			e.POST("/same", chosen("whole"))
			e.PUT("/same", chosen("whole"))
			if checked {
				corshttptest.Must(t, m.Check())
			}
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				decides(t, e, true, "POST", "/same", "X-HTTP-Method-Override: PUT")
				decides(t, e, tt.certain, "PUT", "/x", "Accept: */*")
				decides(t, e, tt.certain, "POST", "/x", "Accept: */*")
				if checked { // Check records the method after all middleware in Pre
					decides(t, e, tt.certain, "POST", "/x", "X-HTTP-Method-Override: PUT")
				} else if got := corshttptest.DecidedBy(t, e, "preflight PUT", "/x"); got != "route" {
					t.Errorf("a preflight is decided by %q", got)
				}
			})
		}
	}
}

// The same for the host.
func TestMountForwardedHost(t *testing.T) {
	t.Parallel()
	for _, tt := range installs {
		e := echo.New()
		m := corsecho.NewMount(e, corshttptest.Policy("whole"))
		tt.install(e, m, forwarded, func() { corshttptest.Must(t, m.Group("api.example/v1", corshttptest.Policy("route"))) })
		e.GET("/v1/x", chosen("whole"))
		e.GET("/v1/one", chosen("whole"))
		e.Host("api.example").GET("/v1/x", chosen("route"))
		corshttptest.Must(t, m.Check())
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			decides(t, e, true, "GET", "/v1/one", "Accept: */*")
			for _, target := range []string{"http://api.example/v1/x", "http://www.example/v1/x"} {
				for _, header := range []string{"Accept: */*", "X-Forwarded-Host: www.example", "X-Forwarded-Host: api.example"} {
					decides(t, e, tt.certain, "GET", target, header)
				}
			}
		})
	}
}

// A policy that is attached first while requests are served is too late for Pre. If the
// Mount is the first middleware, it still knows by which method echo has routed.
func TestMountAttachedWhileServing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		install func(e *echo.Echo, m *corsecho.Mount)
		certain bool
	}{
		"first":            {func(e *echo.Echo, m *corsecho.Mount) { e.Use(m.Middleware(), middleware.MethodOverride(), forwarded) }, true},
		"not first in Use": {func(e *echo.Echo, m *corsecho.Mount) { e.Use(middleware.MethodOverride(), forwarded, m.Middleware()) }, false},
		"behind what is Pre's": {func(e *echo.Echo, m *corsecho.Mount) {
			e.Pre(tracing, middleware.MethodOverride(), forwarded)
			e.Use(m.Middleware())
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := echo.New()
			m := corsecho.NewMount(e, corshttptest.Policy("whole"))
			tt.install(e, m)
			e.POST("/x", chosen("whole"))
			e.PUT("/x", chosen("route"))
			e.GET("/y", chosen("whole"))
			decides(t, e, true, "GET", "/y", "Accept: */*")
			corshttptest.Must(t, m.Route("PUT", "/x", corshttptest.Policy("route")))
			for _, method := range []string{"POST", "PUT"} {
				decides(t, e, tt.certain, method, "/x", "X-HTTP-Method-Override: PUT")
			}
			e.Host("api.example").GET("/y", chosen("route"))
			corshttptest.Must(t, m.Group("api.example/", corshttptest.Policy("route")))
			decides(t, e, tt.certain, "GET", "http://api.example/y", "X-Forwarded-Host: www.example")
			decides(t, e, tt.certain, "GET", "http://www.example/y", "X-Forwarded-Host: api.example")
		})
	}
}

// If a handler lets echo choose another route, the Mount does not see it. No page may read
// that route's response.
func TestMountRoutedAgain(t *testing.T) {
	t.Parallel()
	e, m := newMount()
	again := func(c echo.Context) error {
		e.Router().Find(http.MethodGet, c.QueryParam("path"), c)
		return c.Handler()(c)
	}
	e.GET("/admin/x", update)
	e.GET("/pub", update)
	e.GET("/forward", again)
	e.GET("/admin/forward", again)
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, e, map[string]string{
		"GET /pub": "whole", "GET /forward?path=/admin/x": "", "GET /forward?path=/pub": "", "GET /admin/forward?path=/pub": "", "GET /admin/forward?path=/admin/x": "",
	})
}
