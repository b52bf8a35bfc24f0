package corshttptest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app with one mux. The sub-router's middleware is around its handlers,
// since net/http needs no second mux. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	mux := http.NewServeMux()
	handle, root := mux.Handle, conformance.Inside.Middleware(mux)
	if app.Decider != nil {
		if app.Inner != nil {
			root = corshttp.NewMount(mux, app.Inner).Middleware()(root)
		}
		m := corshttp.NewMount(mux, app.Decider, app.Options...)
		handle, root = m.Handle, m.Middleware()(root)
		app.Attach(tb, m, strings.Clone)
	}
	for _, route := range app.Routes {
		var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			responder := rerouter{conformance.HTTPResponder(w, r), w, r, mux}
			_ = route.Serve(responder) // fails only where the client has gone
		})
		if strings.HasPrefix(route.Path, conformance.SubRouter) {
			h = conformance.Sub.Middleware(h)
		}
		handle(route.Method+" "+route.Path, h)
	}
	handle("GET /static/", http.StripPrefix("/static", http.FileServer(http.Dir(app.Files))))
	if app.Below {
		around := http.NewServeMux()
		around.Handle("/", conformance.Below.Middleware(root))
		root = around
	}
	return Serve(tb, conformance.Outer(recovery(conformance.Outside.Middleware(root))))
}

// rerouter is a Responder whose handler calls the mux again.
type rerouter struct {
	conformance.Responder
	w   http.ResponseWriter
	r   *http.Request
	mux http.Handler
}

// RouteAgain implements conformance.Rerouter.
func (h rerouter) RouteAgain(path string) error {
	r := h.r.Clone(h.r.Context())
	r.URL.Path, r.URL.RawPath = path, ""
	h.mux.ServeHTTP(h.w, r)
	return nil
}
