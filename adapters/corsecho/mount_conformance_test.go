package corsecho_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/conformance"
)

func TestMountConformance(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, corsechotest.StartMount)
}
