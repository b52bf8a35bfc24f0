package corsgin_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corsgintest.Start,
		conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}

// Without HandleMethodNotAllowed gin finds no route where it otherwise knows the
// path, and goes another way through its middleware.
func TestConformanceOfDefaultEngine(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corsgintest.StartDefault,
		conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}

func TestConformanceOfWrappedEngine(t *testing.T) {
	t.Parallel()
	conformance.Run(t, corsgintest.StartWrapped)
}
