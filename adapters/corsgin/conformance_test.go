package corsgin_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corsgintest.Start, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}

// Without HandleMethodNotAllowed gin finds no route where it otherwise knows the
// path, and goes another way through its middleware.
func TestConformanceOfDefaultEngine(t *testing.T) {
	conformance.Run(t, corsgintest.StartDefault, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}

// A layer around the engine sees what gin's own writer does.
func TestConformanceOfWrappedEngine(t *testing.T) {
	conformance.Run(t, corsgintest.StartWrapped)
	conformance.RunGuard(t, corsgintest.StartWrapped)
}

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corsgintest.Start)
	corshttptest.RunGuarded(t, corsgintest.Start, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
	corshttptest.Guard(t, newApp)
}

func TestMount(t *testing.T) {
	conformance.RunMount(t, corsgintest.StartMount, corsgintest.MountOptions()...)
	corshttptest.Mounts(t, newApp, corshttptest.Colon)
}

func TestConstructors(t *testing.T) { corshttptest.Constructors(t, "corsgin", newApp) }

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsgintest.Start) }
