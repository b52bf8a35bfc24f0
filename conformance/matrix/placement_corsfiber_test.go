package matrix_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/basicauth"
	"github.com/gofiber/fiber/v2/middleware/cache"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/limiter"
	"github.com/gofiber/fiber/v2/middleware/proxy"
	fiberrecover "github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/gofiber/fiber/v2/middleware/rewrite"
	"github.com/gofiber/fiber/v2/middleware/timeout"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// serveFiber serves an app until the end of the test.
func serveFiber(t *testing.T, app *fiber.App) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- app.Listener(listener) }()
	t.Cleanup(func() {
		assert.NoError(t, app.Shutdown())
		assert.NoError(t, <-stopped)
	})
	return "http://" + listener.Addr().String()
}

func fiberOK(c *fiber.Ctx) error { return c.SendStatus(http.StatusOK) }

// fiberOf returns an app with the middleware that serves the patterns.
func fiberOf(use []fiber.Handler, patterns ...string) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	for _, h := range use {
		app.Use(h)
	}
	return fiberAdd(app, patterns...)
}

func fiberAdd(app *fiber.App, patterns ...string) *fiber.App {
	for _, p := range patterns {
		method, pattern, _ := strings.Cut(p, " ")
		app.Add(method, pattern, fiberOK)
	}
	return app
}

// fiberMount returns an app with a Mount that serves the patterns.
func fiberMount(patterns ...string) (*fiber.App, *corsfiber.Mount) {
	app := fiberOf(nil)
	m := corsfiber.NewMount(app, policy)
	app.Use(m.Middleware())
	return fiberAdd(app, patterns...), m
}

