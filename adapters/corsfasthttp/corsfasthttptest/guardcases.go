package corsfasthttptest

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// StartHandler serves handler as GET / inside an adapter with d and the options, and
// returns the address.
type StartHandler func(tb testing.TB, d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) (addr string)

// Restored is the reason why headers that were wiped are right without a guard.
const Restored = "the adapter sets again what a reset wiped"

// Tamper changes a response's headers as careless handlers do.
func Tamper(c *fasthttp.RequestCtx) {
	c.Response.Header.Set("Vary", "Accept-Encoding")
	c.Response.Header.Add("Access-Control-Allow-Origin", "*")
}

// Careless is a net/http handler that does what Tamper does, and answers "hello\n".
func Careless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Vary", "Accept-Encoding")
	_, _ = io.WriteString(w, "hello\n")
}

// Upstream serves handler as an upstream server behind the application.
func Upstream(tb testing.TB, handler http.HandlerFunc) (url string) {
	tb.Helper()
	upstream := httptest.NewServer(handler)
	tb.Cleanup(upstream.Close)
	return upstream.URL
}

// GuardCases tampers with headers by the methods of fasthttp, which handlers of every
// framework on fasthttp can use.
func GuardCases(t *testing.T, start StartHandler) {
	t.Helper()
	upstream := Upstream(t, Careless)
	keeps := []string{"Accept-Encoding"}
	hello := func(c *fasthttp.RequestCtx) { c.SetBodyString("hello\n") }
	for _, tt := range []struct {
		conformance.GuardCase
		handler fasthttp.RequestHandler
	}{
		{conformance.GuardCase{Name: "an upstream's response replaces the handler's", Body: "hello\n", Keeps: keeps}, func(c *fasthttp.RequestCtx) {
			fetch(c, upstream)
		}},
		{conformance.GuardCase{Name: "Response.Reset", Body: "hello\n", Right: Restored}, func(c *fasthttp.RequestCtx) {
			c.Response.Reset()
			hello(c)
		}},
		{conformance.GuardCase{Name: "Response.Reset, and a set of its own", Body: "hello\n", Keeps: keeps}, func(c *fasthttp.RequestCtx) {
			c.Response.Reset()
			Tamper(c)
			hello(c)
		}},
		{conformance.GuardCase{Name: "Response.Reset, and another Origin in the request", Body: "hello\n", Right: Restored}, func(c *fasthttp.RequestCtx) {
			c.Request.Header.Set("Origin", "https://evil.example.com")
			c.Response.Reset()
			hello(c)
		}},
		{conformance.GuardCase{Name: "RequestCtx.Error", Status: 502, Body: "bad", Right: Restored}, func(c *fasthttp.RequestCtx) {
			c.Error("bad", http.StatusBadGateway)
		}},
		{conformance.GuardCase{Name: "RequestCtx.Error, and a set of its own", Status: 502, Body: "bad", Keeps: keeps}, func(c *fasthttp.RequestCtx) {
			c.Error("bad", http.StatusBadGateway)
			Tamper(c)
		}},
		{conformance.GuardCase{Name: "RequestCtx.TimeoutError", Status: 408, Body: "late", Right: Restored}, func(c *fasthttp.RequestCtx) {
			c.TimeoutError("late")
		}},
		{conformance.GuardCase{Name: "RequestCtx.TimeoutErrorWithResponse", Status: 408, Body: "late", Keeps: keeps}, func(c *fasthttp.RequestCtx) {
			var late fasthttp.RequestCtx
			late.Response.SetStatusCode(http.StatusRequestTimeout)
			late.Response.SetBodyString("late")
			Tamper(&late)
			c.TimeoutErrorWithResponse(&late.Response)
		}},
		{conformance.GuardCase{Name: "TimeoutHandler", Status: 408, Body: "late", Right: Restored},
			fasthttp.TimeoutHandler(func(*fasthttp.RequestCtx) { <-t.Context().Done() }, time.Millisecond, "late")},
		{conformance.GuardCase{Name: "CompressHandler", Body: "hello\n", Right: "it adds to Vary"}, fasthttp.CompressHandler(hello)},
		{conformance.GuardCase{Name: "SetCanonical, of names in lower case", Body: "hello\n"}, func(c *fasthttp.RequestCtx) {
			c.Response.Header.SetCanonical([]byte("access-control-allow-origin"), []byte("https://evil.example"))
			c.Response.Header.SetCanonical([]byte("vary"), []byte("X-Other"))
			hello(c)
		}},
		{conformance.GuardCase{Name: "SetCanonical, of names in upper case", Body: "hello\n"}, func(c *fasthttp.RequestCtx) {
			c.Response.Header.SetCanonical([]byte("ACCESS-CONTROL-ALLOW-ORIGIN"), []byte("https://evil.example"))
			c.Response.Header.SetCanonical([]byte("Access-control-Allow-Methods"), []byte("PUT"))
			hello(c)
		}},
		{conformance.GuardCase{Name: "names as they are spelled", Body: "hello\n"}, func(c *fasthttp.RequestCtx) {
			c.Response.Header.DisableNormalizing()
			c.Response.Header.Add("access-control-allow-origin", "*")
			hello(c)
		}},
		{conformance.GuardCase{Name: "names as they are spelled, and a wiped response", Body: "hello\n"}, func(c *fasthttp.RequestCtx) {
			c.Response.Reset()
			c.Response.Header.DisableNormalizing()
			c.Response.Header.Add("access-control-allow-credentials", "true")
			c.Response.Header.Add("access-control-allow-origin", "*")
			c.Response.Header.Add("vary", "Accept")
			c.Response.Header.EnableNormalizing()
			hello(c)
		}},
		{conformance.GuardCase{Name: "one header is deleted", Body: "hello\n"}, func(c *fasthttp.RequestCtx) {
			c.Response.Header.Del("Access-Control-Allow-Credentials")
			hello(c)
		}},
		{conformance.GuardCase{Name: "a stream", Body: "hello\n", Keeps: keeps}, func(c *fasthttp.RequestCtx) {
			Tamper(c)
			c.SetBodyStreamWriter(func(w *bufio.Writer) { _, _ = w.WriteString("hello\n") })
		}},
	} {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			tt.Start = func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
				tb.Helper()
				return start(tb, d, tt.handler, opts...)
			}
			if tt.Status == 0 {
				tt.Status = http.StatusOK
			}
			tt.Check(t)
		})
	}
}

// fetch copies the response of the server at url into c.
func fetch(c *fasthttp.RequestCtx, url string) {
	var r fasthttp.Request
	r.SetRequestURI(url)
	if err := fasthttp.Do(&r, &c.Response); err != nil {
		c.Error(err.Error(), http.StatusBadGateway)
	}
}
