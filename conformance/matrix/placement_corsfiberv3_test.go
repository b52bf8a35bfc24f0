package matrix_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/basicauth"
	"github.com/gofiber/fiber/v3/middleware/cache"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/gofiber/fiber/v3/middleware/limiter"
	"github.com/gofiber/fiber/v3/middleware/proxy"
	fiberrecover "github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/rewrite"
	"github.com/gofiber/fiber/v3/middleware/static"
	"github.com/gofiber/fiber/v3/middleware/timeout"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

// serveFiberV3 serves an app until the end of the test.
func serveFiberV3(t *testing.T, app *fiber.App) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		assert.NoError(t, app.Shutdown())
		assert.NoError(t, <-stopped)
	})
	return "http://" + listener.Addr().String()
}

func fiberV3OK(c fiber.Ctx) error { return c.SendStatus(http.StatusOK) }

// fiberV3Of returns an app with the middleware that serves the patterns.
func fiberV3Of(use []fiber.Handler, patterns ...string) *fiber.App {
	app := fiber.New()
	for _, h := range use {
		app.Use(h)
	}
	return fiberV3Add(app, patterns...)
}

func fiberV3Add(app *fiber.App, patterns ...string) *fiber.App {
	for _, p := range patterns {
		method, pattern, _ := strings.Cut(p, " ")
		app.Add([]string{method}, pattern, fiberV3OK)
	}
	return app
}

// fiberV3Mount returns an app with a Mount that serves the patterns.
func fiberV3Mount(patterns ...string) (*fiber.App, *corsfiberv3.Mount) {
	app := fiberV3Of(nil)
	m := corsfiberv3.NewMount(app, policy)
	app.Use(m.Middleware())
	return fiberV3Add(app, patterns...), m
}

