package corsfiberv3

import (
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/static"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
)

func TestSieve(t *testing.T) {
	t.Parallel()
	fibertest.Sieve(t, func(a fibertest.SieveApp) *adapt.Prober {
		app := fiber.New(fiber.Config{CaseSensitive: a.CaseSensitive, StrictRouting: a.StrictRouting})
		for _, pattern := range a.Patterns {
			app.Get(pattern, func(fiber.Ctx) error { return nil })
		}
		if a.Static != "" {
			app.Use(a.Static, static.New("."))
		}
		return &newRouter(app).prober
	})
}
