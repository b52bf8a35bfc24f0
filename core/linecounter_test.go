package cors

import "testing"

// TestLineCounterReadsOnce checks that a lineCounter reads a document once. The text before
// the last place may change, and the next place is still right.
func TestLineCounterReadsOnce(t *testing.T) {
	t.Parallel()
	data := []byte("{\n  \"a\": 1,\n  \"b\": 2\n}")
	c := lineCounter{data: data}
	for _, want := range []struct{ place, line, column int }{{0, 1, 1}, {4, 2, 3}, {9, 2, 8}, {9, 2, 8}, {14, 3, 3}, {21, 4, 1}, {22, 4, 2}, {1000, 4, 2}} {
		if got := c.at(want.place, nil); got.Line != want.line || got.Column != want.column {
			t.Errorf("place %d is line %d, column %d; want %d, %d", want.place, got.Line, got.Column, want.line, want.column)
		}
		for i := range min(want.place, len(data)) {
			data[i] = '\n' // this part is counted already
		}
	}
}

// TestLineCounterGoesBack finds a place before the last one.
func TestLineCounterGoesBack(t *testing.T) {
	t.Parallel()
	c := lineCounter{data: []byte("a\nbc\n\nd")}
	for _, want := range []struct{ place, line, column int }{{6, 4, 1}, {3, 2, 2}, {5, 3, 1}, {0, 1, 1}} {
		if got := c.at(want.place, nil); got.Line != want.line || got.Column != want.column {
			t.Errorf("place %d is line %d, column %d; want %d, %d", want.place, got.Line, got.Column, want.line, want.column)
		}
	}
}
