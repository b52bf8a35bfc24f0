package corschi_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/conformance"
)

func TestMountConformance(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, corschitest.StartMount)
}
