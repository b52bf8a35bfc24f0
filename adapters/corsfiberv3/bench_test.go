package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
)

// BenchmarkLayer shows what New, its guards and a Mount cost.
func BenchmarkLayer(b *testing.B) { fibertest.Benchmark(b, corsfiberv3test.NewApp) }
