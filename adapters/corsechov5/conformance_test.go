package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) { conformance.Run(t, corsechov5test.Start) }

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corsechov5test.Start)
	corshttptest.RunGuarded(t, corsechov5test.Start)
	corshttptest.Guard(t, newApp)
}

func TestMount(t *testing.T) {
	conformance.RunMount(t, corsechov5test.StartMount)
	corshttptest.Mounts(t, newApp, corshttptest.Colon)
}

func TestConstructors(t *testing.T) { corshttptest.Constructors(t, "corsechov5", newApp) }

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsechov5test.Start) }
