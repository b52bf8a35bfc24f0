// Package corshttptest serves a conformance.App with net/http.
package corshttptest

import (
	"net/http"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
)

// Start serves app. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only where the client has gone
		})
		if route.Recovered {
			h = recovery(h)
		}
		mux.Handle(route.Method+" "+route.Path, h)
	}
	var root http.Handler = mux
	if app.Decider != nil {
		root = corshttp.New(app.Decider, app.Options...)(root)
	}
	return Serve(tb, conformance.Outer(recovery(root)))
}

// recovery turns a panic into a response; net/http has no middleware for it.
func recovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler: // it closes the connection
				panic(v)
			default:
				http.Error(w, "internal server error", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
