package conformance_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
)

// FuzzAdapter fuzzes the adapter of the example, or an adapter with a defect for
// TestFuzzFails.
func FuzzAdapter(f *testing.F) {
	if os.Getenv(scenarioVariable) == "fuzzed defect" {
		conformance.Fuzz(f, mutants()[0].adapter.start)
		return
	}
	conformance.Fuzz(f, start)
}

// leftAlone are mutants whose defects the fuzzer cannot find. They are in the content, in
// other protocols, in the framing of a request, or in files.
var leftAlone = []string{
	"asks for a live policy once", "ignores upgrades", "ignores requests that expect 100", "ignores HTTP/1.0",
	"treats a preflight with content as an actual request", "drops headers on 304", "drops headers on 101",
	"hides that a connection can be taken over", "reads a trailer as Origin", "reads the content", "parses forms", "limits the content",
}

// A fuzz target that cannot fail proves nothing. The seeds must find every other defect
// that the suite's cases find.
func TestSeedsCatchMutants(t *testing.T) {
	t.Parallel()
	skipped := 0
	for _, m := range slices.Concat(mutants(), wireMutants()) {
		if slices.Contains(leftAlone, m.name) {
			skipped++
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			if err := conformance.TrySeeds(t, m.adapter.start); err == nil {
				t.Error("no seed finds it")
			}
		})
	}
	if skipped != len(leftAlone) {
		t.Errorf("of %d names of mutants to leave alone, %d exist", len(leftAlone), skipped)
	}
}

func TestFuzzFails(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^FuzzAdapter$")
	command.Env = append(os.Environ(), scenarioVariable+"=fuzzed defect")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "- Vary: Accept-Language (missing)") {
		t.Errorf("%v, with the output\n%.2000s", err, out)
	}
}

// Random requests are useful only if servers can read many of them.
func TestFuzzSeeds(t *testing.T) {
	t.Parallel()
	if all, clean := conformance.CountSeeds(); all < 1000 || clean*2 < all || clean == all {
		t.Errorf("of %d seeds, all servers read %d in the same way", all, clean)
	}
}
