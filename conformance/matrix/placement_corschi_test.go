package matrix_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corschi"
	cors "github.com/crossgate/cors/core"
)

// chiMount returns a router with a Mount that serves the patterns.
func chiMount(patterns ...string) (*chi.Mux, *corschi.Mount) {
	r := chi.NewRouter()
	m := corschi.NewMount(r, policy)
	r.Use(m.Middleware())
	for _, p := range patterns {
		method, pattern, _ := strings.Cut(p, " ")
		r.MethodFunc(method, pattern, ok)
	}
	return r, m
}

func placementsChi() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the whole app": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy))
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, r), "PUT /items/1", evil, "403 blocked, 200 blocked")
			bare := chi.NewRouter()
			bare.Put("/items/{id}", ok)
			see(t, serve(t, bare), "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"a group": func(t *testing.T) {
			r, m := chiMount("PUT /items/{id}", "PUT /admin/users/{id}")
			site := serve(t, r)
			see(t, site, "PUT /admin/users/1", admin, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
		},
		"a group in a group": func(t *testing.T) {
			r, m := chiMount("PUT /admin/users", "PUT /admin/reports/{id}")
			site := serve(t, r)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/reports/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin/reports", publicPolicy))
			see(t, site, "PUT /admin/reports/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
		},
		"one route": func(t *testing.T) {
			r := chi.NewRouter()
			m := corschi.NewMount(r, policy, cors.RouteMethods())
			r.Use(m.Middleware())
			r.Get("/admin/{id}", ok)
			r.Put("/admin/{id}", ok)
			site := serve(t, r)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "GET /admin/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("GET", "/admin/{id}", publicPolicy))
			see(t, site, "GET /admin/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/1", admin, "204 cookies, 200 cookies")
			assert.Empty(t, methodsOf(t, site, "GET /admin/1", page))
			assert.Equal(t, "PUT", methodsOf(t, site, "PUT /admin/1", admin))
		},
		"no CORS for a group or route": func(t *testing.T) {
			r, m := chiMount("PUT /internal/{id}", "PUT /items/{id}")
			site := serve(t, r)
			see(t, site, "PUT /internal/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group("/internal", nil))
			require.NoError(t, m.Route("PUT", "/items/{id}", nil))
			see(t, site, "PUT /internal/1", page, "405 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"public pages and pages with cookies": func(t *testing.T) {
			r := chi.NewRouter()
			m := corschi.NewMount(r, publicPolicy)
			r.Use(m.Middleware())
			r.Get("/items", ok)
			r.Get("/account/me", ok)
			require.NoError(t, m.Group("/account", adminPolicy))
			site := serve(t, r)
			see(t, site, "GET /items", admin, "204 any, 200 any")
			see(t, site, "GET /account/me", admin, "204 cookies, 200 cookies")
			see(t, site, "GET /account/me", evil, "403 blocked, 200 blocked")
			_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
			assert.Error(t, err)
		},
		"a sub-router": func(t *testing.T) {
			r, m := chiMount()
			sub := chi.NewRouter()
			sub.Put("/users/{id}", ok)
			sub.Put("/reports/{id}", ok)
			r.Mount("/v1", sub)
			r.Route("/v2", func(r chi.Router) { r.Put("/users/{id}", ok) })
			require.NoError(t, m.Group("/v1", adminPolicy))
			require.NoError(t, m.Group("/v1/reports", publicPolicy))
			require.NoError(t, m.Route("PUT", "/v2/users/{id}", publicPolicy))
			site := serve(t, r)
			see(t, site, "PUT /v1/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v1/reports/1", evil, "204 any, 200 any")
			see(t, site, "PUT /v2/users/1", evil, "204 any, 200 any")
			see(t, site, "PUT /v1/none", admin, "404 blocked, 404 cookies")

			alone := chi.NewRouter()
			alone.Route("/v1", func(r chi.Router) {
				r.Use(corschi.New(policy))
				r.Put("/users/{id}", ok)
			})
			see(t, serve(t, alone), "PUT /v1/users/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, alone), "GET /v1/none", page, "204 allowed, 404 allowed")
			see(t, serve(t, alone), "GET /none", page, "404 blocked, 404 blocked")
		},
		"static files": func(t *testing.T) {
			r, m := chiMount()
			r.Handle("/files/*", http.StripPrefix("/files", http.FileServer(http.Dir(files(t)))))
			site := serve(t, r)
			see(t, site, "GET /files/a.woff2", evil, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/files", publicPolicy))
			see(t, site, "GET /files/a.woff2", evil, "204 any, 200 any")
			see(t, site, "GET /files/none", evil, "204 any, 404 any")
			unmodified(t, "GET /files/a.woff2", site, evil, "any")
		},
		"404 and 405": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy))
			r.Put("/items/{id}", ok)
			site := serve(t, r)
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			r, _ = chiMount("PUT /items/{id}")
			site = serve(t, r)
			see(t, site, "GET /none", page, "404 blocked, 404 allowed")
			see(t, site, "GET /items/1", page, "405 blocked, 405 allowed")
			bare := chi.NewRouter()
			bare.With(corschi.New(policy)).Put("/items/{id}", ok)
			see(t, serve(t, bare), "GET /none", page, "404 blocked, 404 blocked")
			see(t, serve(t, bare), "GET /items/1", page, "405 blocked, 405 blocked")
		},
		"trailing slashes": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy), middleware.RedirectSlashes)
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1/", page, "204 allowed, 301 allowed")
			r = chi.NewRouter()
			m := corschi.NewMount(r, policy)
			r.Use(middleware.StripSlashes, m.Middleware())
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1/", page, "204 allowed, 200 allowed")
			r = chi.NewRouter()
			m = corschi.NewMount(r, policy)
			r.Use(m.Middleware(), middleware.RedirectSlashes)
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1/", page, "301 blocked, 301 allowed")
			r = chi.NewRouter()
			r.Use(middleware.RedirectSlashes, corschi.New(policy))
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1/", page, "301 blocked, 301 blocked")
		},
		"redirects by handlers": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy))
			r.Get("/moved", moved)
			see(t, serve(t, r), "GET /moved", page, "204 allowed, 302 allowed")
			see(t, serve(t, answering(http.StatusFound)(r)), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			users := map[string]string{"guest": "secret"}
			r := chi.NewRouter()
			r.Use(corschi.New(policy), middleware.BasicAuth("", users))
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 401 allowed")
			r = chi.NewRouter()
			r.Use(middleware.BasicAuth("", users), corschi.New(policy))
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(unlogged, corschi.New(policy), middleware.Recoverer)
			r.Put("/items/{id}", failing)
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 500 allowed")
			for _, option := range [][]cors.Option{nil, {cors.Guard(cors.PolicyWins)}} {
				r = chi.NewRouter()
				r.Use(unlogged, middleware.Recoverer, corschi.New(policy, option...))
				r.Put("/items/{id}", failing)
				see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 500 allowed")
			}
		},
		"timeouts and limits": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy), middleware.Timeout(time.Millisecond))
			r.Get("/late", late)
			see(t, serve(t, r), "GET /late", page, "204 allowed, 504 allowed")
			limit := answering(http.StatusTooManyRequests)
			r = chi.NewRouter()
			r.Use(corschi.New(policy), limit)
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 429 allowed")
			r = chi.NewRouter()
			r.Use(limit, corschi.New(policy))
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /items/1", page, "429 blocked, 429 blocked")
			r = chi.NewRouter()
			r.Use(corschi.New(policy))
			r.Get("/late", never(t))
			see(t, serve(t, timed(r)), "GET /late", page, "204 allowed, 503 blocked")
		},
		"compression": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy), middleware.Compress(5))
			r.Get("/long", lengthy)
			gunzip(t, serve(t, r))
			r = chi.NewRouter()
			r.Use(middleware.Compress(5), corschi.New(policy))
			r.Get("/long", lengthy)
			gunzip(t, serve(t, r))
		},
		"a reverse proxy": func(t *testing.T) {
			for proxy, unguarded := range map[http.Handler]string{newProxy(t): "doubled", hintingProxy(t): "any"} {
				r := chi.NewRouter()
				r.Use(corschi.New(policy, cors.Guard(cors.PolicyWins)))
				r.Handle("/*", proxy)
				see(t, serve(t, r), "GET /items", page, "204 allowed, 200 allowed")
				r = chi.NewRouter()
				r.Use(corschi.New(policy))
				r.Handle("/*", proxy)
				see(t, serve(t, r), "GET /items", page, "204 allowed, 200 "+unguarded)
			}
		},
		"handlers that set CORS headers": func(t *testing.T) {
			vary := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Vary", "Accept") }
			with := func(options ...cors.Option) string {
				r := chi.NewRouter()
				r.Use(corschi.New(policy, options...))
				r.Get("/items", careless)
				r.Get("/vary", vary)
				return serve(t, r)
			}
			own, deferring, plain := with(cors.Guard(cors.PolicyWins)), with(cors.Guard(cors.HandlerWins)), with()
			see(t, own, "GET /items", page, "204 allowed, 200 allowed")
			see(t, own, "GET /vary", page, "204 allowed, 200 allowed")
			see(t, deferring, "GET /items", evil, "403 blocked, 200 any")
			see(t, plain, "GET /items", evil, "403 blocked, 200 any")
			see(t, plain, "GET /vary", page, "204 allowed, 200 uncacheable")
		},
		"WebSockets": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy))
			r.Get("/live", func(w http.ResponseWriter, r *http.Request) {
				if !policy.AllowsOrigin(r.Header.Get("Origin")) {
					http.Error(w, "", http.StatusForbidden)
					return
				}
				upgrade(w)
			})
			r.Get("/unchecked", func(w http.ResponseWriter, _ *http.Request) { upgrade(w) })
			site := serve(t, r)
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"your own OPTIONS handlers": func(t *testing.T) {
			r, _ := chiMount("PUT /items/{id}")
			r.Options("/items/{id}", options)
			whole := chi.NewRouter()
			whole.Use(corschi.New(policy))
			whole.Mount("/", r)
			for _, h := range []http.Handler{r, whole} {
				site := serve(t, h)
				see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
				assert.Equal(t, "by the app", ask(t, "OPTIONS /items/1", site, "Origin", page).text)
			}
			bare := chi.NewRouter()
			bare.Put("/items/{id}", ok)
			bare.Options("/items/{id}", options)
			see(t, serve(t, bare), "PUT /items/1", page, "200 blocked, 200 blocked")
		},
		"in With or in a Group": func(t *testing.T) {
			r := chi.NewRouter()
			r.With(corschi.New(policy)).Put("/items/{id}", ok)
			r.Group(func(r chi.Router) {
				r.Use(corschi.New(policy))
				r.Put("/users/{id}", ok)
			})
			see(t, serve(t, r), "PUT /items/1", page, "405 blocked, 200 allowed")
			see(t, serve(t, r), "PUT /users/1", page, "405 blocked, 200 allowed")
		},
		"in a sub-router": func(t *testing.T) {
			r, sub := chi.NewRouter(), chi.NewRouter()
			sub.Use(corschi.New(policy))
			sub.Put("/items/{id}", ok)
			r.Mount("/v1", sub)
			r.Put("/items/{id}", ok)
			see(t, serve(t, r), "PUT /v1/items/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, r), "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"after the routes": func(t *testing.T) {
			r := chi.NewRouter()
			r.Put("/items/{id}", ok)
			assert.Panics(t, func() { r.Use(corschi.New(policy)) })
		},
		"one policy inside another": func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(corschi.New(policy))
			r.Route("/admin", func(r chi.Router) {
				r.Use(corschi.New(adminPolicy))
				r.Put("/users", ok)
			})
			see(t, serve(t, r), "PUT /admin/users", admin, "403 blocked, 200 cookies")
		},
	}
}

// unlogged keeps panics out of the test's output.
func unlogged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, middleware.WithLogEntry(r, silence{}))
	})
}

type silence struct{}

func (silence) Write(int, int, http.Header, time.Duration, any) {}
func (silence) Panic(any, []byte)                               {}
