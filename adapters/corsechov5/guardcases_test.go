package corsechov5_test

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// spoil does to a response what careless handlers do.
func spoil(c *echo.Context) {
	c.Response().Header().Set("Vary", "Accept-Encoding")
	c.Response().Header().Add("Access-Control-Allow-Origin", "*")
}

// serveGuarded serves what routes registers inside the adapter.
func serveGuarded(tb testing.TB, d cors.Decider, opts []cors.Option, routes func(e *echo.Echo)) (addr string) {
	tb.Helper()
	e := echo.New()
	e.Logger = slog.New(slog.DiscardHandler)
	e.Use(corsechov5.New(d, opts...))
	routes(e)
	server := httptest.NewServer(e)
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestGuardCases spoils headers by echo's means.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		w.Header().Set("Vary", "Accept-Encoding")
		_, _ = io.WriteString(w, "hello\n")
	}))
	t.Cleanup(upstream.Close)
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	keeps := []string{"Accept-Encoding"}
	get := func(h echo.HandlerFunc, m ...echo.MiddlewareFunc) func(*echo.Echo) {
		return func(e *echo.Echo) { e.GET("/", h, m...) }
	}
	late := echo.WrapMiddleware(func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Minute, "") })
	for _, c := range []struct {
		name   string
		status int
		body   string
		keeps  []string
		right  string
		routes func(e *echo.Echo)
	}{
		{name: "middleware.Proxy's upstream has CORS headers of its own", status: 200, body: "hello\n", keeps: keeps, routes: func(e *echo.Echo) {
			e.Use(middleware.Proxy(middleware.NewRoundRobinBalancer([]*middleware.ProxyTarget{{URL: target}})))
		}},
		{name: "http.TimeoutHandler replaces what was set outside", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c *echo.Context) error {
			c.Response().Header().Add("Vary", "Accept-Encoding")
			return c.String(http.StatusOK, "hello\n")
		}, late)},
		{name: "middleware.ContextTimeout times out", status: 503, keeps: keeps, routes: get(func(c *echo.Context) error {
			spoil(c)
			<-c.Request().Context().Done()
			return c.Request().Context().Err()
		}, middleware.ContextTimeout(time.Millisecond))},
		{name: "nothing is written", status: 200, keeps: keeps, routes: get(func(c *echo.Context) error { spoil(c); return nil })},
		{name: "Flush without WriteHeader", status: 200, keeps: keeps, routes: get(func(c *echo.Context) error {
			spoil(c)
			return http.NewResponseController(c.Response()).Flush()
		})},
		{name: "a function given to Response.Before", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c *echo.Context) error {
			response, err := echo.UnwrapResponse(c.Response())
			if err != nil {
				return err
			}
			response.Before(func() { spoil(c) })
			return c.String(http.StatusOK, "hello\n")
		})},
		{name: "NoContent", status: 204, keeps: keeps, routes: get(func(c *echo.Context) error { spoil(c); return c.NoContent(http.StatusNoContent) })},
		{name: "an HTTPError", status: 418, keeps: keeps, routes: get(func(c *echo.Context) error { spoil(c); return echo.NewHTTPError(http.StatusTeapot, "short and stout") })},
		{name: "the HTTPErrorHandler", status: 500, body: "failed\n", keeps: keeps, routes: func(e *echo.Echo) {
			e.HTTPErrorHandler = func(c *echo.Context, _ error) {
				spoil(c)
				_ = c.String(http.StatusInternalServerError, "failed\n")
			}
			e.GET("/", func(*echo.Context) error { return io.ErrUnexpectedEOF })
		}},
		{name: "JSON", status: 200, body: "hello", keeps: keeps, routes: get(func(c *echo.Context) error { spoil(c); return c.JSON(http.StatusOK, "hello") })},
		{name: "an http.Handler in WrapHandler", status: 200, body: "hello\n", keeps: keeps, routes: get(echo.WrapHandler(http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, "hello\n")
			})))},
		{name: "middleware outside hides echo's Response", status: 200, body: "hello\n", keeps: keeps, routes: func(e *echo.Echo) {
			e.Pre(func(next echo.HandlerFunc) echo.HandlerFunc {
				return func(c *echo.Context) error {
					c.SetResponse(struct{ http.ResponseWriter }{c.Response()})
					return next(c)
				}
			})
			e.GET("/", func(c *echo.Context) error { spoil(c); return c.String(http.StatusOK, "hello\n") })
		}},
		{name: "RouteNotFound", status: 404, keeps: keeps, routes: func(e *echo.Echo) {
			e.RouteNotFound("/*", func(c *echo.Context) error { spoil(c); return c.NoContent(http.StatusNotFound) })
		}},
		{name: "middleware.Gzip adds to Vary", status: 200, body: "hello\n", right: "it adds, and replaces nothing",
			routes: get(func(c *echo.Context) error { return c.String(http.StatusOK, "hello\n") }, middleware.Gzip())},
		{name: "no route", status: 404, right: "nobody spoils anything", routes: func(*echo.Echo) {}},
		{name: "no route for the method", status: 405, right: "nobody spoils anything", routes: func(e *echo.Echo) { e.PUT("/", update) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conformance.GuardCase{Status: c.status, Body: c.body, Keeps: c.keeps, Right: c.right,
				Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
					tb.Helper()
					return serveGuarded(tb, d, opts, c.routes)
				}}.Check(t)
		})
	}
}

