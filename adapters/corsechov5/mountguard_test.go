package corsechov5_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// The guard of a Mount sends the headers of the policy at the place.
func TestMountGuard(t *testing.T) {
	t.Parallel()
	conformance.GuardCase{Status: http.StatusOK, Body: "hello\n", Keeps: []string{"Accept-Encoding"},
		Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
			tb.Helper()
			e := echo.New()
			m := corsechov5.NewMount(e, policyOf(t, "whole"), opts...)
			e.Use(m.Middleware())
			must(t, m.Route("GET", "/", d))
			e.GET("/", func(c *echo.Context) error { spoil(c); return c.String(http.StatusOK, "hello\n") })
			server := httptest.NewServer(e)
			tb.Cleanup(server.Close)
			return server.Listener.Addr().String()
		}}.Check(t)
}

// Where CORS is off there is no policy to guard, and the handler's headers leave.
func TestMountGuardOff(t *testing.T) {
	t.Parallel()
	e := echo.New()
	m := corsechov5.NewMount(e, policyOf(t, "whole"), cors.Guard(cors.PolicyWins))
	e.Use(m.Middleware())
	must(t, m.Group("/own", nil))
	own := func(c *echo.Context) error { spoil(c); return c.String(http.StatusOK, "hello\n") }
	e.GET("/own", own)
	e.GET("/", own)
	for target, want := range map[string]string{"/own": "*", "/": "https://whole.example"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Origin", "https://whole.example")
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if got := w.Header()["Access-Control-Allow-Origin"]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q alone", target, got, want)
		}
	}
}
