package corschi_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestAdapter(t *testing.T) {
	conformance.Run(t, corschitest.Start)
	conformance.RunGuard(t, corschitest.Start)
	conformance.RunMount(t, corschitest.StartMount)
	corshttptest.Run(t, "corschi", newApp, strings.Clone, corschitest.Start)
}

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corschitest.Start) }
