package corshttp_test

import (
	"net/http"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestDifferential makes random ServeMuxes, one inside another, behind middleware that
// copies and changes requests, with handlers that route again.
func TestDifferential(t *testing.T) {
	t.Parallel()
	corshttptest.Differential(t, func(r *corshttptest.Random, attach func(corshttptest.Mount)) http.Handler {
		mux := http.NewServeMux()
		m := corshttp.NewMount(mux, corshttptest.Policy("whole"))
		for _, g := range []string{"/a", "/a/b", "/a/b/c", "/b", "/x/a"} {
			m.HandleFunc("GET "+g+"/z", r.Serves("GET", g+"/z"))
		}
		m.HandleFunc("PUT /b/z", r.Serves("PUT", "/b/z"))
		for range 4 + r.IntN(8) {
			method, pattern := r.Method(), ""
			for range 1 + r.IntN(3) {
				pattern += "/" + r.Pick("a", "b", "c", "x", "{id}", "d.json")
			}
			pattern += r.Pick("", "", "/", "/{rest...}", "/{$}")
			if r.Chance(4) {
				method = "" // all
			}
			corshttptest.Try(func() {
				m.HandleFunc(method+" "+pattern, func(w http.ResponseWriter, q *http.Request) { r.Serves(q.Method, pattern)(w, q) })
			})
		}
		corshttptest.Try(func() {
			to := r.Path()
			m.HandleFunc("/again", corshttptest.Around(mux, []func(http.Handler) http.Handler{corshttptest.Replaced("/again", to, false)}).ServeHTTP)
		})
		if r.Chance(3) {
			corshttptest.Try(func() { m.HandleFunc("/", r.Serves("GET", "/")) })
		}
		attach(m)
		inside := corshttptest.Around(mux, r.Stack(r.Usual()...))
		if r.Chance(3) { // a mux without its own routes leaves a pattern in the request
			outer := http.NewServeMux()
			outer.Handle("/", m.Middleware()(inside))
			return outer
		}
		return corshttptest.Around(m.Middleware()(inside), r.Stack(r.Usual()...))
	})
}
