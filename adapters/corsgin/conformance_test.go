package corsgin_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestAdapter(t *testing.T) {
	conformance.Run(t, corsgintest.Start, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
	conformance.RunGuard(t, corsgintest.Start)
	conformance.RunMount(t, corsgintest.StartMount, corsgintest.MountOptions()...)
	corshttptest.Run(t, "corsgin", newApp, corshttptest.Colon, corsgintest.Start, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}

// Without HandleMethodNotAllowed gin answers 404 instead of 405, and runs its middleware in
// another way.
func TestConformanceOfDefaultEngine(t *testing.T) {
	conformance.Run(t, corsgintest.StartDefault, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}

// Middleware around the engine sees what gin's own writer does.
func TestConformanceOfWrappedEngine(t *testing.T) {
	conformance.Run(t, corsgintest.StartWrapped)
	conformance.RunGuard(t, corsgintest.StartWrapped)
}

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsgintest.Start) }
