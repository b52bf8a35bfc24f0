package corshttp_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corshttptest.Start) }
