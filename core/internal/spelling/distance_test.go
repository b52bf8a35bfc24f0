package spelling_test

import (
	"testing"

	"github.com/crossgate/cors/core/internal/spelling"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "a", 0}, {"a", "", 1}, {"a", "b", 1}, {"admin", "amdin", 2}, {"kitten", "sitting", 3},
		{"alloworigin", "alloworigins", 1}, {"flaw", "lawn", 2}, {"maxage", "enforce", 6},
	} {
		for most := range 8 {
			want := min(tt.want, most+1)
			if got, back := spelling.Distance(tt.a, tt.b, most), spelling.Distance(tt.b, tt.a, most); got != want || back != want {
				t.Errorf("%q and %q, at most %d: %d and %d, want %d", tt.a, tt.b, most, got, back, want)
			}
		}
	}
}
