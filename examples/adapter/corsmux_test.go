package corsmux_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
	corsmux "github.com/crossgate/cors/examples/adapter"
)

// TestAdapter runs the suite: all cases, the guard, and mounted policies.
func TestAdapter(t *testing.T) {
	conformance.Run(t, start)
	conformance.RunGuard(t, start)
	conformance.RunMount(t, startMount)
}

// start serves app. For a whole application, the adapter of net/http is enough.
func start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	router := mux.NewRouter()
	for _, route := range app.Routes {
		h := http.Handler(serve(route))
		if route.Recovered {
			h = recovery(h)
		}
		router.Handle(route.Path, h).Methods(route.Method)
	}
	h := http.Handler(router)
	if app.Decider != nil {
		h = corshttp.New(app.Decider, app.Options...)(h)
	}
	return listen(tb, recovery(h))
}

// startMount serves app with policies for groups and routes.
func startMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	spell := conformance.Spelling("{id}", "{rest:.*}")
	router := mux.NewRouter()
	h := conformance.Inside.Middleware(router)
	if app.Decider != nil {
		if app.Inner != nil {
			h = corsmux.NewMount(router, app.Inner).Middleware(h)
		}
		m := corsmux.NewMount(router, app.Decider, app.Options...)
		app.Attach(tb, m, spell)
		h = m.Middleware(h)
	}
	sub := router.PathPrefix(conformance.SubRouter).Subrouter()
	sub.Use(conformance.Sub.Middleware)
	for _, route := range app.Routes {
		in, path := router, route.Path
		if below, is := cutPrefix(path); is {
			in, path = sub, below
		}
		in.HandleFunc(spell(path), serve(route)).Methods(route.Method)
	}
	router.Handle("/static/{rest:.*}", http.StripPrefix("/static", http.FileServer(http.Dir(app.Files)))).Methods("GET")
	if app.Below { // a router around the whole
		around := mux.NewRouter()
		around.PathPrefix("/").Handler(conformance.Below.Middleware(h))
		h = around
	}
	return listen(tb, recovery(conformance.Outside.Middleware(h)))
}

func cutPrefix(path string) (below string, is bool) {
	return strings.CutPrefix(path, conformance.SubRouter)
}

func serve(route conformance.Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only if the client has gone
	}
}

// recovery answers 500 after a panic, as most applications do.
func recovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func listen(tb testing.TB, h http.Handler) string {
	tb.Helper()
	server := httptest.NewServer(conformance.Outer(h))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestUse does what docs/adapter.md shows.
func TestUse(t *testing.T) {
	t.Parallel()
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	adminPolicy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example.com"}, AllowMethods: []string{"PUT"}})
	router := mux.NewRouter()
	m := corsmux.NewMount(router, policy)
	ok := func(http.ResponseWriter, *http.Request) {}
	router.HandleFunc("/items", ok).Methods("GET")
	router.HandleFunc("/admin/users/{id}", ok).Methods("PUT")
	require.NoError(t, m.Group("/admin", adminPolicy))
	require.NoError(t, m.Check())
	app := m.Middleware(router)
	corstest.From("https://admin.example.com").Put("/admin/users/1").Allowed(t, app)
	corstest.From("https://app.example.com").Put("/admin/users/1").Blocked(t, app)
	corstest.From("https://app.example.com").Get("/items").Allowed(t, app)
	require.NoError(t, m.Group("/amdin", adminPolicy))
	assert.ErrorContains(t, m.Check(), `write "/admin"`)
}
