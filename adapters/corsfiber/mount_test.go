package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
)

func TestMount(t *testing.T) {
	t.Parallel()
	fibertest.Mounts(t, corsfibertest.NewApp)
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	fibertest.Misuse(t, corsfibertest.NewApp, "corsfiber")
}

func TestTwoMountsAreLogged(t *testing.T) { fibertest.SaysTwoMounts(t, corsfibertest.NewApp) }
