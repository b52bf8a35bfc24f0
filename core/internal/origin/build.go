package origin

import "strings"

// NewSet returns the set of the origins that specs match, and those of specs that it is
// made of, in their order. Each spec is one that ParsePattern accepts. One that another
// covers is left out, since it would cost memory or time and change nothing: covered is
// called with its index and with what covers it, or with "" if it is there already.
//
// There may be MaxExact exact origins at most.
func NewSet(specs []string, covered func(i int, by string)) (s *Set, needed []string) {
	// all has every wildcard, and s only what is needed. What covers a pattern matches
	// more than that does, so of each chain the last stays.
	var all Set
	repeated := make(map[int]bool)
	for i, spec := range specs {
		if isWildcard(spec) {
			p, _ := ParsePattern(spec)
			repeated[i] = !all.add(p)
		}
	}
	s = new(Set)
	needed = make([]string, 0, len(specs))
	seen := make(map[string]struct{}, len(specs))
	exacts := make([]string, 0, len(specs)-len(repeated))
	for i, spec := range specs {
		var p Pattern
		if all.HasWildcards() {
			p, _ = ParsePattern(spec)
			if by, found := all.CoveredBy(p); found {
				covered(i, by.String())
				continue
			}
		}
		if isWildcard(spec) {
			if repeated[i] {
				covered(i, "")
				continue
			}
			s.add(p)
		} else {
			if _, found := seen[spec]; found {
				covered(i, "")
				continue
			}
			seen[spec] = struct{}{}
			exacts = append(exacts, spec)
		}
		needed = append(needed, spec)
	}
	s.setExact(exacts)
	return s, needed
}

// setExact makes exacts, which are distinct, the set's exact origins.
func (s *Set) setExact(exacts []string) {
	switch len(exacts) {
	case 0:
	case 1:
		s.single = exacts[0]
	default:
		s.exact = newExactSet(exacts)
	}
}

// isWildcard reports whether spec, which is well-formed, matches more than one origin.
func isWildcard(spec string) bool { return strings.IndexByte(spec, '*') >= 0 }
