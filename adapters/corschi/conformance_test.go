package corschi_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corschitest.Start)
}
