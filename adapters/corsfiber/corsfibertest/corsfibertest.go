// Package corsfibertest serves a conformance.App with fiber.
package corsfibertest

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	recovery "github.com/gofiber/fiber/v2/middleware/recover"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/conformance"
)

// Start serves app. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	f := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 64 << 10})
	f.Use(func(c *fiber.Ctx) error {
		corsfasthttptest.AddOuterVary(c.Context())
		return c.Next()
	})
	f.Use(recovery.New())
	if app.Decider != nil {
		f.Use(corsfiber.New(app.Decider, app.Options...))
	}
	for _, route := range app.Routes {
		var handlers []fiber.Handler
		if route.Recovered {
			handlers = append(handlers, recovery.New())
		}
		handlers = append(handlers, func(c *fiber.Ctx) error { return respond(c, route) })
		f.Add(route.Method, route.Path, handlers...)
	}

	return serve(tb, f)
}

// serve serves f until the test ends.
func serve(tb testing.TB, f *fiber.App) (addr string) {
	tb.Helper()
	return corsfasthttptest.Serve(tb, f.Listener, f.Shutdown)
}

// responder answers with fiber's own methods, if these differ from fasthttp's.
type responder struct {
	corsfasthttptest.Responder
	c *fiber.Ctx
}

func respond(c *fiber.Ctx, route conformance.Route) error {
	return route.Serve(responder{corsfasthttptest.Responder{RequestCtx: c.Context()}, c})
}

func (r responder) Respond(status int, body string) error { return r.c.Status(status).SendString(body) }

func (r responder) Fail(status int, text string) error { return fiber.NewError(status, text) }

func (r responder) Redirect(status int, location string) error {
	return r.c.Redirect(location, status)
}

func (r responder) SendFile(name string) error {
	return r.c.SendFile(name)
}
