// Package corsfiberv3test serves a conformance.App with fiber.
package corsfiberv3test

import (
	"bufio"
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"
	recovery "github.com/gofiber/fiber/v3/middleware/recover"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/conformance"
)

// Start serves app. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	f := fiber.New(fiber.Config{ReadBufferSize: 64 << 10})
	f.Use(func(c fiber.Ctx) error {
		if vary := c.Get(conformance.OuterVary); vary != "" {
			c.Response().Header.Add("Vary", vary)
		}
		return c.Next()
	})
	f.Use(recovery.New())
	if app.Decider != nil {
		f.Use(corsfiberv3.New(app.Decider, app.Options...))
	}
	for _, route := range app.Routes {
		methods := []string{route.Method}
		handler := any(func(c fiber.Ctx) error { return route.Serve(responder{c}) })
		if route.Recovered {
			f.Add(methods, route.Path, recovery.New(), handler)
		} else {
			f.Add(methods, route.Path, handler)
		}
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- f.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true}) }()
	tb.Cleanup(func() {
		if err := f.Shutdown(); err != nil {
			tb.Error(err)
		}
		if err := <-stopped; err != nil {
			tb.Error(err)
		}
	})
	return listener.Addr().String()
}

// responder answers with fiber's own means.
type responder struct{ c fiber.Ctx }

func (r responder) SetHeader(name, value string) { r.c.Set(name, value) }

func (r responder) AddHeader(name, value string) { r.c.Response().Header.Add(name, value) }

func (r responder) Respond(status int, body string) error {
	return r.c.Status(status).SendString(body)
}

func (r responder) Redirect(status int, location string) error {
	return r.c.Redirect().Status(status).To(location)
}

func (r responder) Stream(status int, parts []string) error {
	return r.c.Status(status).SendStreamWriter(func(w *bufio.Writer) {
		for _, part := range parts {
			_, _ = w.WriteString(part)
			if w.Flush() != nil {
				return // the client has gone
			}
		}
	})
}

func (r responder) Fail(status int, text string) error { return fiber.NewError(status, text) }

func (r responder) ReadBody() (int64, error) { return int64(len(r.c.Body())), nil }

func (r responder) SendFile(name string) error {
	return r.c.SendFile(name, fiber.SendFile{ByteRange: true})
}

func (r responder) Upgrade(data string) error {
	r.c.Status(fiber.StatusSwitchingProtocols).RequestCtx().Hijack(func(conn net.Conn) {
		_, _ = conn.Write([]byte(data)) // fails only where the client has gone
		_ = conn.Close()
	})
	return nil
}
