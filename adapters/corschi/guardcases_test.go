package corschi_test

import (
	"compress/flate"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// serveGuarded returns a router with the routes inside the adapter.
func serveGuarded(routes func(chi.Router), d cors.Decider, opts ...cors.Option) http.Handler {
	app := newApp().(app)
	app.Install(d, opts...)
	routes(app.Mux)
	return app
}

// TestGuardCases tampers with headers by the means of chi.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	careless := corshttptest.Careless
	corshttptest.GuardCases(t, serveGuarded, []corshttptest.GuardCase[func(chi.Router)]{
		{Name: "middleware.Timeout times out", Status: 504, Routes: func(r chi.Router) {
			r.With(middleware.Timeout(time.Millisecond)).Get("/", func(w http.ResponseWriter, r *http.Request) {
				corshttptest.Tamper(w.Header())
				<-r.Context().Done()
			})
		}},
		{Name: "http.TimeoutHandler replaces the Vary outside", Status: 200, Body: "hello\n", Routes: func(r chi.Router) {
			r.Get("/", http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, "hello\n")
			}), time.Minute, "").ServeHTTP)
		}},
		{Name: "NotFound answers", Status: 200, Body: "hello\n", Routes: func(r chi.Router) {
			r.NotFound(careless)
			r.Get("/other", careless)
		}},
		{Name: "MethodNotAllowed answers", Status: 200, Body: "hello\n", Routes: func(r chi.Router) {
			r.MethodNotAllowed(careless)
			r.Put("/", careless)
		}},
		{Name: "a mounted router answers", Status: 200, Body: "hello\n", Routes: func(r chi.Router) {
			r.Mount("/", http.HandlerFunc(careless))
		}},
		{Name: "middleware.WrapResponseWriter stands between", Status: 200, Body: "hello\n", Routes: func(r chi.Router) {
			r.With(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(middleware.NewWrapResponseWriter(w, r.ProtoMajor), r)
				})
			}).Get("/", careless)
		}},
		{Name: "middleware.Compress adds to Vary", Status: 200, Body: "hello\n", Right: "it adds, and replaces nothing", Routes: func(r chi.Router) {
			r.With(middleware.Compress(flate.BestSpeed)).Get("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello\n") })
		}},
	})
}
