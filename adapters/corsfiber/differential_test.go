package corsfiber_test

import (
	"flag"
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
)

var (
	differential = flag.Int("differential", 20_000, "how many random requests TestDifferential sends")
	seed         = flag.Uint64("differential.seed", 1, "for other apps and requests")
)

func TestDifferential(t *testing.T) {
	t.Parallel()
	fibertest.Differential(t, corsfibertest.NewApp, *seed, *differential)
}
