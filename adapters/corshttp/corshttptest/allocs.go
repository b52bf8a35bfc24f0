package corshttptest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Writer1 has the methods of the writer of net/http's HTTP/1 server, and allocates nothing.
type Writer1 struct{ serverWriter }

type serverWriter struct{ Fields http.Header }

func (w *serverWriter) Header() http.Header         { return w.Fields }
func (w *serverWriter) WriteHeader(int)             {}
func (w *serverWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *serverWriter) Flush()                      {}
func (w *serverWriter) CloseNotify() <-chan bool    { return nil }

// ReadFrom implements io.ReaderFrom.
func (w *Writer1) ReadFrom(io.Reader) (int64, error) { return 0, nil }

// Hijack implements http.Hijacker.
func (w *Writer1) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, errors.ErrUnsupported
}

// Allocates checks the number of allocations: one under New, for the headers' values, and
// two under a guard or a Mount. It does not count the framework's own.
func Allocates(t *testing.T, newApp New) {
	t.Helper()
	policy := Policy("whole")
	bare := newApp()
	budgets := map[string]struct {
		install func(App)
		budget  float64
	}{
		"New":                    {func(app App) { app.Install(policy) }, 1},
		"New with PolicyWins":    {func(app App) { app.Install(policy, cors.Guard(cors.PolicyWins)) }, 2},
		"New with HandlerWins":   {func(app App) { app.Install(policy, cors.Guard(cors.HandlerWins)) }, 2},
		"NewMount":               {func(app App) { Must(t, app.InstallMount(policy).Group("/items", Policy("group"))) }, 2},
		"NewMount, RouteMethods": {func(app App) { Must(t, app.InstallMount(policy, cors.RouteMethods()).Group("/items", Policy("group"))) }, 2},
	}
	pass(bare)
	route := func(app App) {
		app.Handle(http.MethodGet, "/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
		app.Handle(http.MethodGet, "/items/x", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	}
	route(bare)
	for name, b := range budgets {
		app := newApp()
		b.install(app)
		route(app)
		for _, path := range []string{"/", "/items/x"} {
			for _, origin := range []string{Origin("whole"), Origin("group"), "https://evil.example", ""} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
				Must(t, err)
				if origin != "" {
					r.Header.Set("Origin", origin)
				}
				w := &Writer1{serverWriter{make(http.Header)}}
				allocs := func(h http.Handler) float64 {
					return testing.AllocsPerRun(100, func() {
						clear(w.Fields)
						h.ServeHTTP(w, r)
					})
				}
				own := allocs(bare)
				if got := allocs(app) - own; got > b.budget {
					t.Errorf("%s, %s, origin %q: %v allocations, want %v at most", name, path, origin, got, b.budget)
				}
				if w.Fields["Vary"] == nil {
					t.Errorf("%s, %s, origin %q: the adapter did not run", name, path, origin)
				}
			}
		}
	}
}

// pass installs middleware with the cost of a framework's middleware: New without a policy.
func pass(app App) { app.Install((*cors.Policy)(nil)) }
