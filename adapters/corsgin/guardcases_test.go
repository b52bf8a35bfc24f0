package corsgin_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// spoil does to a response what careless handlers do.
func spoil(c *gin.Context) {
	c.Header("Vary", "Accept-Encoding")
	c.Writer.Header().Add("Access-Control-Allow-Origin", "*")
}

// serveGuarded serves what routes registers inside the adapter.
func serveGuarded(tb testing.TB, d cors.Decider, opts []cors.Option, routes func(r *gin.Engine)) (addr string) {
	tb.Helper()
	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(gin.RecoveryWithWriter(io.Discard), corsgin.New(d, opts...))
	routes(r)
	server := httptest.NewServer(r)
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestGuardCases spoils headers by gin's means.
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
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	get := func(h gin.HandlerFunc) func(*gin.Engine) { return func(r *gin.Engine) { r.GET("/", h) } }
	for _, c := range []struct {
		name   string
		status int
		body   string
		right  string
		routes func(r *gin.Engine)
	}{
		{name: "a reverse-proxied upstream has CORS headers of its own", status: 200, body: "hello\n", routes: get(gin.WrapH(proxy))},
		{name: "http.TimeoutHandler replaces what was set outside", status: 200, body: "hello\n",
			routes: get(gin.WrapH(http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, "hello\n")
			}), time.Minute, "")))},
		{name: "a status alone, which the engine writes", status: 202, routes: get(func(c *gin.Context) {
			spoil(c)
			c.Status(http.StatusAccepted)
		})},
		{name: "String", status: 200, body: "hello\n", routes: get(func(c *gin.Context) { spoil(c); c.String(200, "hello\n") })},
		{name: "Write", status: 200, body: "hello\n", routes: get(func(c *gin.Context) { spoil(c); _, _ = c.Writer.Write([]byte("hello\n")) })},
		{name: "WriteString", status: 200, body: "hello\n", routes: get(func(c *gin.Context) { spoil(c); _, _ = c.Writer.WriteString("hello\n") })},
		{name: "Flush", status: 200, routes: get(func(c *gin.Context) { spoil(c); c.Writer.Flush() })},
		{name: "AbortWithError", status: 403, routes: get(func(c *gin.Context) {
			spoil(c)
			_ = c.AbortWithError(http.StatusForbidden, errors.New("denied"))
		})},
		{name: "NoRoute", status: 404, body: "404 page not found", routes: func(r *gin.Engine) { r.NoRoute(spoil) }},
		{name: "NoMethod", status: 405, body: "405 method not allowed", routes: func(r *gin.Engine) {
			r.NoMethod(spoil)
			r.PUT("/", spoil)
		}},
		{name: "a middleware that writes once the handler is done", status: 200, body: "hello\n", routes: func(r *gin.Engine) {
			r.Use(func(c *gin.Context) { c.Next(); spoil(c); c.String(200, "hello\n") })
			r.GET("/", func(*gin.Context) {})
		}},
		{name: "Stream", status: 200, body: "hello\n", routes: get(func(c *gin.Context) {
			spoil(c)
			c.Stream(func(w io.Writer) bool { _, _ = io.WriteString(w, "hello\n"); return false })
		})},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conformance.GuardCase{Status: c.status, Body: c.body, Keeps: []string{"Accept-Encoding"}, Right: c.right,
				Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
					tb.Helper()
					return serveGuarded(tb, d, opts, c.routes)
				}}.Check(t)
		})
	}
}

// The writer keeps what gin's can do: hijacking, and the deadlines that a
// http.ResponseController finds further inside.
func TestGuardKeepsWriter(t *testing.T) {
	t.Parallel()
	addr := serveGuarded(t, policy, []cors.Option{cors.Guard(cors.PolicyWins)}, func(r *gin.Engine) {
		r.GET("/", func(c *gin.Context) {
			if err := http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			conn, buffer, err := c.Writer.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\nhello\n")
			_ = buffer.Flush()
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