// The response keeps what echo's can do: hijacking, and deadlines.
func TestGuardKeepsResponse(t *testing.T) {
	t.Parallel()
	addr := serveGuarded(t, policy, []cors.Option{cors.Guard(cors.PolicyWins)}, func(e *echo.Echo) {
		e.GET("/", func(c *echo.Context) error {
			control := http.NewResponseController(c.Response())
			if err := control.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			conn, buffer, err := control.Hijack()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\nhello\n")
			return buffer.Flush()
		})
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	if line, err := bufio.NewReader(w.Body).ReadString('\n'); w.StatusCode != http.StatusSwitchingProtocols || line != "hello\n" {
		t.Errorf("status %d, %q, %v", w.StatusCode, line, err)
	}
}

// A HEAD that echo answers by GET commits its headers after the handler.
func TestGuardHead(t *testing.T) {
	t.Parallel()
	e := echo.NewWithConfig(echo.Config{Router: echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true})})
	e.Use(corsechov5.New(policy, cors.Guard(cors.PolicyWins)))
	e.GET("/", func(c *echo.Context) error { spoil(c); return c.String(http.StatusOK, "hello\n") })
	r := httptest.NewRequest(http.MethodHead, "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	origins, vary := w.Result().Header["Access-Control-Allow-Origin"], w.Result().Header["Vary"]
	if w.Code != http.StatusOK || !slices.Equal(origins, []string{"https://app.example.com"}) || !slices.Contains(vary, "Origin") {
		t.Errorf("status %d, Access-Control-Allow-Origin %q, Vary %q", w.Code, origins, vary)
	}
}

// Of a preflight, too, what was set outside does not leave.
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
	if h := w.Header(); h.Get("Access-Control-Allow-Methods") != "PUT" || h.Get("Access-Control-Allow-Headers") != "" {
		t.Errorf("status %d, %v", w.Code, h)
	}
}

// Where no policy is in force, what handlers do is left alone.
func TestGuardWithoutPolicy(t *testing.T) {
	t.Parallel()
	nowhere, err := cors.NewRoutes(map[string]cors.Decider{"/guarded/": policy})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	e.Use(corsechov5.New(nowhere, cors.Guard(cors.PolicyWins)))
	own := func(c *echo.Context) error { spoil(c); return c.NoContent(http.StatusNoContent) }
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
