//go:build !race

package corsfasthttp_test

import (
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// TestGuardAllocates checks that a guard allocates nothing.
func TestGuardAllocates(t *testing.T) {
	corsfasthttptest.GuardAllocates(t, func(d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) fasthttp.RequestHandler {
		return corsfasthttp.New(d, opts...)(handler)
	})
}
