package corsfiberv3_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gofiber/fiber/v3/middleware/compress"
	fibercors "github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gofiber/fiber/v3/middleware/etag"
	"github.com/gofiber/fiber/v3/middleware/proxy"
	recovery "github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/timeout"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

func tamper(c fiber.Ctx) error {
	corsfasthttptest.Tamper(c.RequestCtx())
	return c.Next()
}

func hello(c fiber.Ctx) error { return c.SendString("hello\n") }

// TestGuardMiddleware tampers with headers by the means of fiber v3.
func TestGuardMiddleware(t *testing.T) {
	t.Parallel()
	upstream := corsfasthttptest.Upstream(t, corsfasthttptest.Careless)
	careless := http.HandlerFunc(corsfasthttptest.Careless)
	given := t.Context() // a handler that does not end itself waits for this
	const keeps = "Accept-Encoding"
	for name, c := range map[string]struct {
		status   int
		keeps    string
		right    string
		handlers []any
	}{
		"proxy":          {200, keeps, "", []any{func(c fiber.Ctx) error { return proxy.Do(c, upstream) }}},
		"proxy.Balancer": {200, keeps, "", []any{proxy.Balancer(proxy.Config{Servers: []string{upstream}})}},
		"an upstream's response is added to": {200, keeps, "", []any{func(c fiber.Ctx) error {
			c.Locals("err", proxy.Do(c, upstream))
			c.Response().Header.Add("Access-Control-Allow-Origin", "https://app.example.com")
			return nil
		}}},
		"the timeout middleware, of a handler that heeds it": {408, keeps, "", []any{tamper, timeout.New(
			func(fiber.Ctx) error { return context.DeadlineExceeded }, timeout.Config{Timeout: time.Hour})}},
		"the timeout middleware, of a handler that does not": {408, keeps, "", []any{tamper, timeout.New(
			func(fiber.Ctx) error { <-given.Done(); return nil }, timeout.Config{Timeout: time.Millisecond})}},
		"a panic that is recovered inside": {500, keeps, "", []any{recovery.New(), tamper, func(fiber.Ctx) error { panic("down") }}},
		"the adaptor for net/http":         {200, keeps, "", []any{adaptor.HTTPHandler(careless)}},
		"a net/http handler":               {200, keeps, "", []any{careless}},
		"a fasthttp handler":               {200, keeps, "", []any{fasthttp.RequestHandler(corsfasthttptest.Tamper)}},
		"fiber's own CORS middleware":      {200, "", "", []any{fibercors.New(), hello}},
		"compress":                         {200, keeps, "it adds to the first line of Vary", []any{compress.New(), hello}},
		"etag":                             {200, "", "it sets no header but its own", []any{etag.New(), hello}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			guardCase := conformance.GuardCase{Status: c.status, Right: c.right}
			if c.keeps != "" {
				guardCase.Keeps = []string{c.keeps}
			}
			guardCase.Start = func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
				tb.Helper()
				app := corsfiberv3test.NewApp(fibertest.Config{})
				app.Install(d, opts...)
				app.(corsfiberv3test.App).Fiber.Get("/", c.handlers[0], c.handlers[1:]...)
				return app.Serve(tb)
			}
			guardCase.Check(t)
		})
	}
}

// The documentation says what a guard cannot correct.
func TestGuardOutOfReach(t *testing.T) {
	t.Parallel()
	errs := make(chan error, 4)
	app := corsfiberv3test.NewApp(fibertest.Config{BodyLimit: 10, ErrorHandler: func(c fibertest.Ctx, err error) error {
		errs <- err
		corsfasthttptest.Tamper(c.RequestCtx())
		return fiber.DefaultErrorHandler(c.(fiber.Ctx), err)
	}})
	app.Install(policy, cors.Guard(cors.PolicyWins))
	app.(corsfiberv3test.App).Fiber.Get("/", func(c fiber.Ctx) error {
		c.Set("Vary", "Accept-Encoding")
		return c.End()
	})
	addr := app.Serve(t)
	const fields = "Host: api.example\r\nOrigin: https://app.example.com\r\nConnection: close\r\n"
	ended := roundTrip(t, addr, "GET / HTTP/1.1\r\n"+fields+"\r\n")
	if got := ended.Header.Values("Vary"); len(got) != 1 || ended.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
		t.Errorf("c.End sent %v", ended.Header)
	}
	large := roundTrip(t, addr, "POST / HTTP/1.1\r\n"+fields+"Content-Length: 11\r\n\r\n12345678901")
	if got := large.Header.Values("Access-Control-Allow-Origin"); len(got) != 2 {
		t.Errorf("the ErrorHandler that runs outside leaves the origins %q", got)
	}
	if inside, outside := <-errs, <-errs; inside == nil || !errors.Is(outside, fiber.ErrRequestEntityTooLarge) {
		t.Errorf("ErrorHandler was called with %v and %v", inside, outside)
	}
}
