package corshttptest

import (
	"testing"

	"github.com/crossgate/cors/conformance"
)

// Run runs the tests that the adapters on net/http share. adapter is the adapter's name, and
// spell writes {id} as its framework does.
func Run(t *testing.T, adapter string, newApp New, spell func(pattern string) string, start conformance.Start, opts ...conformance.Option) {
	t.Helper()
	RunGuarded(t, start, opts...)
	Guard(t, newApp)
	Mounts(t, newApp, spell)
	Constructors(t, adapter, newApp)
}
