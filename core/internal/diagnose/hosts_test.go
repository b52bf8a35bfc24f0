package diagnose

import (
	"slices"
	"testing"

	"golang.org/x/net/publicsuffix"
)

// TestHostLists checks that the lists are sorted, since look-ups need that, and that the
// public suffix list does not have their entries already.
func TestHostLists(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]string{"sharedHosting": sharedHosting, "regionalHosting": regionalHosting, "sharedOrigins": sharedOrigins, "objectStores": objectStores} {
		if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Errorf("%s is not sorted, or has a name twice", name)
		}
	}
	for _, host := range sharedHosting {
		if suffix, _ := publicsuffix.PublicSuffix(host); suffix == host {
			t.Errorf("%s is a public suffix, and need not be listed", host)
		}
	}
}
