package corshttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// TestGuardCases tampers with headers by the means of net/http.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	const hello = "hello\n"
	file := filepath.Join(t.TempDir(), "hello.txt")
	if err := os.WriteFile(file, []byte(hello), 0o600); err != nil {
		t.Fatal(err)
	}
	modified := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	target := corshttptest.Upstream(t)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}

	corshttptest.GuardCases(t, func(h http.Handler, d cors.Decider, opts ...cors.Option) http.Handler {
		return corshttp.New(d, opts...)(h)
	}, []corshttptest.GuardCase[http.Handler]{
		{Name: "a reverse-proxied upstream has a CORS set of its own", Status: 200, Body: hello, Routes: proxy},
		{Name: "a proxy clears what was set before", NoVary: true, Status: 200, Body: hello, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			clear(w.Header())
			_, _ = io.WriteString(w, hello)
		})},
		{Name: "TimeoutHandler replaces the Vary outside", Status: 200, Body: hello,
			Routes: http.TimeoutHandler(handle(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, hello)
			}), time.Minute, "late")},
		{Name: "TimeoutHandler times out", Status: 503, Body: "late",
			Right: "TimeoutHandler drops what the late handler set",
			Routes: http.TimeoutHandler(handle(func(w http.ResponseWriter, r *http.Request) {
				corshttptest.Tamper(w.Header())
				<-r.Context().Done()
			}), time.Millisecond, "late")},
		{Name: "Write without WriteHeader", Status: 200, Body: hello, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			_, _ = w.Write([]byte(hello))
		})},
		{Name: "WriteString without WriteHeader", Status: 200, Body: hello, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			_, _ = io.WriteString(w, hello)
		})},
		{Name: "ReadFrom without WriteHeader", Status: 200, Body: hello, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			f, err := os.Open(file)
			if err != nil {
				panic(err)
			}
			defer func() { _ = f.Close() }()
			_, _ = io.Copy(w, f)
		})},
		{Name: "Flush without WriteHeader", Status: 200, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			w.(http.Flusher).Flush()
		})},
		{Name: "ResponseController flushes", Status: 200, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
		})},
		{Name: "nothing is written", Status: 200, Routes: handle(func(w http.ResponseWriter, _ *http.Request) { corshttptest.Tamper(w.Header()) })},
		{Name: "a name that is not canonical", NoVary: true, Status: 200, Body: hello, Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["access-control-allow-origin"] = []string{"*"}
			_, _ = io.WriteString(w, hello)
		})},
		{Name: "http.Error", Status: 410, Body: "gone", Routes: handle(func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			http.Error(w, "gone", http.StatusGone)
		})},
		{Name: "ServeContent", Status: 200, Body: hello, Routes: handle(func(w http.ResponseWriter, r *http.Request) {
			corshttptest.Tamper(w.Header())
			http.ServeContent(w, r, file, modified, strings.NewReader(hello))
		})},
		{Name: "ServeContent, not modified", Status: 304, Routes: handle(func(w http.ResponseWriter, r *http.Request) {
			corshttptest.Tamper(w.Header())
			r.Header.Set("If-Modified-Since", modified.Format(http.TimeFormat))
			http.ServeContent(w, r, file, modified, strings.NewReader(hello))
		})},
		{Name: "the mux finds nothing", Status: 404, Right: "nobody tampers with anything", Routes: http.NewServeMux()},
	})
}

// bare is a writer of middleware whose only optional interface is Unwrap.
type bare struct{ http.ResponseWriter }

func (b bare) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// A ResponseController skips writers that cannot flush, but not the guard.
func TestGuardSeesFlushThroughUnwrap(t *testing.T) {
	t.Parallel()
	conformance.GuardCase{Status: 200, Keeps: []string{"Accept-Encoding"},
		Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
			tb.Helper()
			app := corshttp.New(d, opts...)(handle(func(w http.ResponseWriter, _ *http.Request) {
				if _, ok := w.(http.Flusher); ok {
					tb.Error("the writer has an interface that the one inside has not")
				}
				corshttptest.Tamper(w.Header())
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
