package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
)

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corsfiberv3test.Start, corsfasthttptest.AlreadyRight()...)
	corsfasthttptest.RunGuarded(t, corsfiberv3test.Start)
	fibertest.GuardCases(t, corsfiberv3test.NewApp)
}
