package corsecho_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/conformance"
)

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsechotest.Start) }
