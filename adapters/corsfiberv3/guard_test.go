package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corsfiberv3test.Start, corsfasthttptest.AlreadyRight()...)
	corsfasthttptest.RunGuarded(t, corsfiberv3test.Start)
}

func TestGuardCases(t *testing.T) {
	t.Parallel()
	fibertest.GuardCases(t, newApp)
}
