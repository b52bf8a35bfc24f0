//go:build race

package cors_test

// raceEnabled tells of the race detector, under which more is allocated.
const raceEnabled = true
