package corsgin_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// tamper changes a response's headers as careless handlers do.
func tamper(c *gin.Context) {
	c.Header("Vary", "Accept-Encoding")
	c.Writer.Header().Add("Access-Control-Allow-Origin", "*")
}

// serveGuarded returns an engine with the routes inside the adapter.
func serveGuarded(routes func(*gin.Engine), d cors.Decider, opts ...cors.Option) http.Handler {
	app := newApp().(app)
	app.HandleMethodNotAllowed = true
	app.Use(gin.RecoveryWithWriter(io.Discard))
	app.Install(d, opts...)
	routes(app.Engine)
	return app
}

// TestGuardCases tampers with headers by gin's means.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	target := corshttptest.Upstream(t)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	get := func(h gin.HandlerFunc) func(*gin.Engine) { return func(r *gin.Engine) { r.GET("/", h) } }
	corshttptest.GuardCases(t, serveGuarded, []corshttptest.GuardCase[func(*gin.Engine)]{
		{Name: "a reverse-proxied upstream has CORS headers of its own", Status: 200, Body: "hello\n", Routes: get(gin.WrapH(proxy))},
		{Name: "http.TimeoutHandler replaces what was set outside", Status: 200, Body: "hello\n",
			Routes: get(gin.WrapH(http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, "hello\n")
			}), time.Minute, "")))},
		{Name: "a status alone, which the engine writes", Status: 202, Routes: get(func(c *gin.Context) {
			tamper(c)
			c.Status(http.StatusAccepted)
		})},
		{Name: "String", Status: 200, Body: "hello\n", Routes: get(func(c *gin.Context) { tamper(c); c.String(200, "hello\n") })},
		{Name: "Write", Status: 200, Body: "hello\n", Routes: get(func(c *gin.Context) { tamper(c); _, _ = c.Writer.Write([]byte("hello\n")) })},
		{Name: "WriteString", Status: 200, Body: "hello\n", Routes: get(func(c *gin.Context) { tamper(c); _, _ = c.Writer.WriteString("hello\n") })},
		{Name: "Flush", Status: 200, Routes: get(func(c *gin.Context) { tamper(c); c.Writer.Flush() })},
		{Name: "AbortWithError", Status: 403, Routes: get(func(c *gin.Context) {
			tamper(c)
			_ = c.AbortWithError(http.StatusForbidden, errors.New("denied"))
		})},
		{Name: "NoRoute", Status: 404, Body: "404 page not found", Routes: func(r *gin.Engine) { r.NoRoute(tamper) }},
		{Name: "NoMethod", Status: 405, Body: "405 method not allowed", Routes: func(r *gin.Engine) {
			r.NoMethod(tamper)
			r.PUT("/", tamper)
		}},
		{Name: "a middleware that writes once the handler is done", Status: 200, Body: "hello\n", Routes: func(r *gin.Engine) {
			r.Use(func(c *gin.Context) { c.Next(); tamper(c); c.String(200, "hello\n") })
			r.GET("/", func(*gin.Context) {})
		}},
		{Name: "Stream", Status: 200, Body: "hello\n", Routes: get(func(c *gin.Context) {
			tamper(c)
			c.Stream(func(w io.Writer) bool { _, _ = io.WriteString(w, "hello\n"); return false })
		})},
	})
}
