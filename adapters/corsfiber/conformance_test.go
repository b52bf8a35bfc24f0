package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corsfibertest.Start)
}
