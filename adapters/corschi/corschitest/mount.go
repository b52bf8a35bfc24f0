package corschitest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app. It registers the sub-router with Route for the first segment of
// its prefix, and with Mount for the second. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	spell := conformance.Spelling("{id}", "*")
	root, sub := chi.NewRouter(), chi.NewRouter()
	root.Use(withoutLog, middleware.Recoverer, conformance.Outside.Middleware)
	if app.Decider != nil {
		m := corschi.NewMount(root, app.Decider, app.Options...)
		root.Use(m.Middleware())
		app.Attach(tb, m, spell)
		if app.Inner != nil {
			root.Use(corschi.NewMount(root, app.Inner).Middleware())
		}
	}
	root.Use(conformance.Inside.Middleware)
	sub.Use(twist)
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
				_ = route.Serve(rerouter{conformance.HTTPResponder(w, r), w, r, root}) // fails only where the client has gone
			})
		}
	})
	root.Method(http.MethodGet, "/static/*", http.StripPrefix("/static", http.FileServer(http.Dir(app.Files))))
	served := root
	if app.Below {
		served = chi.NewRouter()
		served.Use(conformance.Below.Middleware)
		served.Mount("/", root)
	}
	return corshttptest.Serve(tb, conformance.Outer(served))
}

// twist is the middleware of the sub-router. chi's sub-routers route by the method and the
// rest of the path in chi's own context.
func twist(next http.Handler) http.Handler {
	return conformance.Sub.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, rctx := conformance.ParseTwist(r.Header.Get(conformance.Sub.Field())), chi.RouteContext(r.Context())
		if t.Path != "" {
			rctx.RoutePath = strings.TrimPrefix(t.Path, conformance.SubRouter)
		}
		if t.Method != "" {
			rctx.RouteMethod = t.Method
		}
		next.ServeHTTP(w, r)
	}))
}

// rerouter is a Responder whose handler calls the root router again.
type rerouter struct {
	conformance.Responder
	w    http.ResponseWriter
	r    *http.Request
	root http.Handler
}

// RouteAgain implements conformance.Rerouter.
func (h rerouter) RouteAgain(path string) error {
	chi.RouteContext(h.r.Context()).RoutePath = path
	h.root.ServeHTTP(h.w, h.r)
	return nil
}
