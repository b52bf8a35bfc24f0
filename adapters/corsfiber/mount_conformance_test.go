package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/conformance"
)

func TestMountConformance(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, corsfibertest.StartMount)
}
