package corshttptest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app with one mux; net/http's patterns need no other. It is a
// conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	mux := http.NewServeMux()
	var root http.Handler = mux
	if app.Decider != nil {
		m := corshttp.NewMount(mux, app.Decider, app.Options...)
		root = m.Middleware()(mux)
		app.Attach(tb, m, strings.Clone)
	}
	for _, route := range app.Routes {
		mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, r *http.Request) {
			_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only where the client has gone
		})
	}
	mux.Handle("GET /static/", http.StripPrefix("/static", http.FileServer(http.Dir(app.Files))))
	server := httptest.NewServer(conformance.Outer(recovery(root)))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
