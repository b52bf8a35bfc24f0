package corshttp_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) { conformance.Run(t, corshttptest.Start) }

func TestGuard(t *testing.T) {
	conformance.RunGuard(t, corshttptest.Start)
	corshttptest.RunGuarded(t, corshttptest.Start)
	corshttptest.Guard(t, newApp)
}

func TestMount(t *testing.T) {
	conformance.RunMount(t, corshttptest.StartMount)
	corshttptest.Mounts(t, newApp, strings.Clone)
}

func TestConstructors(t *testing.T) { corshttptest.Constructors(t, "corshttp", newApp) }

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corshttptest.Start) }
