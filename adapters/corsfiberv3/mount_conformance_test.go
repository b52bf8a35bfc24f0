package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
)

func TestMountConformance(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, corsfiberv3test.StartMount)
}
