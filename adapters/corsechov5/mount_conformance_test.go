package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

func TestMountConformance(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, corsechov5test.StartMount)
}

// With a guard, an application that spoils nothing answers as without one.
func TestMountConformanceOfGuard(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, func(tb testing.TB, app conformance.MountApp) string {
		tb.Helper()
		app.Options = append(app.Options, cors.Guard(cors.PolicyWins))
		return corsechov5test.StartMount(tb, app)
	})
}
