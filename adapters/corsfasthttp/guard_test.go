package corsfasthttp_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/conformance"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corsfasthttptest.Start, corsfasthttptest.AlreadyRight()...)
	corsfasthttptest.RunGuarded(t, corsfasthttptest.Start)
}
