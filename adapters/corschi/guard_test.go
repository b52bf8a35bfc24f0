package corschi_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/conformance"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corschitest.Start)
}

// With a guard, an application that spoils nothing answers as without one.
func TestConformanceOfGuard(t *testing.T) {
	t.Parallel()
	for name, guard := range map[string]conformance.Guard{"own": conformance.GuardOwn, "defer": conformance.GuardDefer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(tb testing.TB, app conformance.App) string {
				tb.Helper()
				app.Guard = guard
				return corschitest.Start(tb, app)
			})
		})
	}
}
