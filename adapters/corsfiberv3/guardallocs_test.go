//go:build !race

package corsfiberv3_test

import (
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

// TestGuardAllocates holds the budget: the guard allocates nothing, whether or not
// there is something for it to do.
func TestGuardAllocates(t *testing.T) {
	for name, mode := range map[string]cors.GuardMode{"own": cors.PolicyWins, "defer": cors.HandlerWins} {
		for path, handler := range map[string]fiber.Handler{
			"/keeps":  func(fiber.Ctx) error { return nil },
			"/spoils": func(c fiber.Ctx) error { spoil(c); return nil },
		} {
			app := fiber.New()
			app.Use(corsfiberv3.New(policy, cors.Guard(mode)))
			app.Get(path, handler)
			serve := app.Handler()
			for _, origin := range []string{"https://app.example.com", "https://evil.example", ""} {
				var c fasthttp.RequestCtx
				c.Request.SetRequestURI(path)
				c.Request.Header.SetHost("api.example")
				if origin != "" {
					c.Request.Header.Set("Origin", origin)
				}
				got := testing.AllocsPerRun(100, func() {
					c.Response.Reset()
					serve(&c)
				})
				if got > 0 {
					t.Errorf("%s, %s, origin %q: %v allocations, want none", name, path, origin, got)
				}
				if c.Response.StatusCode() != fiber.StatusOK || len(c.Response.Header.Peek("Vary")) == 0 {
					t.Errorf("%s, %s, origin %q: the adapter or the handler did not run:\n%s", name, path, origin, &c.Response)
				}
			}
		}
	}
}

// BenchmarkGuard shows what the guard costs where nothing is wrong.
func BenchmarkGuard(b *testing.B) {
	for name, opts := range map[string][]cors.Option{
		"guard=none":  nil,
		"guard=own":   {cors.Guard(cors.PolicyWins)},
		"guard=defer": {cors.Guard(cors.HandlerWins)},
	} {
		b.Run(name, func(b *testing.B) {
			app := fiber.New()
			app.Use(corsfiberv3.New(policy, opts...))
			app.Get("/", func(fiber.Ctx) error { return nil })
			serve := app.Handler()
			var c fasthttp.RequestCtx
			c.Request.SetRequestURI("/")
			c.Request.Header.SetHost("api.example")
			c.Request.Header.Set("Origin", "https://app.example.com")
			b.ReportAllocs()
			for b.Loop() {
				c.Response.Reset()
				serve(&c)
			}
			if len(c.Response.Header.Peek("Access-Control-Allow-Origin")) == 0 {
				b.Fatal("the policy's headers are missing")
			}
		})
	}
}
