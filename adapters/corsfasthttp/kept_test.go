package corsfasthttp_test

import (
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	cors "github.com/crossgate/cors/core"
)

// TestHandlersChangesAreKept: without a Guard, what a handler makes of a single header stays
// as it is, and is not sent twice.
func TestHandlersChangesAreKept(t *testing.T) {
	t.Parallel()
	const expose = "Access-Control-Expose-Headers"
	public := cors.MustCompile(cors.Config{AllowOrigins: []string{"*"}, ExposeHeaders: []string{"x-total"}})
	listed := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, ExposeHeaders: []string{"x-total"}})
	for name, policy := range map[string]*cors.Policy{"public": public, "listed": listed} {
		var c fasthttp.RequestCtx
		c.Request.Header.Set("Origin", "https://app.example.com")
		corsfasthttp.New(policy)(func(c *fasthttp.RequestCtx) { c.Response.Header.Set(expose, "x-own") })(&c)
		if lines := c.Response.Header.PeekAll(expose); len(lines) != 1 || string(lines[0]) != "x-own" {
			t.Errorf("%s: %q", name, lines)
		}
	}
}
