package matrix_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c" //nolint:staticcheck // applications use it, deprecated or not

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// enforcingAdmin refuses requests from other pages.
var enforcingAdmin = cors.MustCompile(cors.Config{AllowOrigins: []string{admin}, AllowMethods: []string{"PUT"}, Enforce: cors.EnforceAll})

// groupsMount returns a Mount with a group for each policy, and its mux.
func groupsMount(t *testing.T, opts ...cors.Option) (*http.ServeMux, *corshttp.Mount) {
	t.Helper()
	items, updateUser, status, jobs := ok, ok, ok, ok
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, policy, opts...) // for the whole application
	m.HandleFunc("GET /items", items)
	m.HandleFunc("PUT /admin/users/{id}", updateUser)
	m.HandleFunc("GET /admin/status", status)
	m.HandleFunc("GET /internal/jobs", jobs)
	require.NoError(t, errors.Join(
		m.Group("/admin", adminPolicy),                // all patterns below /admin
		m.Route("GET", "/admin/status", publicPolicy), // one route
		m.Group("/internal", nil),                     // no CORS there
		m.Check(),                                     // each of them has a route
	))
	return mux, m
}

// groupsSnippet is the code at the beginning of docs/groups.md.
func groupsSnippet() http.Handler {
	items, updateUser, status, jobs := ok, ok, ok, ok
	var err error // of Compile
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, policy) // for the whole application
	m.HandleFunc("GET /items", items)
	m.HandleFunc("PUT /admin/users/{id}", updateUser)
	m.HandleFunc("GET /admin/status", status)
	m.HandleFunc("GET /internal/jobs", jobs)
	err = errors.Join(
		m.Group("/admin", adminPolicy),                // all patterns below /admin
		m.Route("GET", "/admin/status", publicPolicy), // one route
		m.Group("/internal", nil),                     // no CORS there
		m.Check(),                                     // each of them has a route
	)
	if err != nil {
		log.Fatal(err)
	}
	handler := m.Middleware()(mux)
	return handler
}

// override is a middleware that changes a POST to a PUT.
func override(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if method := r.Header.Get("X-Method"); method != "" {
			r.Method = method
		}
		next.ServeHTTP(w, r)
	})
}

// remember is a middleware that answers all pages from its cache.
func remember(next http.Handler) http.Handler {
	var kept sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, found := kept.Load(r.URL.Path); found {
			_, _ = w.Write(body.([]byte))
			return
		}
		recorder := &bytes.Buffer{}
		next.ServeHTTP(teeing{w, recorder}, r)
		kept.Store(r.URL.Path, recorder.Bytes())
	})
}

type teeing struct {
	http.ResponseWriter
	copy *bytes.Buffer
}

func (t teeing) Write(p []byte) (int, error) {
	t.copy.Write(p)
	return t.ResponseWriter.Write(p)
}

