package corschi_test

import (
	"compress/flate"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// spoil does to a header what careless handlers do.
func spoil(h http.Header) {
	h.Set("Vary", "Accept-Encoding")
	h.Add("Access-Control-Allow-Origin", "*")
}

// TestGuardCases spoils headers by chi's means.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	spoiling := func(w http.ResponseWriter, _ *http.Request) {
		spoil(w.Header())
		_, _ = io.WriteString(w, "hello\n")
	}
	keeps := []string{"Accept-Encoding"}
	for _, c := range []struct {
		name   string
		status int
		body   string
		keeps  []string
		right  string
		routes func(r chi.Router)
	}{
		{name: "middleware.Timeout times out", status: 504, keeps: keeps, routes: func(r chi.Router) {
			r.With(middleware.Timeout(time.Millisecond)).Get("/", func(w http.ResponseWriter, r *http.Request) {
				spoil(w.Header())
				<-r.Context().Done()
			})
		}},
		{name: "http.TimeoutHandler replaces the Vary outside", status: 200, body: "hello\n", keeps: keeps, routes: func(r chi.Router) {
			r.Get("/", http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Accept-Encoding")
				_, _ = io.WriteString(w, "hello\n")
			}), time.Minute, "").ServeHTTP)
		}},
		{name: "NotFound answers", status: 200, body: "hello\n", keeps: keeps, routes: func(r chi.Router) {
			r.NotFound(spoiling)
			r.Get("/other", spoiling)
		}},
		{name: "MethodNotAllowed answers", status: 200, body: "hello\n", keeps: keeps, routes: func(r chi.Router) {
			r.MethodNotAllowed(spoiling)
			r.Put("/", spoiling)
		}},
		{name: "a mounted router answers", status: 200, body: "hello\n", keeps: keeps, routes: func(r chi.Router) {
			r.Mount("/", http.HandlerFunc(spoiling))
		}},
		{name: "middleware.WrapResponseWriter stands between", status: 200, body: "hello\n", keeps: keeps, routes: func(r chi.Router) {
			r.With(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(middleware.NewWrapResponseWriter(w, r.ProtoMajor), r)
				})
			}).Get("/", spoiling)
		}},
		{name: "middleware.Compress adds to Vary", status: 200, body: "hello\n", right: "it adds, and replaces nothing", routes: func(r chi.Router) {
			r.With(middleware.Compress(flate.BestSpeed)).Get("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello\n") })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conformance.GuardCase{Status: c.status, Body: c.body, Keeps: c.keeps, Right: c.right,
				Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
					tb.Helper()
					r := chi.NewRouter()
					r.Use(corschi.New(d, opts...))
					c.routes(r)
					server := httptest.NewServer(r)
					tb.Cleanup(server.Close)
					return server.Listener.Addr().String()
				}}.Check(t)
		})
	}
}
