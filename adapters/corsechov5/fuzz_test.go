package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/conformance"
)

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsechov5test.Start) }