func placementsFiber() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the whole app": func(t *testing.T) {
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy))
			app.Put("/items/:id", fiberOK)
			site := serveFiber(t, app)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /items/1", evil, "403 blocked, 200 blocked")
			see(t, serveFiber(t, fiberOf(nil, "PUT /items/:id")), "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"a group": func(t *testing.T) {
			app, m := fiberMount("PUT /items/:id", "PUT /admin/users/:id", "PUT /administration")
			site := serveFiber(t, app)
			see(t, site, "PUT /admin/users/1", admin, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /ADMIN/users/1/", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /administration", admin, "403 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
		},
		"a group in a group": func(t *testing.T) {
			app, m := fiberMount("PUT /admin/users")
			app.Group("/admin").Group("/reports").Put("/:id", fiberOK)
			site := serveFiber(t, app)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/reports/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin/reports", publicPolicy))
			see(t, site, "PUT /admin/reports/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
		},
		"one route": func(t *testing.T) {
			app := fiberOf(nil)
			m := corsfiber.NewMount(app, policy, cors.RouteMethods())
			app.Use(m.Middleware())
			app.Get("/admin/:id", fiberOK)
			app.Put("/admin/:id", fiberOK)
			site := serveFiber(t, app)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "GET /admin/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("GET", "/admin/:id", publicPolicy))
			see(t, site, "GET /admin/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/1", admin, "204 cookies, 200 cookies")
			assert.Empty(t, methodsOf(t, site, "GET /admin/1", page))
			assert.Equal(t, "PUT", methodsOf(t, site, "PUT /admin/1", admin))
		},
		"no CORS for a group or route": func(t *testing.T) {
			app, m := fiberMount("PUT /internal/:id", "PUT /items/:id")
			site := serveFiber(t, app)
			see(t, site, "PUT /internal/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group("/internal", nil))
			require.NoError(t, m.Route("PUT", "/items/:id", nil))
			see(t, site, "PUT /internal/1", page, "405 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"public pages and pages with cookies": func(t *testing.T) {
			app := fiberOf(nil)
			m := corsfiber.NewMount(app, publicPolicy)
			app.Use(m.Middleware())
			app.Get("/items", fiberOK)
			app.Get("/account/me", fiberOK)
			require.NoError(t, m.Group("/account", adminPolicy))
			site := serveFiber(t, app)
			see(t, site, "GET /items", admin, "204 any, 200 any")
			see(t, site, "GET /account/me", admin, "204 cookies, 200 cookies")
			see(t, site, "GET /account/me", evil, "403 blocked, 200 blocked")
			_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
			assert.Error(t, err)
		},
		"a mounted app": func(t *testing.T) {
			app, m := fiberMount()
			sub := fiberOf(nil, "PUT /users/:id", "PUT /reports/:id")
			app.Mount("/v1", sub)
			require.NoError(t, m.Group("/v1", adminPolicy))
			require.NoError(t, m.Group("/v1/reports", publicPolicy))
			site := serveFiber(t, app)
			see(t, site, "PUT /v1/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v1/reports/1", evil, "204 any, 200 any")
			app, _ = fiberMount()
			app.Mount("/v1", fiberOf(nil, "PUT /users/:id"))
			see(t, serveFiber(t, app), "PUT /v1/users/1", admin, "403 blocked, 200 blocked")
		},
		"static files": func(t *testing.T) {
			app, m := fiberMount()
			app.Static("/files", files(t))
			site := serveFiber(t, app)
			see(t, site, "GET /files/a.woff2", evil, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/files", publicPolicy))
			see(t, site, "GET /files/a.woff2", evil, "204 any, 200 any")
			see(t, site, "GET /files/none", evil, "204 any, 404 any")
			unmodified(t, "GET /files/a.woff2", site, evil, "any")
		},
		"rewritten paths": func(t *testing.T) {
			rules := rewrite.Config{Rules: map[string]string{"/open": "/admin/users"}}
			app := fiberOf(nil)
			m := corsfiber.NewMount(app, policy)
			app.Use(rewrite.New(rules), m.Middleware())
			fiberAdd(app, "GET /admin/users")
			require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
			site := serveFiber(t, app)
			see(t, site, "GET /open", page, "403 blocked, 200 blocked")
			see(t, site, "GET /open", admin, "204 cookies, 200 cookies")
			app = fiberOf(nil)
			m = corsfiber.NewMount(app, policy)
			app.Use(m.Middleware(), rewrite.New(rules))
			fiberAdd(app, "GET /admin/users")
			require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
			site = serveFiber(t, app)
			see(t, site, "GET /open", page, "405 blocked, 200 blocked")
			see(t, site, "GET /open", admin, "405 blocked, 200 cookies")
		},
		"content for all paths": func(t *testing.T) {
			serveContent := func(c *fiber.Ctx) error { return c.SendString("content") }
			app, m := fiberMount("GET /internal/jobs")
			app.Use(serveContent)
			inHandler := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, _ error) error { return serveContent(c.Status(fiber.StatusOK)) }})
			other := corsfiber.NewMount(inHandler, policy)
			inHandler.Use(other.Middleware())
			inHandler.Get("/internal/jobs", serveContent)
			require.NoError(t, errors.Join(m.Group("/internal", nil), m.Check(), other.Group("/internal", nil), other.Check()))
			for _, site := range []string{serveFiber(t, app), serveFiber(t, inHandler)} {
				see(t, site, "GET /page", page, "200 allowed, 200 allowed")
				see(t, site, "GET /internal/page", page, "200 blocked, 200 blocked")
				see(t, site, "GET //internal/page", page, "200 blocked, 200 blocked")
			}
		},
		"a misspelt group": func(t *testing.T) {
			app, m := fiberMount("GET /admin/users")
			require.NoError(t, m.Group("/amdin", adminPolicy))
			require.ErrorContains(t, m.Check(), `write "/admin"`)
			see(t, serveFiber(t, app), "GET /admin/users", page, "403 blocked, 200 blocked")
		},
		"no CORS, in development": func(t *testing.T) {
			var live cors.Live // cors.Live
			for _, d := range []cors.Decider{(*cors.Policy)(nil), &live} {
				see(t, serveFiber(t, fiberOf([]fiber.Handler{corsfiber.New(d)}, "PUT /items/:id")), "PUT /items/1", page, "405 blocked, 200 blocked")
			}
			app := fiber.New()
			app.Use(corsfiber.New((*cors.Policy)(nil)))
			assert.Panics(t, func() { corsfiber.New(nil) }) // New(nil)
		},
		"404 and 405": func(t *testing.T) {
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy))
			app.Put("/items/:id", fiberOK)
			site := serveFiber(t, app)
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			app, _ = fiberMount("PUT /items/:id")
			site = serveFiber(t, app)
			see(t, site, "GET /none", page, "404 blocked, 404 allowed")
			see(t, site, "GET /items/1", page, "405 blocked, 405 allowed")
			see(t, serveFiber(t, fiberOf(nil)), "GET /none", page, "404 blocked, 404 blocked")
		},
		"long request headers": func(t *testing.T) {
			app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 16 << 10})
			app.Use(corsfiber.New(policy))
			app.Get("/items", fiberOK)
			cookie := strings.Repeat("x", 8<<10)
			a := ask(t, "GET /items", serveFiber(t, app), "Origin", page, "Cookie", cookie)
			assert.Equal(t, "200 allowed", a.Status[:3]+" "+a.verdict(page))
			a = ask(t, "GET /items", serveFiber(t, fiberOf([]fiber.Handler{corsfiber.New(policy)})), "Origin", page, "Cookie", cookie)
			assert.Equal(t, "431 blocked", a.Status[:3]+" "+a.verdict(page))
		},
		"redirects by handlers": func(t *testing.T) {
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy))
			app.Get("/moved", func(c *fiber.Ctx) error { return c.Redirect("/items") })
			see(t, serveFiber(t, app), "GET /moved", page, "204 allowed, 302 allowed")
			outside := func(c *fiber.Ctx) error { return c.Redirect("/items") }
			see(t, serveFiber(t, fiberOf([]fiber.Handler{outside, corsfiber.New(policy)})), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			authenticate := basicauth.New(basicauth.Config{Users: map[string]string{"guest": "secret"}})
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy), authenticate)
			app.Put("/items/:id", fiberOK)
			see(t, serveFiber(t, app), "PUT /items/1", page, "204 allowed, 401 allowed")
			app = fiberOf([]fiber.Handler{authenticate, corsfiber.New(policy)}, "PUT /items/:id")
			see(t, serveFiber(t, app), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics and errors": func(t *testing.T) {
			recovery := fiberrecover.New()
			for _, use := range [][]fiber.Handler{
				{corsfiber.New(policy), recovery},
				{recovery, corsfiber.New(policy)},
				{recovery, corsfiber.New(policy, cors.Guard(cors.PolicyWins))},
			} {
				app := fiberOf(use)
				app.Put("/items/:id", func(*fiber.Ctx) error { panic("deliberate") })
				app.Put("/users/:id", func(*fiber.Ctx) error { return fiber.ErrTeapot })
				site := serveFiber(t, app)
				see(t, site, "PUT /items/1", page, "204 allowed, 500 allowed")
				see(t, site, "PUT /users/1", page, "204 allowed, 418 allowed")
			}
		},
		"timeouts and limits": func(t *testing.T) {
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy))
			app.Get("/late", timeout.NewWithContext(func(c *fiber.Ctx) error {
				<-c.UserContext().Done()
				return context.DeadlineExceeded
			}, time.Millisecond))
			see(t, serveFiber(t, app), "GET /late", page, "204 allowed, 408 allowed")
			app = fiberOf(nil)
			app.Use(corsfiber.New(policy), limiter.New(limiter.Config{Max: 1}))
			fiberAdd(app, "PUT /items/:id")
			site := serveFiber(t, app)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /items/1", page, "204 allowed, 429 allowed")
			app = fiberOf([]fiber.Handler{limiter.New(limiter.Config{Max: 1}), corsfiber.New(policy)}, "PUT /items/:id")
			see(t, serveFiber(t, app), "PUT /items/1", page, "204 allowed, 429 blocked")
		},
		"compression": func(t *testing.T) {
			for _, use := range [][]fiber.Handler{
				{corsfiber.New(policy), compress.New()},
				{compress.New(), corsfiber.New(policy)},
			} {
				app := fiberOf(use)
				app.Get("/long", func(c *fiber.Ctx) error { return c.SendString(long) })
				gunzip(t, serveFiber(t, app))
			}
		},
		"the cache middleware with StoreResponseHeaders": func(t *testing.T) {
			kept := cache.Config{StoreResponseHeaders: true}
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy, cors.Guard(cors.PolicyWins)), cache.New(kept))
			fiberAdd(app, "GET /items")
			site := serveFiber(t, app)
			see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			assert.Empty(t, ask(t, "GET /items", site, "Origin", evil).Header.Values("Access-Control-Allow-Origin"))
			for _, use := range [][]fiber.Handler{
				{corsfiber.New(policy), cache.New(kept)},
				{cache.New(kept), corsfiber.New(policy, cors.Guard(cors.PolicyWins))},
			} {
				site = serveFiber(t, fiberOf(use, "GET /items"))
				see(t, site, "GET /items", page, "204 allowed, 200 allowed")
				assert.Equal(t, page, ask(t, "GET /items", site, "Origin", evil).Header.Get("Access-Control-Allow-Origin"))
			}
		},
		"a reverse proxy": func(t *testing.T) {
			upstream := upstreamOf(t).String()
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy, cors.Guard(cors.PolicyWins)))
			app.Get("/items", proxy.Forward(upstream))
			see(t, serveFiber(t, app), "GET /items", page, "204 allowed, 200 allowed")
			app = fiberOf([]fiber.Handler{corsfiber.New(policy)})
			app.Get("/items", proxy.Forward(upstream))
			see(t, serveFiber(t, app), "GET /items", evil, "403 blocked, 200 any")
		},
		"handlers that set CORS headers": func(t *testing.T) {
			with := func(options ...cors.Option) string {
				app := fiberOf([]fiber.Handler{corsfiber.New(policy, options...)})
				app.Get("/items", func(c *fiber.Ctx) error {
					c.Set("Access-Control-Allow-Origin", "*")
					return nil
				})
				app.Get("/vary", func(c *fiber.Ctx) error {
					c.Set("Vary", "Accept")
					return nil
				})
				return serveFiber(t, app)
			}
			own, deferring, plain := with(cors.Guard(cors.PolicyWins)), with(cors.Guard(cors.HandlerWins)), with()
			see(t, own, "GET /items", page, "204 allowed, 200 allowed")
			see(t, own, "GET /items", evil, "403 blocked, 200 blocked")
			see(t, deferring, "GET /items", evil, "403 blocked, 200 any")
			see(t, plain, "GET /items", evil, "403 blocked, 200 any")
			see(t, own, "GET /vary", page, "204 allowed, 200 allowed")
			see(t, plain, "GET /vary", page, "204 allowed, 200 allowed")
		},
		"WebSockets": func(t *testing.T) {
			upgrade := func(c *fiber.Ctx) error {
				c.Set("Connection", "Upgrade")
				c.Set("Upgrade", "websocket")
				c.Context().Hijack(func(net.Conn) {})
				return c.SendStatus(http.StatusSwitchingProtocols)
			}
			app := fiberOf([]fiber.Handler{corsfiber.New(policy)})
			app.Get("/live", func(c *fiber.Ctx) error {
				if !policy.AllowsOrigin(c.Get("Origin")) {
					return fiber.ErrForbidden
				}
				return upgrade(c)
			})
			app.Get("/unchecked", upgrade)
			site := serveFiber(t, app)
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"your own OPTIONS handlers": func(t *testing.T) {
			byApp := func(c *fiber.Ctx) error { return c.SendString("by the app") }
			mounted, _ := fiberMount("PUT /items/:id")
			for _, app := range []*fiber.App{mounted, fiberOf([]fiber.Handler{corsfiber.New(policy)}, "PUT /items/:id")} {
				app.Options("/items/:id", byApp)
				site := serveFiber(t, app)
				see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
				assert.Equal(t, "by the app", ask(t, "OPTIONS /items/1", site, "Origin", page).text)
			}
			app := fiberOf(nil, "PUT /items/:id")
			app.Options("/items/:id", byApp)
			see(t, serveFiber(t, app), "PUT /items/1", page, "200 blocked, 200 blocked")
		},
		"on one route": func(t *testing.T) {
			app := fiberOf(nil)
			app.Put("/items/:id", corsfiber.New(policy), fiberOK)
			see(t, serveFiber(t, app), "PUT /items/1", page, "405 blocked, 200 allowed")
		},
		"on a group or a prefix": func(t *testing.T) {
			app := fiberOf(nil)
			app.Use("/items", corsfiber.New(policy))
			app.Group("/users", corsfiber.New(policy)).Put("/:id", fiberOK)
			fiberAdd(app, "PUT /items/:id", "PUT /itemsets", "PUT /usersets")
			site := serveFiber(t, app)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /itemsets", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /users/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /usersets", page, "204 allowed, 200 allowed")
		},
		"after the routes": func(t *testing.T) {
			app := fiberOf(nil)
			app.Put("/items/:id", fiberOK)
			app.Use(corsfiber.New(policy))
			see(t, serveFiber(t, app), "PUT /items/1", page, "204 allowed, 200 blocked")
		},
		"one policy inside another": func(t *testing.T) {
			app := fiberOf(nil)
			app.Use(corsfiber.New(policy))
			app.Group("/admin", corsfiber.New(adminPolicy)).Put("/users", fiberOK)
			see(t, serveFiber(t, app), "PUT /admin/users", admin, "403 blocked, 200 cookies")
		},
	}
}
