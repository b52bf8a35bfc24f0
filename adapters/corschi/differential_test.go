package corschi_test

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestDifferential makes random chi routers: nested by Route, Mount and Group, with chi's
// middleware before, after and inside them, and with handlers that route again.
func TestDifferential(t *testing.T) {
	t.Parallel()
	corshttptest.Differential(t, func(r *corshttptest.Random, attach func(corshttptest.Mount)) http.Handler {
		root := chi.NewRouter()
		m := corschi.NewMount(root, corshttptest.Policy("whole"))
		chis := append(r.Usual(), middleware.CleanPath, middleware.StripSlashes, middleware.URLFormat, middleware.GetHead)
		root.Use(r.Stack(chis...)...)
		root.Use(m.Middleware())
		root.Use(r.Stack(chis...)...)
		for _, g := range []string{"/a", "/a/b", "/a/b/c", "/b", "/x/a"} {
			root.Get(g+"/z", r.Serves("GET", g+"/z"))
		}
		root.Put("/b/z", r.Serves("PUT", "/b/z"))
		fill(r, root, root, "", 0)
		if r.Chance(3) {
			root.NotFound(r.Serves("", ""))
		}
		attach(m)
		return root
	})
}

func fill(r *corshttptest.Random, root chi.Router, in chi.Router, at string, depth int) {
	if depth > 0 && r.Chance(2) {
		corshttptest.Try(func() { in.Use(r.Stack(append(r.Usual(), middleware.StripSlashes, middleware.GetHead)...)...) })
	}
	for range 3 + r.IntN(4) {
		pattern := "/" + r.Pick("a", "b", "c", "x", "{id}", "d.json") + r.Pick("", "", "", "/", "/*", "/a", "/{id}")
		if r.Chance(8) {
			pattern = "/"
		}
		method := r.Method()
		corshttptest.Try(func() { in.MethodFunc(method, pattern, r.Serves(method, at+pattern)) })
	}
	for range r.IntN(3) {
		if depth == 3 {
			return
		}
		prefix := "/" + r.Pick("a", "b", "c", "x", "{id}")
		corshttptest.Try(func() {
			switch r.IntN(5) {
			case 0:
				sub := chi.NewRouter()
				fill(r, root, sub, at+prefix, depth+1)
				in.Mount(prefix, sub)
			case 1:
				in.Group(func(in chi.Router) { fill(r, root, in, at, depth+1) })
			case 2: // routes again, from the root
				to, hide := r.Path(), r.Chance(2)
				in.HandleFunc(prefix+"/again", func(w http.ResponseWriter, q *http.Request) {
					if q.Header.Get("Again") != "" {
						r.Serves(q.Method, at+prefix+"/again")(w, q)
						return
					}
					q.Header.Set("Again", "yes")
					q.URL.Path, q.URL.RawPath, chi.RouteContext(q.Context()).RoutePath = to, "", ""
					if hide {
						w = struct{ http.ResponseWriter }{w}
					}
					root.ServeHTTP(w, q)
				})
			case 3:
				in.Mount(prefix+"/own", r.Serves("GET", at+prefix+"/own/*"))
			default:
				in.Route(prefix, func(in chi.Router) { fill(r, root, in, at+prefix, depth+1) })
			}
		})
	}
}
