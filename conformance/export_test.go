package conformance

import "testing"

// TrySeeds runs the seeds of Fuzz until one fails, and returns the error.
func TrySeeds(tb testing.TB, start Start) error {
	tb.Helper()
	z := newFuzzer(tb, start)
	for _, in := range fuzzSeeds() {
		if err := z.check(in); err != nil {
			return err
		}
	}
	return nil
}

// CountSeeds returns the number of seeds, and the number of those that all servers read
// in the same way.
func CountSeeds() (all, clean int) {
	for _, in := range fuzzSeeds() {
		all++
		if in.request().clean {
			clean++
		}
	}
	return all, clean
}

// CheckScenario returns the error of a scenario of RunMount, and whether the scenario
// exists.
func CheckScenario(tb testing.TB, start MountStart, name string) (wrong error, found bool) {
	tb.Helper()
	for _, s := range mountScenarios() {
		if s.name == name {
			return s.check(tb, start, newMountPlan(nil)), true
		}
	}
	return nil, false
}
