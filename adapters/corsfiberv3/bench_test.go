package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
)

// BenchmarkLayer shows what New, its guards and a Mount cost.
func BenchmarkLayer(b *testing.B) { fibertest.Benchmark(b, newApp) }
