package corsechov5_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// tamper changes a response's headers as careless handlers do.
func tamper(c *echo.Context) {
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
	late := echo.WrapMiddleware(func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Minute, "") })
	corshttptest.EchoGuardCases(t, this, []corshttptest.GuardCase[func(*echo.Echo)]{
		{Name: "middleware.Proxy's upstream has CORS headers of its own", Status: 200, Body: "hello\n", Routes: func(e *echo.Echo) {
			e.Use(middleware.Proxy(middleware.NewRoundRobinBalancer([]*middleware.ProxyTarget{{URL: target}})))
		}},
		{Name: "http.TimeoutHandler replaces what was set outside", Status: 200, Body: "hello\n", Routes: get(func(c *echo.Context) error {
			c.Response().Header().Add("Vary", "Accept-Encoding")
			return c.String(http.StatusOK, "hello\n")
		}, late)},
		{Name: "Flush without WriteHeader", Status: 200, Routes: get(func(c *echo.Context) error {
			tamper(c)
			return http.NewResponseController(c.Response()).Flush()
		})},
		{Name: "a function given to Response.Before", Status: 200, Body: "hello\n", Routes: get(func(c *echo.Context) error {
			response, err := echo.UnwrapResponse(c.Response())
			if err != nil {
				return err
			}
			response.Before(func() { tamper(c) })
			return c.String(http.StatusOK, "hello\n")
		})},
		{Name: "an HTTPError", Status: 418, Routes: get(func(c *echo.Context) error { tamper(c); return echo.NewHTTPError(http.StatusTeapot, "short and stout") })},
		{Name: "the HTTPErrorHandler", Status: 500, Body: "failed\n", Routes: func(e *echo.Echo) {
			e.HTTPErrorHandler = func(c *echo.Context, _ error) {
				tamper(c)
				_ = c.String(http.StatusInternalServerError, "failed\n")
			}
			e.GET("/", func(*echo.Context) error { return io.ErrUnexpectedEOF })
		}},
		{Name: "JSON", Status: 200, Body: "hello", Routes: get(func(c *echo.Context) error { tamper(c); return c.JSON(http.StatusOK, "hello") })},
		{Name: "an http.Handler in WrapHandler", Status: 200, Body: "hello\n", Routes: get(echo.WrapHandler(http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, "hello\n")
			})))},
		{Name: "middleware outside hides echo's Response", Status: 200, Body: "hello\n", Routes: func(e *echo.Echo) {
			e.Pre(func(next echo.HandlerFunc) echo.HandlerFunc {
				return func(c *echo.Context) error {
					c.SetResponse(struct{ http.ResponseWriter }{c.Response()})
					return next(c)
				}
			})
			e.GET("/", func(c *echo.Context) error { tamper(c); return c.String(http.StatusOK, "hello\n") })
		}},
		{Name: "RouteNotFound", Status: 404, Routes: func(e *echo.Echo) {
			e.RouteNotFound("/*", func(c *echo.Context) error { tamper(c); return c.NoContent(http.StatusNotFound) })
		}},
		{Name: "no route for the method", Status: 405, Right: "nobody tampers with anything", Routes: func(e *echo.Echo) { e.PUT("/", update) }},
	})
}

// If echo answers a HEAD by the GET route, the headers are committed after the handler.
func TestGuardHead(t *testing.T) {
	t.Parallel()
	e := echo.NewWithConfig(echo.Config{Router: echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true})})
	e.Use(corsechov5.New(policy, cors.Guard(cors.PolicyWins)))
	e.GET("/", func(c *echo.Context) error { tamper(c); return c.String(http.StatusOK, "hello\n") })
	r := httptest.NewRequest(http.MethodHead, "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	origins, vary := w.Result().Header["Access-Control-Allow-Origin"], w.Result().Header["Vary"]
	if w.Code != http.StatusOK || !slices.Equal(origins, []string{"https://app.example.com"}) || !slices.Contains(vary, "Origin") {
		t.Errorf("status %d, Access-Control-Allow-Origin %q, Vary %q", w.Code, origins, vary)
	}
}

// CORS headers that were set outside are not in the answer to a preflight either.
func TestGuardOfPreflight(t *testing.T) {
	t.Parallel()
	e := echo.New()
	e.Pre(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			c.Response().Header().Set("Access-Control-Allow-Headers", "*")
			return next(c)
		}
	})
	e.Use(corsechov5.New(policy, cors.Guard(cors.PolicyWins)))
	r := httptest.NewRequest(http.MethodOptions, "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", http.MethodPut)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	if h := w.Header(); h.Get("Access-Control-Allow-Methods") != "PUT" || h.Get("Access-Control-Allow-Headers") != "content-type" {
		t.Errorf("status %d, %v", w.Code, h)
	}
}

// If no policy is in force, handlers' headers do not change.
func TestGuardWithoutPolicy(t *testing.T) {
	t.Parallel()
	nowhere, err := cors.NewRoutes(map[string]cors.Decider{"/guarded/": policy})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	e.Use(corsechov5.New(nowhere, cors.Guard(cors.PolicyWins)))
	own := func(c *echo.Context) error { tamper(c); return c.NoContent(http.StatusNoContent) }
	e.GET("/own", own)
	e.GET("/guarded/own", own)
	for target, want := range map[string]string{"/own": "*", "/guarded/own": "https://app.example.com"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Origin", "https://app.example.com")
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", target, got, want)
		}
	}
}
