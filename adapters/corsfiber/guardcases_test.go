package corsfiber_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/middleware/proxy"
	"github.com/gofiber/fiber/v2/middleware/timeout"

	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// spoil does to a response what careless handlers do.
func spoil(c *fiber.Ctx) {
	c.Set("Vary", "Accept-Encoding")
	c.Response().Header.Add("Access-Control-Allow-Origin", "*")
}

// serveGuarded serves what routes registers inside the adapter.
func serveGuarded(tb testing.TB, config fiber.Config, d cors.Decider, opts []cors.Option, routes func(app *fiber.App)) (addr string) {
	tb.Helper()
	config.DisableStartupMessage = true
	app := fiber.New(config)
	app.Use(corsfiber.New(d, opts...))
	routes(app)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- app.Listener(listener) }()
	tb.Cleanup(func() {
		if err := errors.Join(app.Shutdown(), <-stopped); err != nil {
			tb.Error(err)
		}
	})
	return listener.Addr().String()
}

// TestGuardCases spoils headers by fiber's means.
func TestGuardCases(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Vary", "Accept-Encoding")
		_, _ = io.WriteString(w, "hello\n")
	}))
	t.Cleanup(upstream.Close)
	get := func(h fiber.Handler) func(*fiber.App) { return func(app *fiber.App) { app.Get("/", h) } }
	keeps := []string{"Accept-Encoding"}
	const restored = "the adapter sets again what a reset wiped"
	for _, c := range []struct {
		name   string
		status int
		body   string
		keeps  []string
		right  string
		config fiber.Config
		routes func(app *fiber.App)
	}{
		{name: "an upstream's response is added to", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c *fiber.Ctx) error {
			if err := proxy.Do(c, upstream.URL); err != nil {
				return err
			}
			c.Response().Header.Add("Access-Control-Allow-Origin", "https://app.example.com")
			return nil
		})},
		{name: "proxy replaces the response by an upstream's", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c *fiber.Ctx) error {
			return proxy.Do(c, upstream.URL)
		})},
		{name: "Response.Reset", status: 200, body: "hello\n", right: restored, routes: get(func(c *fiber.Ctx) error {
			c.Response().Reset()
			return c.SendString("hello\n")
		})},
		{name: "Response.Reset, and then a set of its own", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c *fiber.Ctx) error {
			c.Response().Reset()
			spoil(c)
			return c.SendString("hello\n")
		})},
		{name: "RequestCtx.Error", status: 502, body: "bad", right: restored, routes: get(func(c *fiber.Ctx) error {
			c.Context().Error("bad", http.StatusBadGateway)
			return nil
		})},
		{name: "RequestCtx.Error, and then a set of its own", status: 502, body: "bad", keeps: keeps, routes: get(func(c *fiber.Ctx) error {
			c.Context().Error("bad", http.StatusBadGateway)
			spoil(c)
			return nil
		})},
		{name: "RequestCtx.TimeoutError", status: 408, body: "late", routes: get(func(c *fiber.Ctx) error {
			c.Context().TimeoutError("late")
			return nil
		})},
		{name: "the timeout middleware", status: 408, keeps: keeps, routes: get(timeout.NewWithContext(func(c *fiber.Ctx) error {
			spoil(c)
			<-c.UserContext().Done()
			return context.DeadlineExceeded
		}, time.Millisecond))},
		{name: "an error", status: 418, keeps: keeps, routes: get(func(c *fiber.Ctx) error { spoil(c); return fiber.ErrTeapot })},
		{name: "the ErrorHandler", status: 500, body: "failed\n", keeps: keeps,
			config: fiber.Config{ErrorHandler: func(c *fiber.Ctx, _ error) error {
				spoil(c)
				return c.Status(http.StatusInternalServerError).SendString("failed\n")
			}},
			routes: get(func(*fiber.Ctx) error { return io.ErrUnexpectedEOF })},
		{name: "the ErrorHandler fails", status: 500, keeps: keeps,
			config: fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error { spoil(c); return err }},
			routes: get(func(*fiber.Ctx) error { return io.ErrUnexpectedEOF })},
		{name: "a name that is not canonical", status: 200, body: "hello\n",
			config: fiber.Config{DisableHeaderNormalizing: true},
			routes: get(func(c *fiber.Ctx) error {
				c.Response().Header.Set("access-control-allow-origin", "*")
				return c.SendString("hello\n")
			})},
		{name: "a net/http handler", status: 200, body: "hello\n", keeps: keeps, routes: get(adaptor.HTTPHandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Vary", "Accept-Encoding")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			_, _ = io.WriteString(w, "hello\n")
		}))},
		{name: "a stream", status: 200, body: "hello\n", keeps: keeps, routes: get(func(c *fiber.Ctx) error {
			spoil(c)
			c.Context().SetBodyStreamWriter(func(w *bufio.Writer) { _, _ = w.WriteString("hello\n") })
			return nil
		})},
		{name: "no route", status: 404, right: "nobody spoils anything", routes: func(*fiber.App) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conformance.GuardCase{Status: c.status, Body: c.body, Keeps: c.keeps, Right: c.right,
				Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
					tb.Helper()
					return serveGuarded(tb, c.config, d, opts, c.routes)
				}}.Check(t)
		})
	}
}
