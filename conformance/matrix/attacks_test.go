package matrix

import (
	"testing"

	"github.com/crossgate/cors/conformance/attacks"
)

// TestAttacks sends the corpus of attacks to every adapter.
func TestAttacks(t *testing.T) {
	t.Parallel()
	for _, a := range adapters() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			attacks.Run(t, a.start)
		})
	}
}
