package mount_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryCodeIsReached checks that each code in the source has a case in the tables of
// these tests, and that each code in the tables is in the source.
func TestEveryCodeIsReached(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	must(t, err)
	var written []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(e.Name())
		must(t, err)
		for _, found := range regexp.MustCompile(`Code: "([a-z-]+)"`).FindAllSubmatch(source, -1) {
			written = append(written, string(found[1]))
		}
	}
	reached := []string{"mount-unattached", "mount-unchecked"} // TestCheck
	for _, m := range mistakes {
		reached = append(reached, m.code)
	}
	slices.Sort(written)
	slices.Sort(reached)
	if kept := []string{"mount-place", "mount-twice", "mount-unattached", "mount-unchecked"}; !slices.Equal(slices.Compact(slices.Clone(written)), kept) {
		t.Errorf("the source has the codes %q; they are stable, and are %q", written, kept)
	}
	if written, reached = slices.Compact(written), slices.Compact(reached); !slices.Equal(written, reached) {
		t.Errorf("the source has the codes %q, and these tests %q", written, reached)
	}
}
