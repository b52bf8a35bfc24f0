package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/conformance"
)

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corsfibertest.Start, corsfasthttptest.AlreadyRight()...)
	corsfasthttptest.RunGuarded(t, corsfibertest.Start)
	fibertest.GuardCases(t, corsfibertest.NewApp)
}
