package engine

import (
	"errors"
	"os"
	"testing"
)

// ForTest finds the engine of that name for a test. Without it the test is skipped, and
// so it is with -short.
func ForTest(tb testing.TB, name string) *Engine {
	tb.Helper()
	if testing.Short() {
		tb.Skip("SKIPPED: -short drives no engine")
	}
	e, err := Find(tb.Context(), name)
	Require(tb, name, err)
	return e
}

// Require ends a test that an error keeps from an engine. An absent engine skips it,
// except in CI, where that would hide that nothing is tested.
func Require(tb testing.TB, name string, err error) {
	tb.Helper()
	var absent *AbsentError
	switch {
	case err == nil:
	case errors.As(err, &absent) && os.Getenv("CI") != "true":
		tb.Skipf("SKIPPED, NOTHING WAS TESTED IN %s: %v", name, err)
	default:
		tb.Fatal(err)
	}
}
