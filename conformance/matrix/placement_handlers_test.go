package matrix_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serve serves h until the end of the test.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// files returns a folder that contains a font.
func files(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.woff2"), []byte("font"), 0o600))
	return folder
}

// upstreamOf serves an upstream with its own CORS headers.
func upstreamOf(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(serve(t, http.HandlerFunc(careless)))
	require.NoError(t, err)
	return u
}

// hintingOf serves such an upstream, which sends 103 first.
func hintingOf(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		careless(w, r)
	})))
	require.NoError(t, err)
	return u
}

func newProxy(t *testing.T) http.Handler {
	t.Helper()
	return httputil.NewSingleHostReverseProxy(upstreamOf(t))
}

func hintingProxy(t *testing.T) http.Handler {
	t.Helper()
	return httputil.NewSingleHostReverseProxy(hintingOf(t))
}

// Handlers and middleware of net/http.

func ok(http.ResponseWriter, *http.Request) {}

func careless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Vary", "Accept-Language")
}

func failing(http.ResponseWriter, *http.Request) { panic("deliberate") }

// late answers after the request has been given up.
func late(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// never does not answer before the end of the test, so an http.TimeoutHandler certainly
// gives up. If a handler ends at the same time as the timeout, its answer may be sent.
func never(t *testing.T) http.HandlerFunc {
	t.Helper()
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	return func(http.ResponseWriter, *http.Request) { <-end }
}

// timed returns h in an http.TimeoutHandler. Only GET has a short timeout, because h must
// answer preflights even on a busy machine.
func timed(h http.Handler) http.Handler {
	get, others := http.TimeoutHandler(h, time.Millisecond, ""), http.TimeoutHandler(h, time.Minute, "")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			get.ServeHTTP(w, r)
		} else {
			others.ServeHTTP(w, r)
		}
	})
}

func moved(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/items/1", http.StatusFound)
}

func options(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "by the app") }

// upgrade does what an upgrader does with an accepted handshake.
func upgrade(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	_ = conn.Close()
}

// answering returns middleware that passes nothing on.
func answering(status int) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
}

func recovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

var long = strings.Repeat("long enough to be compressed ", 100)

func lengthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, long)
}
