package adapt_test

import (
	"maps"
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// TestIndexGrows: a route that is registered later is found, each time.
func TestIndexGrows(t *testing.T) {
	t.Parallel()
	type route struct{ pattern string }
	registered := make(map[*route]adapt.Entry)
	index := adapt.Index[route]{List: func() map[*route]adapt.Entry {
		return maps.Clone(registered)
	}}
	for _, pattern := range []string{"/a", "/b", "/c"} {
		r := &route{pattern}
		registered[r] = adapt.Entry{Method: "GET", Pattern: pattern, Known: mount.Served}
		found := false
		for range 1_000_000 { // it builds again in at most 1 % of the time
			if _, got, known := index.Hit(r); known == mount.Served && got == pattern {
				found = true
				break
			}
		}
		if !found {
			t.Errorf("%s is not found", pattern)
		}
	}
	if _, _, known := index.Hit(new(route)); known != mount.Unclear {
		t.Errorf("a route that is not registered is %v", known)
	}
}
