package matrix_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// muxOf returns a mux that serves the patterns.
func muxOf(patterns ...string) *http.ServeMux {
	mux := http.NewServeMux()
	for _, pattern := range patterns {
		mux.HandleFunc(pattern, ok)
	}
	return mux
}

func placementsHTTP() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the whole app": func(t *testing.T) {
			mux := muxOf("GET /items", "PUT /items/{id}")
			h := corshttp.New(policy)(mux)
			see(t, serve(t, h), "GET /items", page, "204 allowed, 200 allowed")
			see(t, serve(t, h), "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, h), "PUT /items/1", evil, "403 blocked, 200 blocked")
			see(t, serve(t, mux), "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"a group": func(t *testing.T) {
			mux := muxOf("PUT /items/{id}", "PUT /admin/users/{id}")
			m := corshttp.NewMount(mux, policy)
			site := serve(t, m.Middleware()(mux))
			see(t, site, "PUT /admin/users/1", admin, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
		},
		"a group in a group": func(t *testing.T) {
			mux := muxOf("PUT /admin/users", "PUT /admin/reports/{id}")
			m := corshttp.NewMount(mux, policy)
			site := serve(t, m.Middleware()(mux))
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/reports/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin/reports", publicPolicy))
			see(t, site, "PUT /admin/reports/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
		},
		"one route": func(t *testing.T) {
			mux := muxOf("GET /admin/{id}", "PUT /admin/{id}")
			m := corshttp.NewMount(mux, policy, cors.RouteMethods())
			site := serve(t, m.Middleware()(mux))
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "GET /admin/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("GET", "/admin/{id}", publicPolicy))
			see(t, site, "GET /admin/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/1", admin, "204 cookies, 200 cookies")
			assert.Empty(t, methodsOf(t, site, "GET /admin/1", page))
			assert.Equal(t, "PUT", methodsOf(t, site, "PUT /admin/1", admin))
		},
		"no CORS for a group or route": func(t *testing.T) {
			mux := muxOf("PUT /internal/{id}", "PUT /items/{id}")
			m := corshttp.NewMount(mux, policy)
			site := serve(t, m.Middleware()(mux))
			see(t, site, "PUT /internal/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group("/internal", nil))
			require.NoError(t, m.Route("PUT", "/items/{id}", nil))
			see(t, site, "PUT /internal/1", page, "405 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"public pages and pages with cookies": func(t *testing.T) {
			mux := muxOf("GET /items", "GET /account/me")
			m := corshttp.NewMount(mux, publicPolicy)
			require.NoError(t, m.Group("/account", adminPolicy))
			site := serve(t, m.Middleware()(mux))
			see(t, site, "GET /items", admin, "204 any, 200 any")
			see(t, site, "GET /account/me", admin, "204 cookies, 200 cookies")
			see(t, site, "GET /account/me", evil, "403 blocked, 200 blocked")
			_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
			assert.Error(t, err)
		},
		"a mounted ServeMux": func(t *testing.T) {
			mux, sub := http.NewServeMux(), muxOf("PUT /users/{id}", "PUT /reports/{id}")
			m, inner := corshttp.NewMount(mux, policy), corshttp.NewMount(sub, adminPolicy)
			site := serve(t, m.Middleware()(mux))
			m.Handle("/v1/", http.StripPrefix("/v1", inner.Middleware()(sub)))
			m.Handle("/v2/", http.StripPrefix("/v2", sub))
			require.NoError(t, m.Group("/v2", adminPolicy))
			require.NoError(t, m.Group("/v1", nil))
			require.NoError(t, inner.Group("/reports", publicPolicy))
			require.NoError(t, m.Check())
			see(t, site, "PUT /v2/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v1/reports/1", evil, "204 any, 200 any")
			see(t, site, "PUT /v1/users/1", admin, "204 cookies, 200 cookies")
			require.NoError(t, m.Group("/v1/reports", publicPolicy))
			require.Error(t, m.Check())
			see(t, site, "PUT /v2/users/1", admin, "403 blocked, 200 blocked")
		},
		"static files": func(t *testing.T) {
			mux := muxOf("PUT /items/{id}")
			mux.Handle("GET /files/", http.StripPrefix("/files", http.FileServer(http.Dir(files(t)))))
			m := corshttp.NewMount(mux, policy)
			require.NoError(t, m.Group("/files", publicPolicy))
			site := serve(t, m.Middleware()(mux))
			see(t, site, "GET /files/a.woff2", evil, "204 any, 200 any")
			see(t, site, "GET /files/none", evil, "204 any, 404 any")
			unmodified(t, "GET /files/a.woff2", site, evil, "any")
			see(t, serve(t, mux), "GET /files/a.woff2", evil, "405 blocked, 200 blocked")
		},
		"404 and 405": func(t *testing.T) {
			mux := muxOf("PUT /items/{id}")
			site := serve(t, corshttp.New(policy)(mux))
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			m := corshttp.NewMount(mux, policy)
			site = serve(t, m.Middleware()(mux))
			see(t, site, "GET /none", page, "404 blocked, 404 allowed")
			see(t, site, "GET /items/1", page, "405 blocked, 405 allowed")
			see(t, serve(t, mux), "GET /none", page, "404 blocked, 404 blocked")
		},
		"the router's redirects": func(t *testing.T) {
			mux := muxOf("PUT /tree/")
			site := serve(t, corshttp.New(policy)(mux))
			see(t, site, "PUT /tree", page, "204 allowed, 307 allowed")
			m := corshttp.NewMount(mux, policy)
			see(t, serve(t, m.Middleware()(mux)), "PUT /tree", page, "204 allowed, 307 allowed")
			see(t, serve(t, mux), "PUT /tree", page, "405 blocked, 307 blocked")
		},
		"redirects by handlers": func(t *testing.T) {
			mux := muxOf()
			mux.HandleFunc("GET /moved", moved)
			see(t, serve(t, corshttp.New(policy)(mux)), "GET /moved", page, "204 allowed, 302 allowed")
			outside := answering(http.StatusFound)
			see(t, serve(t, outside(corshttp.New(policy)(mux))), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			mux := muxOf("PUT /items/{id}")
			authenticate := answering(http.StatusUnauthorized)
			see(t, serve(t, corshttp.New(policy)(authenticate(mux))), "PUT /items/1", page, "204 allowed, 401 allowed")
			see(t, serve(t, authenticate(corshttp.New(policy)(mux))), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics": func(t *testing.T) {
			mux := muxOf()
			mux.HandleFunc("PUT /items/{id}", failing)
			see(t, serve(t, corshttp.New(policy)(recovery(mux))), "PUT /items/1", page, "204 allowed, 500 allowed")
			see(t, serve(t, recovery(corshttp.New(policy)(mux))), "PUT /items/1", page, "204 allowed, 500 allowed")
			see(t, serve(t, recovery(corshttp.New(policy, cors.Guard(cors.PolicyWins))(mux))), "PUT /items/1", page, "204 allowed, 500 allowed")
		},
		"timeouts and limits": func(t *testing.T) {
			mux, limit := muxOf("PUT /items/{id}"), answering(http.StatusTooManyRequests)
			mux.HandleFunc("GET /late", never(t))
			see(t, serve(t, corshttp.New(policy)(http.TimeoutHandler(mux, time.Millisecond, ""))), "GET /late", page, "204 allowed, 503 allowed")
			see(t, serve(t, timed(corshttp.New(policy)(mux))), "GET /late", page, "204 allowed, 503 blocked")
			see(t, serve(t, corshttp.New(policy)(limit(mux))), "PUT /items/1", page, "204 allowed, 429 allowed")
			see(t, serve(t, limit(corshttp.New(policy)(mux))), "PUT /items/1", page, "429 blocked, 429 blocked")
		},
		"compression": func(t *testing.T) {
			mux := muxOf()
			mux.HandleFunc("GET /long", lengthy)
			gunzip(t, serve(t, corshttp.New(policy)(gzhttp.GzipHandler(mux))))
			gunzip(t, serve(t, gzhttp.GzipHandler(corshttp.New(policy)(mux))))
		},
		"a reverse proxy": func(t *testing.T) {
			proxy := newProxy(t)
			site := serve(t, corshttp.New(policy, cors.Guard(cors.PolicyWins))(proxy))
			see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			see(t, serve(t, corshttp.New(policy)(proxy)), "GET /items", page, "204 allowed, 200 doubled")
			hinting := hintingProxy(t)
			site = serve(t, corshttp.New(policy, cors.Guard(cors.PolicyWins))(hinting))
			see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			see(t, serve(t, corshttp.New(policy)(hinting)), "GET /items", page, "204 allowed, 200 any")
		},
		"handlers that set CORS headers": func(t *testing.T) {
			mux := muxOf()
			mux.HandleFunc("GET /items", careless)
			mux.HandleFunc("GET /vary", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Vary", "Accept") })
			site := serve(t, corshttp.New(policy, cors.Guard(cors.PolicyWins))(mux))
			see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			see(t, site, "GET /vary", page, "204 allowed, 200 allowed")
			see(t, serve(t, corshttp.New(policy, cors.Guard(cors.HandlerWins))(mux)), "GET /items", evil, "403 blocked, 200 any")
			site = serve(t, corshttp.New(policy)(mux))
			see(t, site, "GET /items", evil, "403 blocked, 200 any")
			see(t, site, "GET /vary", page, "204 allowed, 200 uncacheable")
		},
		"WebSockets": func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
				if !policy.AllowsOrigin(r.Header.Get("Origin")) {
					http.Error(w, "", http.StatusForbidden)
					return
				}
				upgrade(w)
			})
			mux.HandleFunc("/unchecked", func(w http.ResponseWriter, _ *http.Request) { upgrade(w) })
			site := serve(t, corshttp.New(policy)(mux))
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"your own OPTIONS handlers": func(t *testing.T) {
			mux := muxOf("PUT /items/{id}")
			mux.HandleFunc("OPTIONS /items/{id}", options)
			for _, h := range []http.Handler{corshttp.New(policy)(mux), corshttp.NewMount(mux, policy).Middleware()(mux)} {
				site := serve(t, h)
				see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
				assert.Equal(t, "by the app", ask(t, "OPTIONS /items/1", site, "Origin", page).text)
			}
			see(t, serve(t, mux), "PUT /items/1", page, "200 blocked, 200 blocked")
		},
		"around one handler": func(t *testing.T) {
			mux := http.NewServeMux()
			handler := http.HandlerFunc(ok)
			mux.Handle("PUT /items/{id}", corshttp.New(policy)(handler))
			see(t, serve(t, mux), "PUT /items/1", page, "405 blocked, 200 allowed")
		},
		"one policy inside another": func(t *testing.T) {
			mux := http.NewServeMux()
			handler := http.HandlerFunc(ok)
			mux.Handle("/admin/", corshttp.New(adminPolicy)(handler))
			see(t, serve(t, corshttp.New(policy)(mux)), "PUT /admin/users", admin, "403 blocked, 200 cookies")
		},
	}
}
