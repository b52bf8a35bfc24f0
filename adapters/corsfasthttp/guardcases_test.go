package corsfasthttp_test

import (
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// start serves handler behind New. It is a corsfasthttptest.StartHandler.
func start(tb testing.TB, d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) string {
	tb.Helper()
	return corsfasthttptest.ServeHandler(tb, corsfasthttp.New(d, opts...)(handler))
}

func TestGuardCases(t *testing.T) {
	t.Parallel()
	corsfasthttptest.GuardCases(t, start)
	corsfasthttptest.GuardTrailers(t, start)
}
