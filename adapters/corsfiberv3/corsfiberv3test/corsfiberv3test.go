// Package corsfiberv3test serves a conformance.App with fiber.
package corsfiberv3test

import (
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"
	recovery "github.com/gofiber/fiber/v3/middleware/recover"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/conformance"
)

// Start serves app. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	f := fiber.New(fiber.Config{ReadBufferSize: 64 << 10})
	f.Use(func(c fiber.Ctx) error {
		corsfasthttptest.AddOuterVary(c.RequestCtx())
		return c.Next()
	})
	f.Use(recovery.New())
	if app.Decider != nil {
		f.Use(corsfiberv3.New(app.Decider, app.Options...))
	}
	for _, route := range app.Routes {
		methods := []string{route.Method}
		handler := any(func(c fiber.Ctx) error { return respond(c, route) })
		if route.Recovered {
			f.Add(methods, route.Path, recovery.New(), handler)
		} else {
			f.Add(methods, route.Path, handler)
		}
	}

	return serve(tb, f)
}

// serve serves f until the test ends.
func serve(tb testing.TB, f *fiber.App) (addr string) {
	tb.Helper()
	listen := func(l net.Listener) error { return f.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }
	return corsfasthttptest.Serve(tb, listen, f.Shutdown)
}

// responder answers with fiber's own methods, if these differ from fasthttp's.
type responder struct {
	corsfasthttptest.Responder
	c fiber.Ctx
}

func respond(c fiber.Ctx, route conformance.Route) error {
	return route.Serve(responder{corsfasthttptest.Responder{RequestCtx: c.RequestCtx()}, c})
}

func (r responder) Respond(status int, body string) error { return r.c.Status(status).SendString(body) }

func (r responder) Fail(status int, text string) error { return fiber.NewError(status, text) }

func (r responder) Redirect(status int, location string) error {
	return r.c.Redirect().Status(status).To(location)
}

func (r responder) SendFile(name string) error {
	return r.c.SendFile(name, fiber.SendFile{ByteRange: true})
}
