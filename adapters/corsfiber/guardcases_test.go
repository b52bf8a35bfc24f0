package corsfiber_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/middleware/proxy"
	"github.com/gofiber/fiber/v2/middleware/timeout"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// TestGuardMiddleware tampers with headers by the middleware of fiber v2.
func TestGuardMiddleware(t *testing.T) {
	t.Parallel()
	upstream := corsfasthttptest.Upstream(t, corsfasthttptest.Careless)
	for name, tt := range map[string]struct {
		status  int
		handler fiber.Handler
	}{
		"an upstream's response is added to": {200, func(c *fiber.Ctx) error {
			err := proxy.Do(c, upstream)
			c.Response().Header.Add("Access-Control-Allow-Origin", "https://app.example.com")
			return err
		}},
		"proxy": {200, func(c *fiber.Ctx) error { return proxy.Do(c, upstream) }},
		"the timeout middleware": {408, timeout.NewWithContext(func(c *fiber.Ctx) error {
			corsfasthttptest.Tamper(c.Context())
			<-c.UserContext().Done()
			return context.DeadlineExceeded
		}, time.Millisecond)},
		"a net/http handler": {200, adaptor.HTTPHandlerFunc(corsfasthttptest.Careless)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.GuardCase{Status: tt.status, Keeps: []string{"Accept-Encoding"}, Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
				tb.Helper()
				app := corsfibertest.NewApp(fibertest.Config{})
				app.Install(d, opts...)
				app.(corsfibertest.App).Fiber.Add(http.MethodGet, "/", tt.handler)
				return app.Serve(tb)
			}}.Check(t)
		})
	}
}
