package corschi_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) { conformance.Run(t, corschitest.Start) }

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corschitest.Start)
	corshttptest.RunGuarded(t, corschitest.Start)
	corshttptest.Guard(t, newApp)
}

func TestMount(t *testing.T) {
	conformance.RunMount(t, corschitest.StartMount)
	corshttptest.Mounts(t, newApp, strings.Clone)
}

func TestConstructors(t *testing.T) { corshttptest.Constructors(t, "corschi", newApp) }

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corschitest.Start) }
