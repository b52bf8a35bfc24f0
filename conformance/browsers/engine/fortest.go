package engine

import (
	"errors"
	"os"
	"testing"
)

// ForTest finds the engine with that name for a test. It skips the test without the
// engine, and with -short.
func ForTest(tb testing.TB, name string) *Engine {
	tb.Helper()
	if testing.Short() {
		tb.Skip("SKIPPED: -short drives no engine")
	}
	e, err := Find(tb.Context(), name)
	Require(tb, name, err)
	return e
}

// Require ends a test that cannot use an engine because of an error. If the engine is not
// installed, it skips the test. In CI it fails the test, because a skip would hide that
// nothing is tested.
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
