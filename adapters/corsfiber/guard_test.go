package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	const (
		vary = "the adapter completes Vary after the handler"
		set  = "Set replaces the policy's headers, and the adapter completes Vary after the handler"
	)
	conformance.RunGuard(t, corsfibertest.Start,
		conformance.AlreadyRight("sets Vary", vary),
		conformance.AlreadyRight("sets Vary without an Origin", vary),
		conformance.AlreadyRight("sets Vary, deferred to", vary),
		conformance.AlreadyRight("sets a set of its own, deferred to", set),
		conformance.AlreadyRight("sets a set of its own, deferred to, for an origin that is not allowed", set),
		conformance.AlreadyRight("fails with a set of its own, deferred to", set))
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
				return corsfibertest.Start(tb, app)
			})
		})
	}
}
