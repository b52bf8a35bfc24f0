package soak

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// broken is a way to plug the library in that is wrong now and then.
type broken struct {
	name   string
	caught string // what the soak's complaint has to hold
	needs  uint64 // decisions, until it is sure to have gone wrong
	wrap   func(testing.TB, *cors.Live) func(http.Handler) http.Handler
}

// TestSoakCatches shows that the soak can fail, and what for. It takes its time, and is
// not for the race detector: what it starts is broken.
func TestSoakCatches(t *testing.T) {
	if raceEnabled {
		t.Skip("without -race, as in make test-alone")
	}
	for _, b := range []broken{
		{name: "a slice of header values shared between requests", caught: "a wrong answer", needs: 50_000, wrap: sharesSlice},
		{name: "an origin taken from another request", caught: "which is of another request", wrap: takesLastOrigin},
		{name: "two policies mixed in one answer", caught: "a wrong answer", wrap: mixesPolicies},
		{name: "a policy that stays in force too long", caught: "a wrong answer", wrap: keepsPolicy},
		{name: "one mistake in 10,000 answers", caught: "a wrong answer", needs: 25_000, wrap: errsSeldom},
		{name: "headers lost when a handler panics", caught: `"panic`, wrap: forgetsOnPanic},
		{name: "a header that echoes the request", caught: "an unexpected field", wrap: echoes},
		{name: "a goroutine left by every aborted connection", caught: "goroutines created by", wrap: leaksGoroutines},
		{name: "memory kept of every request", caught: "bytes on the heap", wrap: leaksMemory},
		{name: "a file left open by every aborted connection", caught: "file descriptors", wrap: leaksFiles},
	} {
		t.Run(b.name, func(t *testing.T) {
			o := soak(t, b.targets, settings{time: 2 * time.Second, decisions: max(b.needs, 3000), spoils: 200, most: time.Minute, first: true})
			if all := strings.Join(o.problems, "\n"); !strings.Contains(all, b.caught) {
				t.Errorf("after %d decisions, not caught, or not for this: %q", o.total.decisions(), all)
			}
			t.Logf("caught after the warm-up and %d decisions: %.300s", o.total.decisions(), strings.Join(o.problems, "\n"))
		})
	}
}

// What is around the broken ones is right.
func TestSoakCatchesNothingElse(t *testing.T) {
	b := broken{wrap: func(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler { return corshttp.New(l) }}
	if o := soak(t, b.targets, settings{time: time.Second, decisions: 2000, most: 20 * time.Second}); o.count > 0 {
		t.Error(strings.Join(o.problems, "\n"))
	}
}

// targets serves what b wraps, by itself.
func (b broken) targets(tb testing.TB) []*target {
	tb.Helper()
	return []*target{start(tb, b.name, plain, func(tb testing.TB, at []*place) string {
		tb.Helper()
		mux := http.NewServeMux()
		for _, route := range routes("") {
			mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, r *http.Request) {
				_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only where the client has gone
			})
		}
		wrapped := b.wrap(tb, &at[0].live)(mux)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					http.Error(w, "internal server error", http.StatusInternalServerError)
				}
			}()
			wrapped.ServeHTTP(w, r)
		}))
		tb.Cleanup(server.Close)
		return server.Listener.Addr().String()
	}, "")}
}

const allowOrigin = "Access-Control-Allow-Origin"

// after runs change on the response's header just before it is sent, where it has an
// Access-Control-Allow-Origin.
func after(l *cors.Live, change func(h http.Header, r *http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return corshttp.New(l)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if w.Header().Get(allowOrigin) != "" {
				change(w.Header(), r)
			}
			next.ServeHTTP(w, r)
		}))
	}
}

func sharesSlice(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	shared := make([]string, 1)
	return after(l, func(h http.Header, _ *http.Request) {
		shared[0] = h.Get(allowOrigin)
		h[allowOrigin] = shared
	})
}

func takesLastOrigin(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	var last atomic.Pointer[string]
	return after(l, func(h http.Header, _ *http.Request) {
		own := h.Get(allowOrigin)
		last.Store(&own)
		runtime.Gosched()
		h.Set(allowOrigin, *last.Load())
	})
}

// mixesPolicies loads the policy for the origin, and again for all else.
func mixesPolicies(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	return after(l, func(h http.Header, r *http.Request) {
		runtime.Gosched()
		d := l.Decide(r.Context(), cors.Request{Method: r.Method, Origin: r.Header.Get("Origin")})
		for name, value := range d.Headers() {
			if name != allowOrigin && name != "Vary" {
				h.Set(name, value)
			}
		}
	})
}

// keepsPolicy looks for a new policy only now and then.
func keepsPolicy(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	kept := new(cors.Live)
	kept.Store(l.Load())
	var n atomic.Uint64
	return func(next http.Handler) http.Handler {
		h := corshttp.New(kept)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1)%50 == 0 {
				kept.Store(l.Load())
			}
			h.ServeHTTP(w, r)
		})
	}
}

func errsSeldom(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	var n atomic.Uint64
	return func(next http.Handler) http.Handler {
		h := corshttp.New(l)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1)%10_000 == 0 {
				w.Header().Add("Vary", "Accept-Language")
			}
			h.ServeHTTP(w, r)
		})
	}
}

func forgetsOnPanic(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		h := corshttp.New(l)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if p := recover(); p != nil {
					clear(w.Header())
					panic(p)
				}
			}()
			h.ServeHTTP(w, r)
		})
	}
}

func echoes(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	return after(l, func(h http.Header, r *http.Request) { h.Set("X-Origin", r.Header.Get("Origin")) })
}

// onAbort calls leak whenever a write to a client fails.
func onAbort(l *cors.Live, leak func()) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return corshttp.New(l)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(failing{w, leak}, r)
		}))
	}
}

type failing struct {
	http.ResponseWriter
	leak func()
}

func (f failing) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	if err != nil {
		f.leak()
	}
	return n, err
}

func (f failing) Unwrap() http.ResponseWriter { return f.ResponseWriter }

func leaksGoroutines(tb testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	tb.Helper()
	end := make(chan struct{})
	tb.Cleanup(func() { close(end) })
	return onAbort(l, func() { go func() { <-end }() })
}

func leaksMemory(tb testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	tb.Helper()
	var mu sync.Mutex
	seen := make(map[string][]byte)
	tb.Cleanup(func() { clear(seen) })
	return after(l, func(_ http.Header, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[fmt.Sprint(r.Header)] = make([]byte, 1000)
	})
}

func leaksFiles(tb testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	tb.Helper()
	var mu sync.Mutex
	var open []*os.File
	tb.Cleanup(func() {
		for _, f := range open {
			_ = f.Close() // nothing was written
		}
	})
	return onAbort(l, func() {
		f, err := os.Open(os.DevNull)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			open = append(open, f)
		}
	})
}
