package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/conformance"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corsechov5test.Start)
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
				return corsechov5test.Start(tb, app)
			})
		})
	}
}
