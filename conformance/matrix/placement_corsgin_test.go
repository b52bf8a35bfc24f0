package matrix_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// ginOf returns an engine with the middleware that serves the patterns.
func ginOf(use []gin.HandlerFunc, patterns ...string) *gin.Engine {
	gin.SetMode(gin.TestMode) // does not print the routes
	r := gin.New()
	r.Use(use...)
	for _, p := range patterns {
		method, pattern, _ := strings.Cut(p, " ")
		r.Handle(method, pattern, gin.WrapF(ok))
	}
	return r
}

// ginMount returns an engine with a Mount that serves the patterns.
func ginMount(patterns ...string) (*gin.Engine, *corsgin.Mount) {
	r := ginOf(nil)
	m := corsgin.NewMount(r, policy)
	r.Use(m.Middleware())
	for _, p := range patterns {
		method, pattern, _ := strings.Cut(p, " ")
		r.Handle(method, pattern, gin.WrapF(ok))
	}
	return r, m
}

func placementsGin() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the whole app": func(t *testing.T) {
			r := ginOf(nil)
			r.Use(corsgin.New(policy))
			r.PUT("/items/:id", gin.WrapF(ok))
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, r), "PUT /items/1", evil, "403 blocked, 200 blocked")
			see(t, serve(t, ginOf(nil, "PUT /items/:id")), "PUT /items/1", page, "404 blocked, 200 blocked")
		},
		"a group": func(t *testing.T) {
			r, m := ginMount("PUT /items/:id", "PUT /admin/users/:id")
			site := serve(t, r)
			see(t, site, "PUT /admin/users/1", admin, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
		},
		"a group in a group": func(t *testing.T) {
			r, m := ginMount("PUT /admin/users")
			group := r.Group("/admin").Group("/reports")
			group.PUT("/:id", gin.WrapF(ok))
			site := serve(t, r)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/reports/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin/reports", publicPolicy))
			see(t, site, "PUT /admin/reports/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
			assert.Equal(t, "/admin/reports", group.BasePath())
		},
		"one route": func(t *testing.T) {
			r := ginOf(nil)
			m := corsgin.NewMount(r, policy, cors.RouteMethods())
			r.Use(m.Middleware())
			r.GET("/admin/:id", gin.WrapF(ok))
			r.PUT("/admin/:id", gin.WrapF(ok))
			site := serve(t, r)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "GET /admin/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("GET", "/admin/:id", publicPolicy))
			see(t, site, "GET /admin/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/1", admin, "204 cookies, 200 cookies")
			assert.Empty(t, methodsOf(t, site, "GET /admin/1", page))
			assert.Equal(t, "PUT", methodsOf(t, site, "PUT /admin/1", admin))
		},
		"no CORS for a group or route": func(t *testing.T) {
			r, m := ginMount("PUT /internal/:id", "PUT /items/:id")
			site := serve(t, r)
			see(t, site, "PUT /internal/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group("/internal", nil))
			require.NoError(t, m.Route("PUT", "/items/:id", nil))
			see(t, site, "PUT /internal/1", page, "404 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "404 blocked, 200 blocked")
		},
		"public pages and pages with cookies": func(t *testing.T) {
			r := ginOf(nil)
			m := corsgin.NewMount(r, publicPolicy)
			r.Use(m.Middleware())
			r.GET("/items", gin.WrapF(ok))
			r.GET("/account/me", gin.WrapF(ok))
			require.NoError(t, m.Group("/account", adminPolicy))
			site := serve(t, r)
			see(t, site, "GET /items", admin, "204 any, 200 any")
			see(t, site, "GET /account/me", admin, "204 cookies, 200 cookies")
			see(t, site, "GET /account/me", evil, "403 blocked, 200 blocked")
			_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
			assert.Error(t, err)
		},
		"an http.Handler as a sub-router": func(t *testing.T) {
			r, m := ginMount()
			sub := muxOf("PUT /v1/users/{id}", "PUT /v1/reports/{id}", "PUT /v2/users/{id}", "PUT /v2/reports/{id}")
			r.Any("/v1/*rest", gin.WrapH(sub))
			require.NoError(t, m.Group("/v1", adminPolicy))
			inner := corshttp.NewMount(sub, adminPolicy)
			r.Any("/v2/*rest", gin.WrapH(inner.Middleware()(sub)))
			require.NoError(t, m.Group("/v2", nil))
			require.NoError(t, inner.Group("/v2/reports", publicPolicy))
			site := serve(t, r)
			see(t, site, "PUT /v1/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v1/reports/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /v2/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v2/reports/1", page, "204 any, 200 any")
			require.NoError(t, m.Check())
			require.NoError(t, m.Group("/v1/reports", publicPolicy))
			require.Error(t, m.Check())
			see(t, site, "PUT /v1/users/1", admin, "403 blocked, 200 blocked")
		},
		"static files": func(t *testing.T) {
			r, m := ginMount()
			r.Static("/files", files(t))
			site := serve(t, r)
			see(t, site, "GET /files/a.woff2", evil, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/files", publicPolicy))
			see(t, site, "GET /files/a.woff2", evil, "204 any, 200 any")
			see(t, site, "GET /files/none", evil, "204 any, 404 any")
			unmodified(t, "GET /files/a.woff2", site, evil, "any")
		},
		"404 and 405": func(t *testing.T) {
			r := ginOf(nil)
			r.HandleMethodNotAllowed = true
			r.Use(corsgin.New(policy))
			r.PUT("/items/:id", gin.WrapF(ok))
			site := serve(t, r)
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			r, _ = ginMount("PUT /items/:id")
			r.NoRoute(gin.WrapF(http.NotFound))
			site = serve(t, r)
			see(t, site, "GET /none", page, "404 blocked, 404 allowed")
			see(t, site, "GET /items/1", page, "404 blocked, 404 allowed")
			bare := ginOf(nil)
			bare.Group("/items", corsgin.New(policy)).PUT("/:id", gin.WrapF(ok))
			see(t, serve(t, bare), "GET /items/1", page, "404 blocked, 404 blocked")
		},
		"trailing slashes and fixed paths": func(t *testing.T) {
			r := ginOf([]gin.HandlerFunc{corsgin.New(policy)}, "PUT /items/:id", "GET /items/:id")
			see(t, serve(t, r), "PUT /items/1/", page, "204 allowed, 307 blocked")
			see(t, serve(t, r), "GET /items/1/", page, "204 allowed, 301 blocked")
			r.RedirectFixedPath = true
			see(t, serve(t, r), "PUT /ITEMS/1", page, "204 allowed, 307 blocked")
			r = ginOf(nil, "PUT /items/:id")
			r.RedirectFixedPath = true
			see(t, serve(t, corshttp.New(policy)(r)), "PUT /items/1/", page, "204 allowed, 307 allowed")
			see(t, serve(t, corshttp.New(policy)(r)), "PUT /ITEMS/1", page, "204 allowed, 307 allowed")
			r = ginOf([]gin.HandlerFunc{corsgin.New(policy)}, "PUT /items/:id")
			r.RedirectTrailingSlash = false
			see(t, serve(t, r), "PUT /items/1/", page, "204 allowed, 404 allowed")
		},
		"redirects by handlers": func(t *testing.T) {
			r := ginOf(nil)
			r.Use(corsgin.New(policy))
			r.GET("/moved", func(c *gin.Context) { c.Redirect(http.StatusFound, "/items") })
			see(t, serve(t, r), "GET /moved", page, "204 allowed, 302 allowed")
			see(t, serve(t, answering(http.StatusFound)(r)), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			accounts := gin.Accounts{"guest": "secret"}
			r := ginOf(nil)
			r.Use(corsgin.New(policy), gin.BasicAuth(accounts))
			r.PUT("/items/:id", gin.WrapF(ok))
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 401 allowed")
			r = ginOf([]gin.HandlerFunc{gin.BasicAuth(accounts), corsgin.New(policy)}, "PUT /items/:id")
			see(t, serve(t, r), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics": func(t *testing.T) {
			gin.SetMode(gin.TestMode)
			recovery := gin.RecoveryWithWriter(io.Discard)
			for _, use := range [][]gin.HandlerFunc{
				{corsgin.New(policy), recovery},
				{recovery, corsgin.New(policy)},
				{recovery, corsgin.New(policy, cors.Guard(cors.PolicyWins))},
			} {
				r := ginOf(use)
				r.PUT("/items/:id", gin.WrapF(failing))
				see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 500 allowed")
			}
		},
		"timeouts and limits": func(t *testing.T) {
			limit := func(c *gin.Context) { c.AbortWithStatus(http.StatusTooManyRequests) }
			r := ginOf(nil)
			r.Use(corsgin.New(policy), limit)
			r.PUT("/items/:id", gin.WrapF(ok))
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 429 allowed")
			r = ginOf([]gin.HandlerFunc{limit, corsgin.New(policy)}, "PUT /items/:id")
			see(t, serve(t, r), "PUT /items/1", page, "429 blocked, 429 blocked")
			r = ginOf(nil)
			r.GET("/late", gin.WrapF(never(t)))
			see(t, serve(t, corshttp.New(policy)(http.TimeoutHandler(r, time.Millisecond, ""))), "GET /late", page, "204 allowed, 503 allowed")
			r = ginOf([]gin.HandlerFunc{corsgin.New(policy)})
			r.GET("/late", gin.WrapF(never(t)))
			see(t, serve(t, timed(r)), "GET /late", page, "204 allowed, 503 blocked")
		},
		"compression": func(t *testing.T) {
			r := ginOf(nil)
			r.Use(corsgin.New(policy))
			r.GET("/long", gin.WrapF(lengthy))
			gunzip(t, serve(t, gzhttp.GzipHandler(r)))

			careless := func(c *gin.Context) { c.Header("Vary", "Accept-Encoding") }
			r = ginOf([]gin.HandlerFunc{corsgin.New(policy), careless}, "GET /items")
			see(t, serve(t, r), "GET /items", page, "204 allowed, 200 uncacheable")
			for _, option := range []cors.Option{cors.Guard(cors.PolicyWins), cors.Guard(cors.HandlerWins)} {
				r = ginOf([]gin.HandlerFunc{corsgin.New(policy, option), careless}, "GET /items")
				see(t, serve(t, r), "GET /items", page, "204 allowed, 200 allowed")
			}
		},
		"a reverse proxy": func(t *testing.T) {
			for proxy, unguarded := range map[http.Handler]string{newProxy(t): "doubled", hintingProxy(t): "any"} {
				r := ginOf(nil)
				r.Use(corsgin.New(policy, cors.Guard(cors.PolicyWins)))
				r.GET("/items", gin.WrapH(proxy))
				see(t, serve(t, r), "GET /items", page, "204 allowed, 200 allowed")
				r = ginOf([]gin.HandlerFunc{corsgin.New(policy)})
				r.GET("/items", gin.WrapH(proxy))
				see(t, serve(t, r), "GET /items", page, "204 allowed, 200 "+unguarded)
			}
		},
		"handlers that set CORS headers": func(t *testing.T) {
			with := func(options ...cors.Option) string {
				r := ginOf([]gin.HandlerFunc{corsgin.New(policy, options...)})
				r.GET("/items", gin.WrapF(careless))
				r.GET("/vary", func(c *gin.Context) { c.Header("Vary", "Accept") })
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
			r := ginOf([]gin.HandlerFunc{corsgin.New(policy)})
			r.GET("/live", func(c *gin.Context) {
				if !policy.AllowsOrigin(c.GetHeader("Origin")) {
					c.AbortWithStatus(http.StatusForbidden)
					return
				}
				upgrade(c.Writer)
			})
			r.GET("/unchecked", func(c *gin.Context) { upgrade(c.Writer) })
			site := serve(t, r)
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"your own OPTIONS handlers": func(t *testing.T) {
			mounted, _ := ginMount("PUT /items/:id")
			for _, r := range []*gin.Engine{mounted, ginOf([]gin.HandlerFunc{corsgin.New(policy)}, "PUT /items/:id")} {
				r.OPTIONS("/items/:id", gin.WrapF(options))
				site := serve(t, r)
				see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
				assert.Equal(t, "by the app", ask(t, "OPTIONS /items/1", site, "Origin", page).text)
			}
			r := ginOf(nil, "PUT /items/:id")
			r.OPTIONS("/items/:id", gin.WrapF(options))
			see(t, serve(t, r), "PUT /items/1", page, "200 blocked, 200 blocked")
		},
		"on a group or route": func(t *testing.T) {
			r := ginOf(nil)
			r.Group("/items", corsgin.New(policy)).PUT("/:id", gin.WrapF(ok))
			r.PUT("/users/:id", corsgin.New(policy), gin.WrapF(ok))
			used := r.Group("/used")
			used.Use(corsgin.New(policy))
			used.PUT("/:id", gin.WrapF(ok))
			for _, path := range []string{"/items/1", "/users/1", "/used/1"} {
				see(t, serve(t, r), "PUT "+path, page, "404 blocked, 200 allowed")
			}
		},
		"after the routes": func(t *testing.T) {
			r := ginOf(nil)
			r.PUT("/items/:id", gin.WrapF(ok))
			r.Use(corsgin.New(policy))
			see(t, serve(t, r), "PUT /items/1", page, "204 allowed, 200 blocked")
		},
		"a route for OPTIONS": func(t *testing.T) {
			r := ginOf(nil)
			r.OPTIONS("/items/:id", corsgin.New(policy))
			assert.Panics(t, func() { r.OPTIONS("/*any", corsgin.New(policy)) })
		},
		"one policy inside another": func(t *testing.T) {
			r := ginOf(nil)
			r.Use(corsgin.New(policy))
			r.Group("/admin", corsgin.New(adminPolicy)).PUT("/users", gin.WrapF(ok))
			see(t, serve(t, r), "PUT /admin/users", admin, "403 blocked, 200 cookies")
		},
	}
}
