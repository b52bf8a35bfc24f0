package corsgin_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corsgintest.Start)
}

// A guard around the engine sees what gin's own writer does.
func TestGuardOfWrappedEngine(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corsgintest.StartWrapped)
}

// With a guard, an application that spoils nothing answers as without one.
func TestConformanceOfGuard(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]cors.GuardMode{"policy wins": cors.PolicyWins, "handler wins": cors.HandlerWins} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(tb testing.TB, app conformance.App) string {
				tb.Helper()
				app.Options = []cors.Option{cors.Guard(mode)}
				return corsgintest.Start(tb, app)
			}, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
		})
	}
}
