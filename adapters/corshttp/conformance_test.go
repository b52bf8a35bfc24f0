package corshttp_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corshttptest.Start)
}
