package corsecho_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

func TestAdapter(t *testing.T) {
	conformance.Run(t, corsechotest.Start)
	conformance.RunGuard(t, corsechotest.Start)
	conformance.RunMount(t, corsechotest.StartMount, corsechotest.MountOptions()...)
	corshttptest.Run(t, "corsecho", newApp, corshttptest.Colon, corsechotest.Start)
}

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsechotest.Start) }
