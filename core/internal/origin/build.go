package origin

import "strings"

// NewSet returns the set of the origins that specs match. needed has the specs that the set
// is made of, in their order. ParsePattern must accept each spec. A spec that another one
// covers is left out, because it would only cost memory and time: NewSet calls covered with
// its index and with the spec that covers it, or with "" for a repeated spec.
//
// There may be at most MaxExact exact origins.
func NewSet(specs []string, covered func(i int, by string)) (s *Set, needed []string) {
	// all has every wildcard, s only those that are needed. A pattern that covers another
	// matches more, so the widest of each chain stays.
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

// setExact sets the set's exact origins to exacts, which are distinct.
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
