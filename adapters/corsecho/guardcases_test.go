package corsecho_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// spoil does to a response what careless handlers do.
func spoil(c echo.Context) {
	c.Response().Header().Set("Vary", "Accept-Encoding")
	c.Response().Header().Add("Access-Control-Allow-Origin", "*")
}

// serveGuarded serves what routes registers inside the adapter.
func serveGuarded(tb testing.TB, d cors.Decider, opts []cors.Option, routes func(e *echo.Echo)) (addr string) {
	tb.Helper()
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(corsecho.New(d, opts...))
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
	late := middleware.TimeoutWithConfig(middleware.TimeoutConfig{Timeout: time.Minute}) //nolint:staticcheck // deprecated, and in use
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
		{name: "middleware.Timeout replaces what was set outside", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c echo.Context) error {
			c.Response().Header().Add("Vary", "Accept-Encoding")
			return c.String(http.StatusOK, "hello\n")
		}, late)},
		{name: "middleware.ContextTimeout times out", status: 503, keeps: keeps, routes: get(func(c echo.Context) error {
			spoil(c)
			<-c.Request().Context().Done()
			return c.Request().Context().Err()
		}, middleware.ContextTimeout(time.Millisecond))},
		{name: "nothing is written", status: 200, keeps: keeps, routes: get(func(c echo.Context) error { spoil(c); return nil })},
		{name: "Flush without WriteHeader", status: 200, keeps: keeps, routes: get(func(c echo.Context) error {
			spoil(c)
			c.Response().Flush()
			return nil
		})},
		{name: "a function given to Response.Before", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c echo.Context) error {
			c.Response().Before(func() { spoil(c) })
			return c.String(http.StatusOK, "hello\n")
		})},
		{name: "NoContent", status: 204, keeps: keeps, routes: get(func(c echo.Context) error { spoil(c); return c.NoContent(http.StatusNoContent) })},
		{name: "an HTTPError", status: 418, keeps: keeps, routes: get(func(c echo.Context) error { spoil(c); return echo.NewHTTPError(http.StatusTeapot) })},
		{name: "the HTTPErrorHandler", status: 500, body: "failed\n", keeps: keeps, routes: func(e *echo.Echo) {
			e.HTTPErrorHandler = func(_ error, c echo.Context) {
				spoil(c)
				_ = c.String(http.StatusInternalServerError, "failed\n")
			}
			e.GET("/", func(echo.Context) error { return io.ErrUnexpectedEOF })
		}},
		{name: "middleware.Gzip adds to Vary", status: 200, body: "hello\n", right: "it adds, and replaces nothing",
			routes: get(func(c echo.Context) error { return c.String(http.StatusOK, "hello\n") }, middleware.Gzip())},
		{name: "no route", status: 404, right: "nobody spoils anything", routes: func(*echo.Echo) {}},
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
		e.GET("/", func(c echo.Context) error {
			if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			conn, buffer, err := c.Response().Hijack()
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
