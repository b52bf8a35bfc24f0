package corshttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// spoil does to a header what careless handlers do.
func spoil(h http.Header) {
	h.Set("Vary", "Accept-Encoding")
	h.Add("Access-Control-Allow-Origin", "*")
}

// TestGuardCases spoils headers by the means of net/http.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	const hello = "hello\n"
	file := filepath.Join(t.TempDir(), "hello.txt")
	if err := os.WriteFile(file, []byte(hello), 0o600); err != nil {
		t.Fatal(err)
	}
	modified := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Expose-Headers", "x-upstream")
		w.Header().Set("Vary", "Accept-Encoding")
		_, _ = io.WriteString(w, hello)
	}))
	t.Cleanup(upstream.Close)
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}

	keeps := []string{"Accept-Encoding"}
	for _, c := range []struct {
		name    string
		status  int
		body    string
		keeps   []string
		right   string
		handler http.Handler
	}{
		{name: "a reverse-proxied upstream has a CORS set of its own", status: 200, body: hello, keeps: keeps, handler: proxy},
		{name: "a proxy clears what was set before", status: 200, body: hello, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			clear(w.Header())
			_, _ = io.WriteString(w, hello)
		})},
		{name: "TimeoutHandler replaces the Vary outside", status: 200, body: hello, keeps: keeps,
			handler: http.TimeoutHandler(handle(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, hello)
			}), time.Minute, "late")},
		{name: "TimeoutHandler times out", status: 503, body: "late",
			right: "TimeoutHandler drops what the late handler set",
			handler: http.TimeoutHandler(handle(func(w http.ResponseWriter, r *http.Request) {
				spoil(w.Header())
				<-r.Context().Done()
			}), time.Millisecond, "late")},
		{name: "Write without WriteHeader", status: 200, body: hello, keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			spoil(w.Header())
			_, _ = w.Write([]byte(hello))
		})},
		{name: "WriteString without WriteHeader", status: 200, body: hello, keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			spoil(w.Header())
			_, _ = io.WriteString(w, hello)
		})},
		{name: "ReadFrom without WriteHeader", status: 200, body: hello, keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			spoil(w.Header())
			f, err := os.Open(file)
			if err != nil {
				panic(err)
			}
			defer func() { _ = f.Close() }()
			_, _ = io.Copy(w, f)
		})},
		{name: "Flush without WriteHeader", status: 200, keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			spoil(w.Header())
			w.(http.Flusher).Flush()
		})},
		{name: "ResponseController flushes", status: 200, keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			spoil(w.Header())
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
		})},
		{name: "nothing is written", status: 200, keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) { spoil(w.Header()) })},
		{name: "a name that is not canonical", status: 200, body: hello, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["access-control-allow-origin"] = []string{"*"}
			_, _ = io.WriteString(w, hello)
		})},
		{name: "http.Error", status: 410, body: "gone", keeps: keeps, handler: handle(func(w http.ResponseWriter, _ *http.Request) {
			spoil(w.Header())
			http.Error(w, "gone", http.StatusGone)
		})},
		{name: "ServeContent", status: 200, body: hello, keeps: keeps, handler: handle(func(w http.ResponseWriter, r *http.Request) {
			spoil(w.Header())
			http.ServeContent(w, r, file, modified, strings.NewReader(hello))
		})},
		{name: "ServeContent, not modified", status: 304, keeps: keeps, handler: handle(func(w http.ResponseWriter, r *http.Request) {
			spoil(w.Header())
			r.Header.Set("If-Modified-Since", modified.Format(http.TimeFormat))
			http.ServeContent(w, r, file, modified, strings.NewReader(hello))
		})},
		{name: "the mux finds nothing", status: 404, right: "nobody spoils anything", handler: http.NewServeMux()},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conformance.GuardCase{Status: c.status, Body: c.body, Keeps: c.keeps, Right: c.right,
				Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
					tb.Helper()
					server := httptest.NewServer(corshttp.New(d, opts...)(c.handler))
					tb.Cleanup(server.Close)
					return server.Listener.Addr().String()
				}}.Check(t)
		})
	}
}

// bare is a middleware's writer that has no optional interface but Unwrap.
type bare struct{ http.ResponseWriter }

func (b bare) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// A ResponseController goes past writers that cannot flush, but not past the guard.
func TestGuardSeesFlushThroughUnwrap(t *testing.T) {
	t.Parallel()
	conformance.GuardCase{Status: 200, Keeps: []string{"Accept-Encoding"},
		Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
			tb.Helper()
			app := corshttp.New(d, opts...)(handle(func(w http.ResponseWriter, _ *http.Request) {
				if _, ok := w.(http.Flusher); ok {
					tb.Error("the writer has an interface that the one inside has not")
				}
				spoil(w.Header())
				if err := http.NewResponseController(w).Flush(); err != nil {
					tb.Error(err)
				}
			}))
			server := httptest.NewServer(handle(func(w http.ResponseWriter, r *http.Request) { app.ServeHTTP(bare{w}, r) }))
			tb.Cleanup(server.Close)
			return server.Listener.Addr().String()
		}}.Check(t)
}

func handle(f http.HandlerFunc) http.Handler { return f }
