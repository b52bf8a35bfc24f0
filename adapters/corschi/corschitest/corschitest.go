// Package corschitest serves a conformance.App with chi.
package corschitest

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// Start serves app. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	router := chi.NewRouter()
	router.Use(withoutLog, middleware.Recoverer)
	if app.Decider != nil {
		router.Use(corschi.New(app.Decider, app.Options...))
	}
	for _, route := range app.Routes {
		var r chi.Router = router
		if route.Recovered {
			r = router.With(middleware.Recoverer)
		}
		r.MethodFunc(route.Method, route.Path, func(w http.ResponseWriter, r *http.Request) {
			_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only where the client has gone
		})
	}
	return corshttptest.Serve(tb, conformance.Outer(router))
}

// withoutLog keeps the stacks of expected panics out of the tests' output: without
// a log entry, Recoverer prints them.
func withoutLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, middleware.WithLogEntry(r, silence{}))
	})
}

type silence struct{}

func (silence) Write(_, _ int, _ http.Header, _ time.Duration, _ any) {}

func (silence) Panic(any, []byte) {}
