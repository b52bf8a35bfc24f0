package soak

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// broken is a way to install the library that is sometimes wrong.
type broken struct {
	name   string
	caught string // a text that the soak's complaint must contain
	atRest bool   // whether it shows only after the traffic
	wrap   func(testing.TB, *cors.Live) func(http.Handler) http.Handler
}

// settings limit the soak by its work. A time limit would make the test fail on a busy
// machine.
func (b broken) settings() settings {
	if b.atRest { // every fault occurs twice, and the leaked memory is several times the slack
		return settings{time: 100 * time.Millisecond, decisions: 10_000, tampers: 2 * uint64(len(faults())), first: true, patience: time.Second}
	}
	// At most some ten thousand answers are right before one is wrong, which ends the
	// traffic.
	return settings{time: 100 * time.Millisecond, decisions: 1_000_000, first: true, patience: time.Second}
}

// TestSoakCatches shows that the soak can fail, and for the right reason.
func TestSoakCatches(t *testing.T) {
	for _, b := range []broken{
		{name: "a slice of header values shared between requests", caught: "which belongs to another request", wrap: sharesSlice},
		{name: "an origin taken from another request", caught: "which belongs to another request", wrap: takesLastOrigin},
		{name: "two policies mixed in one answer", caught: "a wrong answer", wrap: mixesPolicies},
		{name: "a policy that stays in force too long", caught: "a wrong answer", wrap: keepsPolicy},
		{name: "one mistake in 10,000 answers", caught: "a wrong answer", wrap: errsSeldom},
		{name: "headers lost when a handler panics", caught: `"panic`, wrap: forgetsOnPanic},
		{name: "a header that echoes the request", caught: "an unexpected field", wrap: echoes},
		{name: "a goroutine left by every aborted connection", caught: "soak.leaksGoroutines", atRest: true, wrap: leaksGoroutines},
		{name: "memory kept of every request", caught: "bytes on the heap", atRest: true, wrap: leaksMemory},
		{name: "a file left open by every aborted connection", caught: "file descriptors", atRest: true, wrap: leaksFiles},
	} {
		t.Run(b.name, func(t *testing.T) {
			o := soak(t, b.targets, b.settings())
			if all := strings.Join(o.problems, "\n"); !strings.Contains(all, b.caught) {
				t.Errorf("after %d decisions, not caught, or not for this: %q", o.total.decisions(), all)
			}
			t.Logf("caught after the warm-up and %d decisions: %.300s", o.total.decisions(), strings.Join(o.problems, "\n"))
		})
	}
}

// The test server around the broken parts must be right.
func TestSoakCatchesNothingElse(t *testing.T) {
	b := broken{wrap: func(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler { return corshttp.New(l) }}
	if o := soak(t, b.targets, settings{time: time.Second, decisions: 2000, patience: time.Minute}); o.count > 0 {
		t.Error(strings.Join(o.problems, "\n"))
	}
}

// targets serves the middleware that b wraps.
func (b broken) targets(tb testing.TB) []*target {
	tb.Helper()
	return []*target{start(tb, b.name, plain, func(tb testing.TB, at []*place) string {
		tb.Helper()
		mux := http.NewServeMux()
		for _, route := range routes("") {
			mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, r *http.Request) {
				_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only if the client has closed the connection
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

// after calls change with the response's header just before it is sent, if it has an
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

// meeting makes two requests overlap, independent of the scheduler.
type meeting[T any] struct {
	count atomic.Uint64
	offer chan offer[T] // offers of a request that waits for the next one
}

type offer[T any] struct {
	of    T
	taken chan struct{}
}

func newMeeting[T any]() *meeting[T] { return &meeting[T]{offer: make(chan offer[T])} }

// meet makes one request in a hundred wait for the next one, which takes the value of the
// waiting one. The wait has a time limit, because no request follows the last one.
func (m *meeting[T]) meet(own T, take func(T)) {
	select {
	case o := <-m.offer:
		take(o.of)
		close(o.taken)
		return
	default:
	}
	if m.count.Add(1)%100 != 0 {
		return
	}
	o := offer[T]{own, make(chan struct{})}
	select {
	case m.offer <- o:
		<-o.taken
	case <-time.After(time.Second):
	}
}

// sharesSlice gives the slice of an unanswered request to the next one, which writes into
// it.
func sharesSlice(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	requests := newMeeting[[]string]()
	return after(l, func(h http.Header, _ *http.Request) {
		own := []string{h.Get(allowOrigin)}
		if own[0] == "*" {
			return
		}
		h[allowOrigin] = own
		requests.meet(own, func(shared []string) {
			copy(shared, own)
			h[allowOrigin] = shared
		})
	})
}

// takesLastOrigin stores the origin for the next request, and reads the previous one.
func takesLastOrigin(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	requests := newMeeting[*string]()
	return after(l, func(h http.Header, _ *http.Request) {
		own := h.Get(allowOrigin)
		if own == "*" {
			return
		}
		last := &own
		requests.meet(last, func(other *string) { *other = own })
		h.Set(allowOrigin, *last)
	})
}

// mixesPolicies takes the origin from the policy in force. If that policy is new, it
// takes everything else from the previous policy.
func mixesPolicies(_ testing.TB, l *cors.Live) func(http.Handler) http.Handler {
	var last atomic.Pointer[cors.Policy]
	last.Store(l.Load())
	return after(l, func(h http.Header, r *http.Request) {
		before := last.Swap(l.Load())
		d := before.Decide(r.Context(), cors.Request{Method: r.Method, Origin: r.Header.Get("Origin")})
		for name, value := range d.Headers() {
			if name != allowOrigin && name != "Vary" {
				h.Set(name, value)
			}
		}
	})
}

// keepsPolicy only rarely looks for a new policy.
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
	tb.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		clear(seen)
	})
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
		mu.Lock()
		defer mu.Unlock()
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
