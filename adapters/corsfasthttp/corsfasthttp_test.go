package corsfasthttp_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

func TestMisuse(t *testing.T) {
	t.Parallel()
	corsfasthttptest.Misuse(t, "corsfasthttp.New", false, func(d cors.Decider, opts ...cors.Option) { corsfasthttp.New(d, opts...) })
}
