package adapt

import (
	"slices"
	"strings"
)

// sieve quickly rejects most paths that no pattern matches. The time does not depend on the
// number of patterns.
type sieve struct {
	whole   map[string]bool // patterns without a parameter
	begin   map[string]bool // the beginnings of the others, up to the first parameter
	lengths []int           // the lengths of the texts in begin
}

// newSieve returns the sieve of patterns in fiber's spelling, in the form of Spelling.Plain.
func newSieve(patterns []string) *sieve {
	s := &sieve{whole: make(map[string]bool), begin: make(map[string]bool)}
	for _, pattern := range patterns {
		end := strings.IndexAny(pattern, `:*+\`)
		if end < 0 {
			s.whole[pattern] = true
			continue
		}
		begin := strings.TrimRight(pattern[:end], "/") // "/users/:id?" matches "/users"
		s.begin[begin] = true
		if !slices.Contains(s.lengths, len(begin)) {
			s.lengths = append(s.lengths, len(begin))
		}
	}
	return s
}

// passes reports whether a pattern may match the path, which is in the form of
// Spelling.Plain.
func (s *sieve) passes(path string) bool {
	return s.whole[path] || slices.ContainsFunc(s.lengths, func(n int) bool { return n <= len(path) && s.begin[path[:n]] })
}
