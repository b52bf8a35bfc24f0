package corshttp_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestMountConformance(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, corshttptest.StartMount)
}
