package conformance

import "testing"

// TrySeeds tries the seeds of Fuzz up to the one that fails, and returns why it does.
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

// CountSeeds is how many seeds there are, and how many of them are requests in which
// all servers read the same.
func CountSeeds() (all, clean int) {
	for _, in := range fuzzSeeds() {
		all++
		if in.request().clean {
			clean++
		}
	}
	return all, clean
}

// CheckScenario returns what is wrong in the scenario of RunMount, and whether there is one of
// that name.
func CheckScenario(tb testing.TB, start MountStart, name string) (wrong error, found bool) {
	tb.Helper()
	for _, s := range mountScenarios() {
		if s.name == name {
			return s.check(tb, start, newMountPlan(nil)), true
		}
	}
	return nil, false
}
