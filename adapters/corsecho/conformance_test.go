package corsecho_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corsechotest.Start)
}
