package corshttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// guard puts a guard with the examples' policy around a handler.
func guard(h http.HandlerFunc, opts ...cors.Option) http.Handler {
	if opts == nil {
		opts = []cors.Option{cors.Guard(cors.PolicyWins)}
	}
	return corshttp.New(policy, opts...)(h)
}

// get sends a request from an allowed origin.
func get(t *testing.T, client *http.Client, target string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://app.example.com")
	return send(t, client, r)
}

func send(t *testing.T, client *http.Client, r *http.Request) *http.Response {
	t.Helper()
	w, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Body.Close() })
	return w
}

// isGuarded checks that the headers are right although the handler has called Tamper.
func isGuarded(t *testing.T, h http.Header) {
	t.Helper()
	if got := h.Values("Access-Control-Allow-Origin"); !slices.Equal(got, []string{"https://app.example.com"}) {
		t.Errorf("Access-Control-Allow-Origin: %q", got)
	}
	if got := h.Values("Vary"); !slices.Equal(got, []string{"Accept-Encoding", "Origin"}) {
		t.Errorf("Vary: %q", got)
	}
}

func TestGuardUnderHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(guard(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(http.Pusher); !ok {
			t.Error("the writer cannot push")
		}
		if _, ok := w.(http.Hijacker); ok {
			t.Error("the writer can be hijacked")
		}
		if got := fmt.Sprintf("%T", w); got != "*adapt.http2Writer" {
			t.Errorf("%s takes more than one allocation", got)
		}
		corshttptest.Tamper(w.Header())
		switch r.URL.Path {
		case "/stream":
			_, _ = io.WriteString(w, "one\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-r.Context().Done() // the client gets the first part before the handler is done
		case "/push":
			if err := w.(http.Pusher).Push("/other", nil); !errors.Is(err, http.ErrNotSupported) {
				t.Errorf("push to a client that has switched it off: %v", err)
			}
		case "/deadline":
			if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			w.WriteHeader(http.StatusOK)
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	for _, path := range []string{"/empty", "/push", "/deadline", "/stream"} {
		w := get(t, server.Client(), server.URL+path)
		if w.ProtoMajor != 2 {
			t.Fatalf("the server speaks %s", w.Proto)
		}
		isGuarded(t, w.Header)
		if path == "/stream" {
			if line, err := bufio.NewReader(w.Body).ReadString('\n'); line != "one\n" {
				t.Errorf("got %q, %v", line, err)
			}
			_ = w.Body.Close() // ends the handler
		}
	}
}

// Early Hints of the handler, and of an upstream: a reverse proxy passes these on and then
// clears the headers.
func TestGuardOfInformationalResponses(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(handle(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		corshttptest.Tamper(w.Header())
		_, _ = io.WriteString(w, "hello\n")
	}))
	t.Cleanup(upstream.Close)
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	for name, h := range map[string]http.HandlerFunc{"proxy": proxy.ServeHTTP, "handler": upstream.Config.Handler.ServeHTTP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(guard(h))
			t.Cleanup(server.Close)
			var informed []int
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { informed = append(informed, code); return nil },
			})
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", "https://app.example.com")
			w := send(t, server.Client(), r)
			isGuarded(t, w.Header)
			if body, err := io.ReadAll(w.Body); string(body) != "hello\n" || err != nil {
				t.Errorf("body %q, %v", body, err)
			}
			if !slices.Equal(informed, []int{http.StatusEarlyHints}) {
				t.Errorf("informational responses %d", informed)
			}
		})
	}
}

// sendfileListener counts the calls by which its connections send a file without copying
// it.
type sendfileListener struct {
	net.Listener
	calls *atomic.Int64
}

type sendfileConn struct {
	*net.TCPConn
	calls *atomic.Int64
}

func (l sendfileListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return sendfileConn{c.(*net.TCPConn), l.calls}, nil
}

