package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
)

// FuzzAdapter sends random requests; see conformance.Fuzz.
func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, corsfiberv3test.Start) }
