package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
)

// BenchmarkLayer shows what New, its guards and a Mount cost.
func BenchmarkLayer(b *testing.B) { fibertest.Benchmark(b, corsfibertest.NewApp) }
