package cors_test

import (
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Up to MaxValue, JoinLines does what strings.Join does. For longer lines it returns a
// constant text that is refused unread like the lines, and allocates nothing.
func TestJoinLines(t *testing.T) {
	t.Parallel()
	half := strings.Repeat("a", cors.MaxValue/2)
	for _, test := range []struct {
		name  string
		lines []string
		read  bool
	}{
		{"none", nil, true},
		{"one", []string{"x-a"}, true},
		{"one that is empty", []string{""}, true},
		{"two", []string{"x-a", "x-b"}, true},
		{"empty ones", []string{"", "x-a", ""}, true},
		{"as long as is read", []string{half, half[2:]}, true},
		{"a byte longer", []string{half, half[1:]}, false},
		{"a long one and another", []string{half + half, "x-a"}, false},
		{"empty ones whose separators are too long", make([]string, cors.MaxValue), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asBytes [][]byte
			for _, l := range test.lines {
				asBytes = append(asBytes, []byte(l))
			}
			got, want := cors.JoinLines(test.lines), strings.Join(test.lines, ", ")
			if fromBytes := cors.JoinLines(asBytes); fromBytes != got {
				t.Errorf("of bytes it is %.40q, of strings %.40q", fromBytes, got)
			}
			if test.read != (len(want) <= cors.MaxValue) {
				t.Fatalf("%d bytes", len(want))
			}
			if test.read && got != want || !test.read && len(got) <= cors.MaxValue {
				t.Errorf("got %d bytes, %.40q; want %.40q", len(got), got, want)
			}
		})
	}
}

// One long line is returned as it is, because explanations show its beginning.
func TestJoinLinesOfOne(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x-a,", cors.MaxValue)
	if got := cors.JoinLines([]string{long}); got != long {
		t.Errorf("got %.40q", got)
	}
}

func TestJoinLinesOfThousandsAllocatesNothing(t *testing.T) {
	lines := make([]string, 10_000)
	for i := range lines {
		lines[i] = "content-type"
	}
	if allocs := testing.AllocsPerRun(10, func() { cors.JoinLines(lines) }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
