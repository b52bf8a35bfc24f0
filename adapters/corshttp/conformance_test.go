package corshttp_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestAdapter(t *testing.T) {
	conformance.Run(t, corshttptest.Start)
	conformance.RunGuard(t, corshttptest.Start)
	conformance.RunMount(t, corshttptest.StartMount)
	corshttptest.Run(t, "corshttp", newApp, strings.Clone, corshttptest.Start)
}

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corshttptest.Start) }
