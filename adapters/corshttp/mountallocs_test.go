//go:build !race

package corshttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// discard is a writer that allocates nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// TestMountAllocates holds the budget: what New needs, and one allocation more, which
// is the mux's. A preflight needs no more than that either, with or without RouteMethods.
func TestMountAllocates(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", update)
	mux.HandleFunc("PUT /items/{id}", update)
	for _, opts := range [][]cors.Option{nil, {cors.RouteMethods()}} {
		m := corshttp.NewMount(mux, (*cors.Policy)(nil), opts...)
		if err := m.Group("/items", policy); err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{http.MethodGet, http.MethodOptions} {
			r := httptest.NewRequest(method, "/items/7", nil)
			r.Header.Set("Origin", "https://app.example.com")
			r.Header.Set("Access-Control-Request-Method", http.MethodPut)
			plain, mounted := corshttp.New(policy)(mux), m.Middleware()(mux)
			w := discard{make(http.Header)}
			allocs := func(h http.Handler) float64 {
				return testing.AllocsPerRun(100, func() {
					clear(w.header)
					h.ServeHTTP(w, r)
				})
			}
			if got, want := allocs(mounted), allocs(plain)+1; got > want || w.header["Access-Control-Allow-Origin"] == nil {
				t.Errorf("%s: %v allocations, want %v at most; headers %q", method, got, want, w.header)
			}
		}
	}
}