func (c sendfileConn) ReadFrom(r io.Reader) (int64, error) {
	c.calls.Add(1)
	return c.TCPConn.ReadFrom(r)
}

func TestGuardKeepsSendfile(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789abcdef", 4096)
	file := filepath.Join(t.TempDir(), "content.txt")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, around := range map[string]func(http.HandlerFunc) http.Handler{
		"unguarded": func(h http.HandlerFunc) http.Handler { return h },
		"guarded":   func(h http.HandlerFunc) http.Handler { return guard(h) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(around(func(w http.ResponseWriter, r *http.Request) {
				corshttptest.Tamper(w.Header())
				http.ServeFile(w, r, file)
			}))
			calls := new(atomic.Int64)
			server.Listener = sendfileListener{server.Listener, calls}
			server.Start()
			t.Cleanup(server.Close)
			w := get(t, server.Client(), server.URL)
			if body, err := io.ReadAll(w.Body); string(body) != content || err != nil {
				t.Errorf("%d bytes, %v", len(body), err)
			}
			if calls.Load() == 0 {
				t.Error("the file did not go through the connection's ReadFrom")
			}
			if name == "guarded" {
				isGuarded(t, w.Header)
			}
		})
	}
}

// A handler may hijack the connection before it writes, or after a 101.
func TestGuardKeepsHijack(t *testing.T) {
	t.Parallel()
	hijack := func(w http.ResponseWriter, before string) error {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		_, err = io.WriteString(conn, before+"hello from the connection\n")
		return err
	}
	const raw = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n"
	for name, h := range map[string]http.HandlerFunc{
		"before": func(w http.ResponseWriter, _ *http.Request) {
			if _, ok := w.(http.Hijacker); !ok {
				t.Error("the writer is no http.Hijacker")
			}
			if err := hijack(w, raw); err != nil {
				t.Error(err)
			}
		},
		"after 101": func(w http.ResponseWriter, _ *http.Request) {
			corshttptest.Tamper(w.Header())
			w.Header().Set("Upgrade", "test")
			w.Header().Set("Connection", "Upgrade")
			w.WriteHeader(http.StatusSwitchingProtocols)
			if err := hijack(w, ""); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(guard(h))
			t.Cleanup(server.Close)
			w := get(t, server.Client(), server.URL)
			if w.StatusCode != http.StatusSwitchingProtocols {
				t.Fatalf("status %d", w.StatusCode)
			}
			if name == "after 101" {
				isGuarded(t, w.Header)
			}
			if body, err := io.ReadAll(w.Body); string(body) != "hello from the connection\n" || err != nil {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
}

func TestGuardKeepsResponseController(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(guard(func(w http.ResponseWriter, r *http.Request) {
		if got := fmt.Sprintf("%T", w); got != "*adapt.http1Writer" {
			t.Errorf("%s takes more than one allocation", got)
		}
		control := http.NewResponseController(w)
		soon := time.Now().Add(time.Minute)
		if err := errors.Join(control.SetReadDeadline(soon), control.SetWriteDeadline(soon), control.EnableFullDuplex()); err != nil {
			t.Error(err)
		}
		corshttptest.Tamper(w.Header())
		_, _ = io.WriteString(w, "one\n")
		if err := control.Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done() // the client gets the first part before the handler is done
	}))
	t.Cleanup(server.Close)
	w := get(t, server.Client(), server.URL)
	isGuarded(t, w.Header)
	if line, err := bufio.NewReader(w.Body).ReadString('\n'); line != "one\n" {
		t.Errorf("got %q, %v", line, err)
	}
	_ = w.Body.Close() // ends the handler
}

// A handler aborts by a panic, and the panic reaches the server.
func TestGuardPassesAbort(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(guard(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w, err := server.Client().Do(r); err == nil {
		_ = w.Body.Close()
		t.Errorf("got status %d from a handler that aborts", w.StatusCode)
	}
}
