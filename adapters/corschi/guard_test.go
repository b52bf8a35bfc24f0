package corschi_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, corschitest.Start)
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
				return corschitest.Start(tb, app)
			})
		})
	}
}
