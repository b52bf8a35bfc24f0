package corshttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestMountOverSockets serves a Mount over sockets, with HTTP/1.1 and HTTP/2. Its handlers
// do what most tests do not do.
func TestMountOverSockets(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Trailer"] = []string{"Access-Control-Allow-Origin"}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = io.WriteString(w, "upstream")
	}))
	t.Cleanup(upstream.Close)
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	mux, m := newMount()
	m.HandleFunc("GET /admin/empty", func(http.ResponseWriter, *http.Request) {})
	m.HandleFunc("GET /admin/typed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "typed")
	})
	m.HandleFunc("GET /admin/late", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	m.HandleFunc("GET /admin/panics", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	m.HandleFunc("GET /admin/flushed", func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
		w.Header().Set(http.TrailerPrefix+"Access-Control-Allow-Origin", "*")
	})
	m.HandleFunc("GET /admin/hijacked", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotImplemented)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: %s\r\nVary: Origin\r\nContent-Length: 0\r\n\r\n", w.Header().Get("Access-Control-Allow-Origin"))
	})
	m.Handle("GET /admin/proxied", httputil.NewSingleHostReverseProxy(target))
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	h := m.Middleware()(http.TimeoutHandler(mux, time.Second, "late"))
	for name, start := range map[string]func(s *httptest.Server){
		"HTTP/1.1": (*httptest.Server).Start,
		"HTTP/2":   func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() },
	} {
		for _, inside := range []bool{false, true} { // inside a TimeoutHandler, which hides the writer
			served := h
			if !inside {
				served = m.Middleware()(mux)
			}
			server := httptest.NewUnstartedServer(served)
			server.Config.ErrorLog = nil
			start(server)
			t.Cleanup(server.Close)
			var wg sync.WaitGroup
			for _, method := range []string{"GET", "HEAD"} {
				for _, path := range []string{"empty", "typed", "late", "flushed", "hijacked", "proxied", "none"} {
					if path == "late" && !inside {
						continue
					}
					wg.Go(func() {
						for _, page := range []string{"group", "whole"} {
							r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/admin/"+path, nil)
							if err != nil {
								t.Error(err)
								return
							}
							r.Header.Set("Origin", corshttptest.Origin(page))
							answer, err := server.Client().Do(r)
							if err != nil {
								t.Errorf("%s, %s %s: %v", name, method, path, err)
								continue
							}
							_, _ = io.Copy(io.Discard, answer.Body)
							_ = answer.Body.Close()
							want := ""
							if page == "group" {
								want = corshttptest.Origin(page)
							}
							if got := strings.Join(answer.Header.Values("Access-Control-Allow-Origin"), "|"); got != want {
								t.Errorf("%s, inside %t, %s %s by %s: %d, Access-Control-Allow-Origin %q, want %q", name, inside, method, path, page, answer.StatusCode, got, want)
							}
							if len(answer.Trailer.Values("Access-Control-Allow-Origin")) > 0 {
								t.Errorf("%s, inside %t, %s %s: the header is in the trailers", name, inside, method, path)
							}
						}
					})
				}
			}
			wg.Wait()
		}
	}
}
