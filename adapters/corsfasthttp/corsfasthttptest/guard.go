package corsfasthttptest

import (
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// AlreadyRight are the scenarios of conformance.RunGuard in which the headers are right
// under fasthttp even without a guard.
func AlreadyRight() []conformance.GuardOption {
	const (
		vary = "the adapter completes Vary after the handler"
		late = "fasthttp sends the trailers alone that Trailer names, and of another name it makes none of these"
		set  = "Set replaces the policy's headers, and the adapter completes Vary after the handler"
	)
	return []conformance.GuardOption{
		conformance.AlreadyRight("sets Vary", vary),
		conformance.AlreadyRight("sets Vary without an Origin", vary),
		conformance.AlreadyRight("sets Vary, deferred to", vary),
		conformance.AlreadyRight("sets the headers as trailers that Trailer does not name", late),
		conformance.AlreadyRight("sets the headers as trailers that Trailer does not name, for an origin that is not allowed", late),
		conformance.AlreadyRight("sets the headers as trailers that Trailer does not name, deferred to", late),
		conformance.AlreadyRight("sets a set of its own, and trailers, after the head was sent outside the adapter, deferred to", late),
		conformance.AlreadyRight("sets a set of its own, deferred to", set),
		conformance.AlreadyRight("sets a set of its own, deferred to, for an origin that is not allowed", set),
		conformance.AlreadyRight("fails with a set of its own, deferred to", set),
	}
}

// RunGuarded runs the conformance suite with each guard. An application that does not
// tamper with headers answers as it does without a guard.
func RunGuarded(t *testing.T, start conformance.Start) {
	t.Helper()
	for _, mode := range []cors.GuardMode{cors.PolicyWins, cors.HandlerWins} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(tb testing.TB, app conformance.App) string {
				tb.Helper()
				app.Options = []cors.Option{cors.Guard(mode)}
				return start(tb, app)
			})
		})
	}
}
