package corschitest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app, with Route for the first segment of the sub-router's prefix
// and Mount for the other. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	spell := conformance.Spelling("{id}", "*")
	root, sub := chi.NewRouter(), chi.NewRouter()
	root.Use(withoutLog, middleware.Recoverer)
	if app.Decider != nil {
		m := corschi.NewMount(root, app.Decider, app.Options...)
		root.Use(m.Middleware())
		app.Attach(tb, m, spell)
	}
	first, second, _ := strings.Cut(strings.TrimPrefix(conformance.SubRouter, "/"), "/")
	root.Route("/"+first, func(v1 chi.Router) {
		v1.Mount("/"+second, sub)
		for _, route := range app.Routes {
			in, path := chi.Router(root), route.Path
			if below, ok := strings.CutPrefix(path, conformance.SubRouter); ok {
				in, path = sub, below
			} else if below, ok := strings.CutPrefix(path, "/"+first+"/"); ok {
				in, path = v1, "/"+below
			}
			in.MethodFunc(route.Method, spell(path), func(w http.ResponseWriter, r *http.Request) {
				_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only where the client has gone
			})
		}
	})
	root.Method(http.MethodGet, "/static/*", http.StripPrefix("/static", http.FileServer(http.Dir(app.Files))))
	server := httptest.NewServer(conformance.Outer(root))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
