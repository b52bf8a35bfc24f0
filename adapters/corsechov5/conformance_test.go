package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestAdapter(t *testing.T) {
	conformance.Run(t, corsechov5test.Start)
	conformance.RunGuard(t, corsechov5test.Start)
	conformance.RunMount(t, corsechov5test.StartMount)
	corshttptest.Run(t, "corsechov5", newApp, corshttptest.Colon, corsechov5test.Start)
}

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsechov5test.Start) }
