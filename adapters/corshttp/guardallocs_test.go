//go:build !race

package corshttp_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// serverWriter has the methods of the writers that net/http's servers hand out, and
// allocates nothing.
type serverWriter struct{ header http.Header }

func (w *serverWriter) Header() http.Header         { return w.header }
func (w *serverWriter) WriteHeader(int)             {}
func (w *serverWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *serverWriter) Flush()                      {}
func (w *serverWriter) CloseNotify() <-chan bool    { return nil }

type http1Server struct{ serverWriter }

func (w *http1Server) ReadFrom(io.Reader) (int64, error) { return 0, nil }
func (w *http1Server) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, errors.ErrUnsupported
}

type http2Server struct{ serverWriter }

func (w *http2Server) Push(string, *http.PushOptions) error { return nil }

// TestGuardAllocates holds the budget: one allocation for the headers' values, as
// without a guard, and one for the writer.
func TestGuardAllocates(t *testing.T) {
	header := make(http.Header)
	for _, w := range []http.ResponseWriter{&http1Server{serverWriter{header}}, &http2Server{serverWriter{header}}} {
		for name, test := range map[string]struct {
			opts []cors.Option
			want float64
		}{
			"unguarded": {nil, 1},
			"own":       {[]cors.Option{cors.Guard(cors.PolicyWins)}, 2},
			"defer":     {[]cors.Option{cors.Guard(cors.HandlerWins)}, 2},
		} {
			h := corshttp.New(policy, test.opts...)(handle(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusOK)
			}))
			for _, origin := range []string{"https://app.example.com", "https://evil.example", ""} {
				r := &http.Request{Method: http.MethodGet, Header: http.Header{}}
				if origin != "" {
					r.Header.Set("Origin", origin)
				}
				got := testing.AllocsPerRun(100, func() {
					clear(header)
					h.ServeHTTP(w, r)
				})
				if got > test.want {
					t.Errorf("%T, %s, origin %q: %v allocations, want %v at most", w, name, origin, got, test.want)
				}
			}
		}
	}
}

// BenchmarkGuard shows what the guard costs where nothing is wrong.
func BenchmarkGuard(b *testing.B) {
	header := make(http.Header)
	w := &http1Server{serverWriter{header}}
	r := &http.Request{Method: http.MethodGet, Header: http.Header{"Origin": {"https://app.example.com"}}}
	for name, opts := range map[string][]cors.Option{
		"guard=none":  nil,
		"guard=own":   {cors.Guard(cors.PolicyWins)},
		"guard=defer": {cors.Guard(cors.HandlerWins)},
	} {
		b.Run(name, func(b *testing.B) {
			h := corshttp.New(policy, opts...)(handle(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
			b.ReportAllocs()
			for b.Loop() {
				clear(header)
				h.ServeHTTP(w, r)
			}
			if header.Get("Access-Control-Allow-Origin") == "" {
				b.Fatal("the policy's headers are missing")
			}
		})
	}
}
