package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
)

var differential = fibertest.DifferentialFlags()

func TestDifferential(t *testing.T) {
	t.Parallel()
	differential(t, corsfiberv3test.NewApp)
}
