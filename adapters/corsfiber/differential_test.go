package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
)

var differential = fibertest.DifferentialFlags()

func TestDifferential(t *testing.T) {
	t.Parallel()
	differential(t, corsfibertest.NewApp)
}
