package corsfiberv3_test

import (
	"flag"
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
)

var (
	differential = flag.Int("differential", 20_000, "how many random requests TestDifferential sends")
	seed         = flag.Uint64("differential.seed", 1, "for other apps and requests")
)

func TestDifferential(t *testing.T) {
	t.Parallel()
	fibertest.Differential(t, corsfiberv3test.NewApp, *seed, *differential)
}
