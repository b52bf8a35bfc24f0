package matrix

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain makes the random tests draw the same values in every run. `make explore` draws
// other values, and more. -short, which CI uses with the race detector, draws fewer.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := "300"
	if testing.Short() {
		checks = "50"
	}
	set := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	for name, value := range map[string]string{"rapid.seed": "20261122", "rapid.checks": checks, "rapid.nofailfile": "true"} {
		if set[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