// placementsGroups are the tests of the table in docs/groups.md.
func placementsGroups() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"authentication, rate limits and size limits": func(t *testing.T) {
			mux, m := groupsMount(t)
			authenticate := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Authorization") == "" {
						w.WriteHeader(http.StatusUnauthorized)
						return
					}
					next.ServeHTTP(w, r)
				})
			}
			site := serve(t, m.Middleware()(authenticate(mux)))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 401 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 401 blocked")
			see(t, site, "GET /items", page, "204 allowed, 401 allowed")
			see(t, serve(t, authenticate(m.Middleware()(mux))), "PUT /admin/users/1", admin, "401 blocked, 401 blocked")
		},
		"recovery from panics": func(t *testing.T) {
			mux, m := groupsMount(t)
			m.HandleFunc("PUT /admin/panic", func(http.ResponseWriter, *http.Request) { panic("as the test asks") })
			recovery := middleware.Recoverer
			for _, h := range []http.Handler{m.Middleware()(recovery(mux)), recovery(m.Middleware()(mux))} {
				h = withoutStacks(h)
				see(t, serve(t, h), "PUT /admin/panic", admin, "204 cookies, 500 cookies")
				see(t, serve(t, h), "PUT /admin/panic", page, "403 blocked, 500 blocked")
			}
		},
		"timeouts": func(t *testing.T) {
			mux, m := groupsMount(t)
			m.HandleFunc("PUT /admin/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			site := serve(t, m.Middleware()(http.TimeoutHandler(mux, time.Millisecond, "")))
			see(t, site, "PUT /admin/slow", admin, "204 cookies, 503 cookies")
			see(t, site, "PUT /admin/slow", page, "403 blocked, 503 blocked")
			outside := serve(t, http.TimeoutHandler(m.Middleware()(mux), time.Millisecond, ""))
			a := ask(t, "PUT /admin/slow", outside, "Origin", admin)
			assert.Equal(t, "503 blocked", fmt.Sprint(a.StatusCode, " ", a.verdict(admin)))
		},
		"compression": func(t *testing.T) {
			mux, m := groupsMount(t)
			m.HandleFunc("GET /long", lengthy)
			gunzip(t, serve(t, gzhttp.GzipHandler(m.Middleware()(mux))))
			gunzip(t, serve(t, m.Middleware()(gzhttp.GzipHandler(mux))))
		},
		"caches": func(t *testing.T) {
			mux, m := groupsMount(t)
			site := serve(t, m.Middleware()(remember(mux)))
			for range 2 {
				see(t, site, "GET /admin/status", page, "204 any, 200 any")
				see(t, site, "GET /items", page, "204 allowed, 200 allowed")
				see(t, site, "GET /items", admin, "403 blocked, 200 blocked")
			}
		},
		"rewriting paths": func(t *testing.T) {
			mux, m := groupsMount(t)
			site := serve(t, http.StripPrefix("/v1", m.Middleware()(mux)))
			see(t, site, "PUT /v1/admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v1/admin/users/1", page, "403 blocked, 200 blocked")
			rewrite := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/open" {
						r.URL.Path = "/secret/x"
					}
					next.ServeHTTP(w, r)
				})
			}
			ran := false
			m.HandleFunc("GET /open", ok)
			m.HandleFunc("GET /secret/x", func(http.ResponseWriter, *http.Request) { ran = true })
			require.NoError(t, m.Group("/secret", enforcingAdmin))
			see(t, serve(t, m.Middleware()(rewrite(mux))), "GET /open", page, "204 allowed, 200 blocked")
			assert.True(t, ran)
			see(t, serve(t, m.Middleware()(rewrite(mux))), "GET /secret/x", page, "403 blocked, 403 blocked")
			see(t, serve(t, rewrite(m.Middleware()(mux))), "GET /open", page, "403 blocked, 403 blocked")
		},
		"cleaning paths in chi": func(t *testing.T) {
			for _, use := range []func(r chi.Router, m *corschi.Mount){
				func(r chi.Router, m *corschi.Mount) { r.Use(m.Middleware(), middleware.CleanPath) },
				func(r chi.Router, m *corschi.Mount) { r.Use(middleware.StripSlashes, m.Middleware()) },
			} {
				r := chi.NewRouter()
				m := corschi.NewMount(r, policy)
				use(r, m)
				r.Get("/items", ok)
				r.Get("/admin/x", ok)
				require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
				site := serve(t, r)
				for _, path := range []string{"/admin/x", "/admin//x", "/admin/x/"} {
					a := ask(t, "GET "+path, site, "Origin", page)
					assert.Equal(t, "blocked", a.verdict(page), path)
					if a = ask(t, "GET "+path, site, "Origin", admin); a.StatusCode == http.StatusOK {
						assert.Equal(t, "cookies", a.verdict(admin), path)
					}
				}
				see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			}
		},
		"overriding methods": func(t *testing.T) {
			mux, m := groupsMount(t)
			m.HandleFunc("POST /doc", ok)
			m.HandleFunc("PUT /doc", ok)
			require.NoError(t, m.Route("PUT", "/doc", adminPolicy))
			site := serve(t, override(m.Middleware()(mux)))
			for _, tt := range []struct{ method, origin, want string }{
				{"POST", page, "allowed"}, {"POST", admin, "blocked"}, {"PUT", page, "blocked"}, {"PUT", admin, "cookies"},
			} {
				a := ask(t, "POST /doc", site, "Origin", tt.origin, "X-Method", tt.method)
				assert.Equal(t, tt.want, a.verdict(tt.origin), "%s by a page of %s", tt.method, tt.origin)
			}
		},
		"copying requests": func(t *testing.T) {
			mux, m := groupsMount(t)
			logging := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r.Clone(r.Context())) })
			}
			site := serve(t, m.Middleware()(logging(mux)))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
		},
		"HTTP/2 without TLS": func(t *testing.T) {
			mux, m := groupsMount(t)
			require.NoError(t, m.Route("", "/internal/jobs", enforcingAdmin))
			client := &http.Client{Transport: &http.Transport{Protocols: new(http.Protocols)}}
			client.Transport.(*http.Transport).Protocols.SetUnencryptedHTTP2(true)
			get := func(site, origin string) (string, error) {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+"/internal/jobs", http.NoBody)
				require.NoError(t, err)
				r.Header.Set("Origin", origin)
				resp, err := client.Do(r)
				if err != nil {
					return "", err
				}
				defer resp.Body.Close()
				return fmt.Sprint(resp.StatusCode, " ", answer{resp, ""}.verdict(origin)), nil
			}
			inside := serve(t, h2c.NewHandler(m.Middleware()(mux), new(http2.Server))) //nolint:staticcheck // as above
			for origin, want := range map[string]string{admin: "200 allowed", page: "403 blocked"} {
				got, err := get(inside, origin)
				require.NoError(t, err)
				assert.Equal(t, want, got)
			}
			outside := serve(t, m.Middleware()(h2c.NewHandler(mux, new(http2.Server)))) //nolint:staticcheck // as above
			for _, origin := range []string{admin, page} {
				got, err := get(outside, origin)
				assert.Error(t, err, got)
			}
		},
		"a reverse proxy": func(t *testing.T) {
			upstream, err := url.Parse(serve(t, http.HandlerFunc(careless)))
			require.NoError(t, err)
			proxy := httputil.NewSingleHostReverseProxy(upstream)
			mux, m := groupsMount(t)
			m.Handle("/upstream/", proxy)
			require.NoError(t, m.Group("/upstream", adminPolicy))
			site := serve(t, m.Middleware()(mux))
			see(t, site, "PUT /upstream/x", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /upstream/x", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("", "/upstream/", nil))
			see(t, site, "GET /upstream/x", page, "200 any, 200 any")
		},
		"a proxy in front of the application": func(t *testing.T) {
			for name, tt := range map[string]struct {
				config cors.Config
				want   int
			}{
				"the own origin is listed":     {cors.Config{AllowOrigins: []string{page, "https://api.example.com"}, Enforce: cors.EnforceAll}, 200},
				"the own origin is not listed": {cors.Config{AllowOrigins: []string{page}, Enforce: cors.EnforceAll}, 403},
			} {
				mux := http.NewServeMux()
				m := corshttp.NewMount(mux, cors.MustCompile(tt.config))
				m.HandleFunc("POST /items", ok)
				require.NoError(t, m.Check())
				a := ask(t, "POST /items", serve(t, m.Middleware()(mux)), "Origin", "https://api.example.com") // the Host is that of the test server
				assert.Equal(t, tt.want, a.StatusCode, name)
			}
		},
		"a router in a route's handler": func(t *testing.T) {
			shop := muxOf("PUT /shop/cart", "GET /shop/admin/x")
			mux, m := groupsMount(t)
			m.Handle("/shop/", shop)
			require.NoError(t, errors.Join(m.Group("/shop", adminPolicy), m.Check()))
			site := serve(t, m.Middleware()(mux))
			see(t, site, "PUT /shop/cart", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /shop/cart", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/shop/admin", publicPolicy))
			assert.ErrorContains(t, m.Check(), "no route is registered there")
			see(t, site, "PUT /shop/cart", admin, "403 blocked, 200 blocked")
		},
		"routing again in a handler": func(t *testing.T) {
			mux, m := groupsMount(t)
			m.HandleFunc("GET /again", func(w http.ResponseWriter, r *http.Request) {
				again := r.Clone(r.Context())
				again.Method, again.URL.Path = http.MethodPut, "/admin/users/1"
				mux.ServeHTTP(w, again)
			})
			site := serve(t, m.Middleware()(mux))
			see(t, site, "GET /again", page, "204 allowed, 200 blocked")
			assert.Equal(t, "cookies", ask(t, "GET /again", site, "Origin", admin).verdict(admin))
		},
		"content for all other paths": func(t *testing.T) {
			mux, m := groupsMount(t)
			index := ok
			site := serve(t, m.Middleware()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, pattern := mux.Handler(r); pattern == "" {
					index(w, r) // no route serves this
					return
				}
				mux.ServeHTTP(w, r)
			})))
			assert.Equal(t, "blocked", ask(t, "GET /page", site, "Origin", page).verdict(page))
			m.HandleFunc("GET /", index)
			assert.Equal(t, "allowed", ask(t, "GET /page", site, "Origin", page).verdict(page))
		},
		"a policy behind a feature flag": func(t *testing.T) {
			for _, beta := range []bool{false, true} {
				mux, m := groupsMount(t)
				var err error
				if beta {
					m.HandleFunc("GET /beta/x", ok)
					err = m.Group("/beta", publicPolicy)
				}
				require.NoError(t, errors.Join(err, m.Check()))
				see(t, serve(t, m.Middleware()(mux)), "GET /items", page, "204 allowed, 200 allowed")
				if !beta {
					require.NoError(t, m.Group("/beta", publicPolicy))
					see(t, serve(t, m.Middleware()(mux)), "GET /items", page, "403 blocked, 200 blocked")
				}
			}
		},
	}
}

// withoutStacks keeps the stacks of expected panics out of the tests' output.
func withoutStacks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, middleware.WithLogEntry(r, silentEntry{}))
	})
}

type silentEntry struct{}

func (silentEntry) Write(int, int, http.Header, time.Duration, any) {}

func (silentEntry) Panic(any, []byte) {}
