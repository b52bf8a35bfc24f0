package corsecho_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) { conformance.Run(t, corsechotest.Start) }

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corsechotest.Start)
	corshttptest.RunGuarded(t, corsechotest.Start)
	corshttptest.Guard(t, newApp)
}

func TestMount(t *testing.T) {
	conformance.RunMount(t, corsechotest.StartMount, corsechotest.MountOptions()...)
	corshttptest.Mounts(t, newApp, corshttptest.Colon)
}

func TestConstructors(t *testing.T) { corshttptest.Constructors(t, "corsecho", newApp) }

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsechotest.Start) }
