//go:build !race

package cors_test

// raceEnabled reports whether the race detector is on. With it, more is allocated.
const raceEnabled = false
