//go:build !race

package corsechov5_test

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corsechov5"
	cors "github.com/crossgate/cors/core"
)

// TestMountAllocates holds the budget: what New needs, and one allocation more, which is
// echo's copy of the names of the route's parameters; for a preflight one more again, for
// the request with which the router is asked. RouteMethods needs no more than that.
func TestMountAllocates(t *testing.T) {
	serve := func(install func(e *echo.Echo)) *echo.Echo {
		e := echo.New()
		install(e)
		e.GET("/items/:id", update)
		e.PUT("/items/:id", update)
		return e
	}
	plain := serve(func(e *echo.Echo) { e.Use(corsechov5.New(policy)) })
	for _, opts := range [][]cors.Option{nil, {cors.RouteMethods()}} {
		mounted := serve(func(e *echo.Echo) {
			m := corsechov5.NewMount(e, (*cors.Policy)(nil), opts...)
			e.Use(m.Middleware())
			must(t, m.Group("/items", policy))
		})
		for method, more := range map[string]float64{http.MethodGet: 1, http.MethodOptions: 2} {
			r, err := http.NewRequestWithContext(t.Context(), method, "/items/7", nil)
			must(t, err)
			r.Header.Set("Origin", "https://app.example.com")
			r.Header.Set("Access-Control-Request-Method", http.MethodPut)
			w := &serverWriter{make(http.Header)}
			allocs := func(e *echo.Echo) float64 {
				return testing.AllocsPerRun(100, func() {
					clear(w.header)
					e.ServeHTTP(w, r)
				})
			}
			if want, got := allocs(plain)+more, allocs(mounted); got > want || w.header["Access-Control-Allow-Origin"] == nil {
				t.Errorf("%s: %v allocations, want %v at most; headers %q", method, got, want, w.header)
			}
		}
	}
}
