package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
)

func TestMount(t *testing.T) {
	t.Parallel()
	fibertest.Mounts(t, corsfiberv3test.NewApp)
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	fibertest.Misuse(t, corsfiberv3test.NewApp, "corsfiberv3")
}

func TestTwoMountsAreLogged(t *testing.T) { fibertest.SaysTwoMounts(t, corsfiberv3test.NewApp) }
