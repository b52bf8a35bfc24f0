package conformance_test

import (
	"testing"

	"github.com/crossgate/cors/conformance"
)

func TestExampleConforms(t *testing.T) {
	t.Parallel()
	conformance.Run(t, start)
}