func placementsFiberV3() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"the whole app": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy))
			app.Put("/items/:id", fiberV3OK)
			site := serveFiberV3(t, app)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /items/1", evil, "403 blocked, 200 blocked")
			see(t, serveFiberV3(t, fiberV3Of(nil, "PUT /items/:id")), "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"a group": func(t *testing.T) {
			app, m := fiberV3Mount("PUT /items/:id", "PUT /admin/users/:id", "PUT /administration")
			site := serveFiberV3(t, app)
			see(t, site, "PUT /admin/users/1", admin, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /ADMIN/users/1/", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /admin/users/1", page, "403 blocked, 200 blocked")
			see(t, site, "PUT /administration", admin, "403 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
		},
		"a group in a group": func(t *testing.T) {
			app, m := fiberV3Mount("PUT /admin/users")
			app.Group("/admin").Group("/reports").Put("/:id", fiberV3OK)
			site := serveFiberV3(t, app)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "PUT /admin/reports/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/admin/reports", publicPolicy))
			see(t, site, "PUT /admin/reports/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
		},
		"one route": func(t *testing.T) {
			app := fiberV3Of(nil)
			m := corsfiberv3.NewMount(app, policy, cors.RouteMethods())
			app.Use(m.Middleware())
			app.Get("/admin/:id", fiberV3OK)
			app.Put("/admin/:id", fiberV3OK)
			site := serveFiberV3(t, app)
			require.NoError(t, m.Group("/admin", adminPolicy))
			see(t, site, "GET /admin/1", page, "403 blocked, 200 blocked")
			require.NoError(t, m.Route("GET", "/admin/:id", publicPolicy))
			see(t, site, "GET /admin/1", page, "204 any, 200 any")
			see(t, site, "PUT /admin/1", admin, "204 cookies, 200 cookies")
			assert.Empty(t, methodsOf(t, site, "GET /admin/1", page))
			assert.Equal(t, "PUT", methodsOf(t, site, "PUT /admin/1", admin))
		},
		"no CORS for a group or route": func(t *testing.T) {
			app, m := fiberV3Mount("PUT /internal/:id", "PUT /items/:id")
			site := serveFiberV3(t, app)
			see(t, site, "PUT /internal/1", page, "204 allowed, 200 allowed")
			require.NoError(t, m.Group("/internal", nil))
			require.NoError(t, m.Route("PUT", "/items/:id", nil))
			see(t, site, "PUT /internal/1", page, "405 blocked, 200 blocked")
			see(t, site, "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"public pages and pages with cookies": func(t *testing.T) {
			app := fiberV3Of(nil)
			m := corsfiberv3.NewMount(app, publicPolicy)
			app.Use(m.Middleware())
			app.Get("/items", fiberV3OK)
			app.Get("/account/me", fiberV3OK)
			require.NoError(t, m.Group("/account", adminPolicy))
			site := serveFiberV3(t, app)
			see(t, site, "GET /items", admin, "204 any, 200 any")
			see(t, site, "GET /account/me", admin, "204 cookies, 200 cookies")
			see(t, site, "GET /account/me", evil, "403 blocked, 200 blocked")
			_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
			assert.Error(t, err)
		},
		"a mounted app": func(t *testing.T) {
			app, m := fiberV3Mount()
			sub := fiberV3Of(nil, "PUT /users/:id", "PUT /reports/:id")
			app.Use("/v1", sub)
			require.NoError(t, m.Group("/v1", adminPolicy))
			require.NoError(t, m.Group("/v1/reports", publicPolicy))
			site := serveFiberV3(t, app)
			see(t, site, "PUT /v1/users/1", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /v1/reports/1", evil, "204 any, 200 any")
			app, _ = fiberV3Mount()
			app.Use("/v1", fiberV3Of(nil, "PUT /users/:id"))
			see(t, serveFiberV3(t, app), "PUT /v1/users/1", admin, "403 blocked, 200 blocked")
		},
		"static files": func(t *testing.T) {
			app, m := fiberV3Mount()
			app.Get("/files/*", static.New(files(t)))
			site := serveFiberV3(t, app)
			see(t, site, "GET /files/a.woff2", evil, "403 blocked, 200 blocked")
			require.NoError(t, m.Group("/files", publicPolicy))
			see(t, site, "GET /files/a.woff2", evil, "204 any, 200 any")
			see(t, site, "GET /files/none", evil, "204 any, 404 any")
			unmodified(t, "GET /files/a.woff2", site, evil, "any")
		},
		"rewritten paths": func(t *testing.T) {
			rules := rewrite.Config{Rules: map[string]string{"/open": "/admin/users"}}
			app := fiberV3Of(nil)
			m := corsfiberv3.NewMount(app, policy)
			app.Use(rewrite.New(rules), m.Middleware())
			fiberV3Add(app, "GET /admin/users")
			require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
			site := serveFiberV3(t, app)
			see(t, site, "GET /open", page, "403 blocked, 200 blocked")
			see(t, site, "GET /open", admin, "204 cookies, 200 cookies")
			app = fiberV3Of(nil)
			m = corsfiberv3.NewMount(app, policy)
			app.Use(m.Middleware(), rewrite.New(rules))
			fiberV3Add(app, "GET /admin/users")
			require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
			site = serveFiberV3(t, app)
			see(t, site, "GET /open", page, "405 blocked, 200 blocked")
			see(t, site, "GET /open", admin, "405 blocked, 200 cookies")
		},
		"content for all paths": func(t *testing.T) {
			serveContent := func(c fiber.Ctx) error { return c.SendString("content") }
			app, m := fiberV3Mount("GET /internal/jobs")
			app.Use(serveContent)
			inHandler := fiber.New(fiber.Config{ErrorHandler: func(c fiber.Ctx, _ error) error { return serveContent(c.Status(fiber.StatusOK)) }})
			other := corsfiberv3.NewMount(inHandler, policy)
			inHandler.Use(other.Middleware())
			inHandler.Get("/internal/jobs", serveContent)
			require.NoError(t, errors.Join(m.Group("/internal", nil), m.Check(), other.Group("/internal", nil), other.Check()))
			for _, site := range []string{serveFiberV3(t, app), serveFiberV3(t, inHandler)} {
				see(t, site, "GET /page", page, "200 allowed, 200 allowed")
				see(t, site, "GET /internal/page", page, "200 blocked, 200 blocked")
				see(t, site, "GET //internal/page", page, "200 blocked, 200 blocked")
			}
		},
		"a misspelt group": func(t *testing.T) {
			app, m := fiberV3Mount("GET /admin/users")
			require.NoError(t, m.Group("/amdin", adminPolicy))
			require.ErrorContains(t, m.Check(), `write "/admin"`)
			see(t, serveFiberV3(t, app), "GET /admin/users", page, "403 blocked, 200 blocked")
		},
		"no CORS, in development": func(t *testing.T) {
			var live cors.Live // cors.Live
			for _, d := range []cors.Decider{(*cors.Policy)(nil), &live} {
				see(t, serveFiberV3(t, fiberV3Of([]fiber.Handler{corsfiberv3.New(d)}, "PUT /items/:id")), "PUT /items/1", page, "405 blocked, 200 blocked")
			}
			app := fiber.New()
			app.Use(corsfiberv3.New((*cors.Policy)(nil)))
			assert.Panics(t, func() { corsfiberv3.New(nil) }) // New(nil)
		},
		"404 and 405": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy))
			app.Put("/items/:id", fiberV3OK)
			site := serveFiberV3(t, app)
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			app, _ = fiberV3Mount("PUT /items/:id")
			site = serveFiberV3(t, app)
			see(t, site, "GET /none", page, "404 blocked, 404 allowed")
			see(t, site, "GET /items/1", page, "405 blocked, 405 allowed")
			see(t, serveFiberV3(t, fiberV3Of(nil)), "GET /none", page, "404 blocked, 404 blocked")
		},
		"long request headers": func(t *testing.T) {
			app := fiber.New(fiber.Config{ReadBufferSize: 16 << 10})
			app.Use(corsfiberv3.New(policy))
			app.Get("/items", fiberV3OK)
			cookie := strings.Repeat("x", 8<<10)
			a := ask(t, "GET /items", serveFiberV3(t, app), "Origin", page, "Cookie", cookie)
			assert.Equal(t, "200 allowed", a.Status[:3]+" "+a.verdict(page))
			a = ask(t, "GET /items", serveFiberV3(t, fiberV3Of([]fiber.Handler{corsfiberv3.New(policy)})), "Origin", page, "Cookie", cookie)
			assert.Equal(t, "431 blocked", a.Status[:3]+" "+a.verdict(page))
		},
		"redirects by handlers": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy))
			app.Get("/moved", func(c fiber.Ctx) error { return c.Redirect().Status(http.StatusFound).To("/items") })
			see(t, serveFiberV3(t, app), "GET /moved", page, "204 allowed, 302 allowed")
			outside := func(c fiber.Ctx) error { return c.Redirect().Status(http.StatusFound).To("/items") }
			see(t, serveFiberV3(t, fiberV3Of([]fiber.Handler{outside, corsfiberv3.New(policy)})), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			authenticate := basicauth.New(basicauth.Config{Authorizer: func(string, string, fiber.Ctx) bool { return false }})
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy), authenticate)
			app.Put("/items/:id", fiberV3OK)
			see(t, serveFiberV3(t, app), "PUT /items/1", page, "204 allowed, 401 allowed")
			app = fiberV3Of([]fiber.Handler{authenticate, corsfiberv3.New(policy)}, "PUT /items/:id")
			see(t, serveFiberV3(t, app), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics and errors": func(t *testing.T) {
			recovery := fiberrecover.New()
			for _, use := range [][]fiber.Handler{
				{corsfiberv3.New(policy), recovery},
				{recovery, corsfiberv3.New(policy)},
				{recovery, corsfiberv3.New(policy, cors.Guard(cors.PolicyWins))},
			} {
				app := fiberV3Of(use)
				app.Put("/items/:id", func(fiber.Ctx) error { panic("deliberate") })
				app.Put("/users/:id", func(fiber.Ctx) error { return fiber.ErrTeapot })
				site := serveFiberV3(t, app)
				see(t, site, "PUT /items/1", page, "204 allowed, 500 allowed")
				see(t, site, "PUT /users/1", page, "204 allowed, 418 allowed")
			}
		},
		"timeouts and limits": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy))
			app.Get("/late", timeout.New(func(c fiber.Ctx) error {
				<-c.Context().Done()
				return context.DeadlineExceeded
			}, timeout.Config{Timeout: time.Millisecond}))
			see(t, serveFiberV3(t, app), "GET /late", page, "204 allowed, 408 allowed")
			app = fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy), limiter.New(limiter.Config{Max: 1}))
			fiberV3Add(app, "PUT /items/:id")
			site := serveFiberV3(t, app)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /items/1", page, "204 allowed, 429 allowed")
			app = fiberV3Of([]fiber.Handler{limiter.New(limiter.Config{Max: 1}), corsfiberv3.New(policy)}, "PUT /items/:id")
			see(t, serveFiberV3(t, app), "PUT /items/1", page, "204 allowed, 429 blocked")
		},
		"compression": func(t *testing.T) {
			for _, use := range [][]fiber.Handler{
				{corsfiberv3.New(policy), compress.New()},
				{compress.New(), corsfiberv3.New(policy)},
			} {
				app := fiberV3Of(use)
				app.Get("/long", func(c fiber.Ctx) error { return c.SendString(long) })
				gunzip(t, serveFiberV3(t, app))
			}
		},
		"the cache middleware with StoreResponseHeaders": func(t *testing.T) {
			kept := cache.Config{StoreResponseHeaders: true}
			vary := func(c fiber.Ctx) error {
				c.Response().Header.Add("Vary", "Accept-Language")
				return c.Next()
			}
			app := fiberV3Of([]fiber.Handler{vary})
			app.Use(corsfiberv3.New(policy, cors.Guard(cors.PolicyWins)), cache.New(kept))
			fiberV3Add(app, "GET /items")
			site := serveFiberV3(t, app)
			see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			assert.Empty(t, ask(t, "GET /items", site, "Origin", evil).Header.Values("Access-Control-Allow-Origin"))
			for _, use := range [][]fiber.Handler{
				{vary, corsfiberv3.New(policy), cache.New(kept)},
				{cache.New(kept), vary, corsfiberv3.New(policy, cors.Guard(cors.PolicyWins))},
			} {
				site = serveFiberV3(t, fiberV3Of(use, "GET /items"))
				see(t, site, "GET /items", page, "204 allowed, 200 allowed")
				assert.Equal(t, page, ask(t, "GET /items", site, "Origin", evil).Header.Get("Access-Control-Allow-Origin"))
			}
		},
		"a reverse proxy": func(t *testing.T) {
			upstream := upstreamOf(t).String()
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy, cors.Guard(cors.PolicyWins)))
			app.Get("/items", proxy.Forward(upstream))
			see(t, serveFiberV3(t, app), "GET /items", page, "204 allowed, 200 allowed")
			app = fiberV3Of([]fiber.Handler{corsfiberv3.New(policy)})
			app.Get("/items", proxy.Forward(upstream))
			see(t, serveFiberV3(t, app), "GET /items", evil, "403 blocked, 200 any")
		},
		"handlers that set CORS headers": func(t *testing.T) {
			with := func(options ...cors.Option) string {
				app := fiberV3Of([]fiber.Handler{corsfiberv3.New(policy, options...)})
				app.Get("/items", func(c fiber.Ctx) error {
					c.Set("Access-Control-Allow-Origin", "*")
					return nil
				})
				app.Get("/vary", func(c fiber.Ctx) error {
					c.Set("Vary", "Accept")
					return nil
				})
				return serveFiberV3(t, app)
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
			upgrade := func(c fiber.Ctx) error {
				c.Set("Connection", "Upgrade")
				c.Set("Upgrade", "websocket")
				c.RequestCtx().Hijack(func(net.Conn) {})
				return c.SendStatus(http.StatusSwitchingProtocols)
			}
			app := fiberV3Of([]fiber.Handler{corsfiberv3.New(policy)})
			app.Get("/live", func(c fiber.Ctx) error {
				if !policy.AllowsOrigin(c.Get("Origin")) {
					return fiber.ErrForbidden
				}
				return upgrade(c)
			})
			app.Get("/unchecked", upgrade)
			site := serveFiberV3(t, app)
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"your own OPTIONS handlers": func(t *testing.T) {
			byApp := func(c fiber.Ctx) error { return c.SendString("by the app") }
			mounted, _ := fiberV3Mount("PUT /items/:id")
			for _, app := range []*fiber.App{mounted, fiberV3Of([]fiber.Handler{corsfiberv3.New(policy)}, "PUT /items/:id")} {
				app.Options("/items/:id", byApp)
				site := serveFiberV3(t, app)
				see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
				assert.Equal(t, "by the app", ask(t, "OPTIONS /items/1", site, "Origin", page).text)
			}
			app := fiberV3Of(nil, "PUT /items/:id")
			app.Options("/items/:id", byApp)
			see(t, serveFiberV3(t, app), "PUT /items/1", page, "200 blocked, 200 blocked")
		},
		"on one route": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Put("/items/:id", corsfiberv3.New(policy), fiberV3OK)
			see(t, serveFiberV3(t, app), "PUT /items/1", page, "405 blocked, 200 allowed")
		},
		"one prefix, and no CORS elsewhere": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Use("/items", corsfiberv3.New(policy))
			app.Group("/users", corsfiberv3.New(policy)).Put("/:id", fiberV3OK)
			fiberV3Add(app, "PUT /items/:id", "PUT /itemsets")
			site := serveFiberV3(t, app)
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /users/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /itemsets", page, "405 blocked, 200 blocked")
			see(t, site, "GET /none", page, "404 blocked, 404 blocked")
		},
		"after the routes": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Put("/items/:id", fiberV3OK)
			app.Use(corsfiberv3.New(policy))
			see(t, serveFiberV3(t, app), "PUT /items/1", page, "204 allowed, 200 blocked")
		},
		"one policy inside another": func(t *testing.T) {
			app := fiberV3Of(nil)
			app.Use(corsfiberv3.New(policy))
			app.Group("/admin", corsfiberv3.New(adminPolicy)).Put("/users", fiberV3OK)
			see(t, serveFiberV3(t, app), "PUT /admin/users", admin, "403 blocked, 200 cookies")
		},
	}
}
