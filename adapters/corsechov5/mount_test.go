package corsechov5_test

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	corshttptest.EchoPatterns(t, this, func(e *echo.Echo, m *corsechov5.Mount) error {
		e.RouteNotFound("/missing/*", func(c *echo.Context) error { return c.NoContent(http.StatusOK) })
		return m.Route("PATCH", "/v1/any", corshttptest.Policy("route"))
	}, map[string]string{
		"preflight PATCH /v1/any":  "route",
		"PATCH /v1/any":            "route",
		"preflight PUT /missing/x": "whole",
		"GET /missing/x":           "", // a success that no route serves
	})
}

// echo keeps the method by which it has routed, even if middleware changes it later.
func TestMountMethodOverride(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		install func(e *echo.Echo, m *corsechov5.Mount)
		want    string // which policy decides about a POST that becomes a PUT
	}{
		"before the Mount, in Use": {func(e *echo.Echo, m *corsechov5.Mount) { e.Use(middleware.MethodOverride(), m.Middleware()) }, "whole"},
		"in Pre":                   {func(e *echo.Echo, m *corsechov5.Mount) { e.Pre(middleware.MethodOverride()); e.Use(m.Middleware()) }, "route"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := echo.New()
			m := corsechov5.NewMount(e, corshttptest.Policy("whole"))
			tt.install(e, m)
			e.POST("/x", update)
			e.PUT("/x", update)
			corshttptest.Must(t, m.Route("PUT", "/x", corshttptest.Policy("route")), m.Check())
			for _, page := range []string{"whole", "route"} {
				w := corshttptest.Ask(e, page, "POST", "/x", "X-HTTP-Method-Override: PUT")
				if got := w.Header.Get("Access-Control-Allow-Origin") != ""; got != (page == tt.want) {
					t.Errorf("the page of %s reads: %t", page, got)
				}
			}
		})
	}
}

func TestMounts(t *testing.T) {
	t.Parallel()
	corshttptest.EchoMounts(t, this)
}

func TestMountAnswersInPlace(t *testing.T) {
	t.Parallel()
	corshttptest.EchoAnswersInPlace(t, this, func(e *echo.Echo, h func(*echo.Context) error) {
		e.HTTPErrorHandler = func(c *echo.Context, _ error) { _ = h(c) }
	})
}

func TestDifferential(t *testing.T) {
	t.Parallel()
	corshttptest.EchoDifferential(t, this)
}

func TestTwoMountsAreLogged(t *testing.T) { corshttptest.SaysTwoMounts(t, newApp) }
