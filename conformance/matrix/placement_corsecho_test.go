package matrix_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

var echoOK = echo.WrapHandler(http.HandlerFunc(ok))

// echoOf returns an Echo with the middleware that serves the patterns.
func echoOf(use []echo.MiddlewareFunc, patterns ...string) *echo.Echo {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(use...)
	for _, p := range patterns {
		method, pattern, _ := strings.Cut(p, " ")
		e.Add(method, pattern, echoOK)
	}
	return e
}

// echoMount returns an Echo with a Mount that serves the patterns.
func echoMount(patterns ...string) (*echo.Echo, *corsecho.Mount) {
	e := echoOf(nil, patterns...)
	m := corsecho.NewMount(e, policy)
	e.Use(m.Middleware())
	return e, m
}

func placementsEcho() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the whole app": func(t *testing.T) {
			e := echoOf(nil, "PUT /items/:id")
			see(t, serve(t, e), "PUT /items/1", page, "204 blocked, 200 blocked")
			e = echoOf(nil, "PUT /items/:id")
			e.Use(corsecho.New(policy))
			see(t, serve(t, e), "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, e), "PUT /items/1", evil, "403 blocked, 200 blocked")
		},
		"a group": func(t *testing.T) {
			e, m := echoMount("PUT /items/:id", "PUT /admin/users/:id")
			site := serve(t, e)
			see(t, site, "PUT /admin/users/1", admin, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
		},
		"a group in a group": func(t *testing.T) {
			e, m := echoMount("PUT /admin/users")
			e.Group("/admin").Group("/reports", middleware.RequestID()).PUT("/:id", echoOK)
			site := serve(t, e)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/reports/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin/reports", publicPolicy))
			see(t, site, "PUT /admin/reports/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
		},
		"one route": func(t *testing.T) {
			e := echoOf(nil, "GET /admin/:id", "PUT /admin/:id")
			m := corsecho.NewMount(e, policy, cors.RouteMethods())
			e.Use(m.Middleware())
			site := serve(t, e)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "GET /admin/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("GET", "/admin/:id", publicPolicy))
			see(t, site, "GET /admin/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/1", admin, "204 cookies, 200 cookies")
			assert.Empty(t, methodsOf(t, site, "GET /admin/1", page))
			assert.Equal(t, "PUT", methodsOf(t, site, "PUT /admin/1", admin))
		},
		"no CORS for a group or route": func(t *testing.T) {
			e, m := echoMount("PUT /internal/:id", "PUT /items/:id")
			site := serve(t, e)
			see(t, site, "PUT /internal/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group("/internal", nil))
			require.NoError(t, m.Route("PUT", "/items/:id", nil))
			see(t, site, "PUT /internal/1", page, "204 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 blocked, 200 blocked")
		},
		"public pages and pages with cookies": func(t *testing.T) {
			e := echoOf(nil, "GET /items", "GET /account/me")
			m := corsecho.NewMount(e, publicPolicy)
			e.Use(m.Middleware())
			require.NoError(t, m.Group("/account", adminPolicy))
			site := serve(t, e)
			see(t, site, "GET /items", admin, "204 any, 200 any")
			see(t, site, "GET /account/me", admin, "204 cookies, 200 cookies")
			see(t, site, "GET /account/me", evil, "403 blocked, 200 blocked")
			_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
			assert.Error(t, err)
		},
		"a host": func(t *testing.T) {
			e, m := echoMount("PUT /items/:id")
			site := serve(t, e)
			host := strings.TrimPrefix(site, "http://")
			e.Host(host).PUT("/items/:id", echoOK)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group(host+"/", adminPolicy))
			see(t, site, "PUT /items/1", admin, "204 cookies, 200 cookies")
		},
		"an http.Handler as a sub-router": func(t *testing.T) {
			e, m := echoMount()
			sub := muxOf("PUT /v1/users/{id}", "PUT /v1/reports/{id}", "PUT /v2/users/{id}", "PUT /v2/reports/{id}")
			e.Any("/v1/*", echo.WrapHandler(sub))
			require.NoError(t, m.Group("/v1", adminPolicy))
			inner := corshttp.NewMount(sub, adminPolicy)
			e.Any("/v2/*", echo.WrapHandler(inner.Middleware()(sub)))
			require.NoError(t, m.Group("/v2", nil))
			require.NoError(t, inner.Group("/v2/reports", publicPolicy))
			site := serve(t, e)
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
			e, m := echoMount()
			e.Static("/files", files(t))
			site := serve(t, e)
			see(t, site, "GET /files/a.woff2", evil, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/files", publicPolicy))
			see(t, site, "GET /files/a.woff2", evil, "204 any, 200 any")
			see(t, site, "GET /files/none", evil, "204 any, 404 any")
			unmodified(t, "GET /files/a.woff2", site, evil, "any")
		},
		"404 and 405": func(t *testing.T) {
			e := echoOf(nil, "PUT /items/:id")
			e.Use(corsecho.New(policy))
			site := serve(t, e)
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			e, _ = echoMount("PUT /items/:id")
			site = serve(t, e)
			see(t, site, "GET /none", page, "404 blocked, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			bare := echoOf(nil)
			bare.Group("/items", corsecho.New(policy)).PUT("/:id", echoOK)
			see(t, serve(t, bare), "GET /none", page, "404 blocked, 404 blocked")
		},
		"trailing slashes and other redirects": func(t *testing.T) {
			redirect := middleware.RemoveTrailingSlashWithConfig(middleware.TrailingSlashConfig{RedirectCode: http.StatusPermanentRedirect})
			e := echoOf(nil, "PUT /items")
			e.Pre(corsecho.New(policy), redirect)
			see(t, serve(t, e), "PUT /items/", page, "204 allowed, 308 allowed")
			e, _ = echoMount("PUT /items")
			e.Pre(middleware.RemoveTrailingSlash())
			see(t, serve(t, e), "PUT /items/", page, "204 allowed, 200 allowed")
			e = echoOf([]echo.MiddlewareFunc{corsecho.New(policy)}, "PUT /items")
			e.Pre(redirect)
			see(t, serve(t, e), "PUT /items/", page, "308 blocked, 308 blocked")
		},
		"redirects by handlers": func(t *testing.T) {
			e := echoOf(nil)
			e.Use(corsecho.New(policy))
			e.GET("/moved", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/items") })
			see(t, serve(t, e), "GET /moved", page, "204 allowed, 302 allowed")
			see(t, serve(t, answering(http.StatusFound)(e)), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			check := func(string, string, echo.Context) (bool, error) { return false, nil }
			e := echoOf(nil, "PUT /items/:id")
			e.Use(corsecho.New(policy), middleware.BasicAuth(check))
			see(t, serve(t, e), "PUT /items/1", page, "204 allowed, 401 allowed")
			e = echoOf([]echo.MiddlewareFunc{middleware.BasicAuth(check), corsecho.New(policy)}, "PUT /items/:id")
			see(t, serve(t, e), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics and errors": func(t *testing.T) {
			for _, use := range [][]echo.MiddlewareFunc{
				{corsecho.New(policy), middleware.Recover()},
				{middleware.Recover(), corsecho.New(policy)},
				{middleware.Recover(), corsecho.New(policy, cors.Guard(cors.PolicyWins))},
			} {
				e := echoOf(use)
				e.PUT("/items/:id", echo.WrapHandler(http.HandlerFunc(failing)))
				e.PUT("/users/:id", func(echo.Context) error { return echo.ErrTeapot })
				site := serve(t, e)
				see(t, site, "PUT /items/1", page, "204 allowed, 500 allowed")
				see(t, site, "PUT /users/1", page, "204 allowed, 418 allowed")
			}
		},
		"timeouts and limits": func(t *testing.T) {
			timeout := middleware.ContextTimeout(time.Millisecond)
			late := func(c echo.Context) error {
				<-c.Request().Context().Done()
				return c.Request().Context().Err()
			}
			limit := func(echo.HandlerFunc) echo.HandlerFunc {
				return func(c echo.Context) error { return c.NoContent(http.StatusTooManyRequests) }
			}
			e := echoOf(nil)
			e.Use(corsecho.New(policy), timeout)
			e.GET("/late", late)
			see(t, serve(t, e), "GET /late", page, "204 allowed, 503 allowed")
			e = echoOf([]echo.MiddlewareFunc{timeout, corsecho.New(policy)})
			e.GET("/late", late)
			see(t, serve(t, e), "GET /late", page, "204 allowed, 503 allowed")
			e = echoOf(nil, "PUT /items/:id")
			e.Use(corsecho.New(policy), limit)
			see(t, serve(t, e), "PUT /items/1", page, "204 allowed, 429 allowed")
			e = echoOf([]echo.MiddlewareFunc{limit, corsecho.New(policy)}, "PUT /items/:id")
			see(t, serve(t, e), "PUT /items/1", page, "429 blocked, 429 blocked")
		},
		"compression": func(t *testing.T) {
			e := echoOf(nil)
			e.Use(corsecho.New(policy), middleware.Gzip())
			e.GET("/long", echo.WrapHandler(http.HandlerFunc(lengthy)))
			gunzip(t, serve(t, e))
			e = echoOf([]echo.MiddlewareFunc{middleware.Gzip(), corsecho.New(policy)})
			e.GET("/long", echo.WrapHandler(http.HandlerFunc(lengthy)))
			gunzip(t, serve(t, e))
		},
		"a reverse proxy": func(t *testing.T) {
			for upstream, unguarded := range map[*url.URL]string{upstreamOf(t): "doubled", hintingOf(t): "any"} {
				targets := middleware.NewRoundRobinBalancer([]*middleware.ProxyTarget{{URL: upstream}})
				e := echoOf(nil)
				e.Use(corsecho.New(policy, cors.Guard(cors.PolicyWins)), middleware.Proxy(targets))
				see(t, serve(t, e), "GET /items", page, "204 allowed, 200 allowed")
				e = echoOf([]echo.MiddlewareFunc{corsecho.New(policy), middleware.Proxy(targets)})
				see(t, serve(t, e), "GET /items", page, "204 allowed, 200 "+unguarded)
			}
		},
		"handlers that set CORS headers": func(t *testing.T) {
			with := func(options ...cors.Option) string {
				e := echoOf([]echo.MiddlewareFunc{corsecho.New(policy, options...)})
				e.GET("/items", echo.WrapHandler(http.HandlerFunc(careless)))
				e.GET("/vary", func(c echo.Context) error {
					c.Response().Header().Set("Vary", "Accept")
					return c.NoContent(http.StatusOK)
				})
				return serve(t, e)
			}
			own, deferring, plain := with(cors.Guard(cors.PolicyWins)), with(cors.Guard(cors.HandlerWins)), with()
			see(t, own, "GET /items", page, "204 allowed, 200 allowed")
			see(t, own, "GET /vary", page, "204 allowed, 200 allowed")
			see(t, deferring, "GET /items", evil, "403 blocked, 200 any")
			see(t, plain, "GET /items", evil, "403 blocked, 200 any")
			see(t, plain, "GET /vary", page, "204 allowed, 200 uncacheable")
		},
		"WebSockets": func(t *testing.T) {
			e := echoOf([]echo.MiddlewareFunc{corsecho.New(policy)})
			e.GET("/live", func(c echo.Context) error {
				if !policy.AllowsOrigin(c.Request().Header.Get("Origin")) {
					return echo.ErrForbidden
				}
				upgrade(c.Response())
				return nil
			})
			e.GET("/unchecked", func(c echo.Context) error {
				upgrade(c.Response())
				return nil
			})
			site := serve(t, e)
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"your own OPTIONS handlers": func(t *testing.T) {
			mounted, _ := echoMount("PUT /items/:id")
			for _, e := range []*echo.Echo{mounted, echoOf([]echo.MiddlewareFunc{corsecho.New(policy)}, "PUT /items/:id")} {
				e.OPTIONS("/items/:id", echo.WrapHandler(http.HandlerFunc(options)))
				site := serve(t, e)
				see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
				assert.Equal(t, "by the app", ask(t, "OPTIONS /items/1", site, "Origin", page).text)
			}
			e := echoOf(nil, "PUT /items/:id")
			e.OPTIONS("/items/:id", echo.WrapHandler(http.HandlerFunc(options)))
			see(t, serve(t, e), "PUT /items/1", page, "200 blocked, 200 blocked")
		},
		"on one route": func(t *testing.T) {
			e := echoOf(nil)
			e.PUT("/users/:id", echoOK, corsecho.New(policy))
			see(t, serve(t, e), "PUT /users/1", page, "204 blocked, 200 allowed")
		},
		"on a group": func(t *testing.T) {
			e := echoOf(nil)
			items := e.Group("/items", corsecho.New(policy))
			items.PUT("/:id", echoOK)
			items.PUT("/files/*", echoOK)
			see(t, serve(t, e), "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, serve(t, e), "PUT /items/files/1", page, "204 blocked, 200 allowed")
			see(t, serve(t, e), "GET /items/1", page, "204 allowed, 404 allowed")
			e = echoOf(nil)
			e.Group("/items").PUT("/:id", echoOK)
			see(t, serve(t, e), "GET /items/1", page, "204 blocked, 405 blocked")
		},
		"a Mount in Pre": func(t *testing.T) {
			e := echoOf(nil, "PUT /items")
			m := corsecho.NewMount(e, policy)
			e.Pre(m.Middleware(), middleware.RemoveTrailingSlash())
			see(t, serve(t, e), "PUT /items/", page, "204 blocked, 200 allowed")
		},
		"one policy inside another": func(t *testing.T) {
			e := echoOf(nil)
			e.Use(corsecho.New(policy))
			e.Group("/admin", corsecho.New(adminPolicy)).PUT("/users", echoOK)
			see(t, serve(t, e), "PUT /admin/users", admin, "403 blocked, 200 cookies")
		},
	}
}
