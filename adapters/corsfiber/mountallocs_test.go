//go:build !race

package corsfiber_test

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// TestMountAllocates holds the budget, which is nothing, for requests and preflights,
// with RouteMethods and without.
func TestMountAllocates(t *testing.T) {
	for _, opts := range [][]cors.Option{nil, {cors.RouteMethods()}} {
		app := fiber.New()
		m := corsfiber.NewMount(app, nil, opts...)
		if err := m.Group("/items", policy); err != nil {
			t.Fatal(err)
		}
		app.Use(m.Middleware())
		app.Get("/items/:id", update)
		app.Put("/items/:id", update)
		handler := app.Handler()
		for _, method := range []string{fiber.MethodGet, fiber.MethodOptions} {
			var c fasthttp.RequestCtx
			c.Request.Header.SetMethod(method)
			c.Request.SetRequestURI("/items/7")
			c.Request.Header.Set("Origin", "https://app.example.com")
			c.Request.Header.Set("Access-Control-Request-Method", "PUT")
			got := testing.AllocsPerRun(100, func() {
				c.Response.Reset()
				handler(&c)
			})
			if got != 0 || len(c.Response.Header.Peek("Access-Control-Allow-Origin")) == 0 {
				t.Errorf("%s: %v allocations; response\n%s", method, got, &c.Response)
			}
		}
	}
}
