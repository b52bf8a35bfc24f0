package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
)

func TestMount(t *testing.T) {
	t.Parallel()
	fibertest.Mounts(t, newApp)
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	fibertest.Misuse(t, newApp, "corsfiberv3")
}
