package origin

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Set is a set of origins, immutable once built. The zero Set is empty. The cost of a look-up is
// bounded by the length of the Origin (see maxOrigin) and does not depend on how
// many patterns the set holds: nothing is searched or tried again.
type Set struct {
	// exact holds whole origins. An Origin found here is well-formed, since only
	// such ones are put in. Where there is only one it is in single: to compare is
	// cheaper than to hash.
	exact  *exactSet
	single string

	// The patterns with a wildcard: those for one port, by host and port as an
	// Origin has them, and those for any port, by host alone.
	onePort, anyPort wildcardTable
}

// wildcardTable holds patterns with a wildcard, by their anchor: the host
// of "https://a.example:*", or what stands right of a host wildcard's first dot.
type wildcardTable struct {
	// at has an anchor's wildcards for each of its schemes, of which there are one
	// or two; lengths a bit for the length of each anchor, so that only
	// lengths which occur are looked up.
	at      map[string][]wildcards
	lengths [(maxOrigin + 63) / 64]uint64
}

// wildcards are the patterns found at one anchor that have one scheme.
type wildcards struct {
	scheme string
	room   int       // how long the labels left of the anchor's dot can be
	self   bool      // https://a.example:*
	below  bool      // https://*.a.example
	labels *labelSet // https://app-*.a.example
}

// labelSet is a set of in-label patterns. It is looked up once for each pair of
// lengths that its patterns' affixes have; a label admits 2,016 such pairs, and
// in practice there are one or two.
type labelSet struct {
	lengths []affixLengths
	affixes map[affixes]struct{}
}

type affixes struct{ prefix, suffix string }

type affixLengths struct{ prefix, suffix int }

// MatchExact reports whether the set has origin as it stands. It settles most
// requests, and needs no parsing.
func (s *Set) MatchExact(origin string) bool {
	if s.exact == nil {
		return origin == s.single && origin != ""
	}
	return len(origin) <= maxOrigin && s.exact.has(origin)
}

// MatchWildcard reports whether a pattern with a wildcard matches origin. Only what
// a wildcard covers needs a look, byte by byte: the rest is equal to the pattern's,
// which was parsed.
func (s *Set) MatchWildcard(origin string) bool {
	if len(origin) > maxOrigin {
		return false
	}
	if s.onePort.match(origin) {
		return true
	}
	if len(s.anyPort.at) == 0 {
		return false
	}
	scheme, _, _ := strings.Cut(origin, "://")
	withoutPort, ok := cutPort(origin, scheme)
	if !ok {
		return false
	}
	if w := s.anyPort.find(withoutPort[min(len(scheme)+len("://"), len(withoutPort)):], scheme); w != nil && w.self {
		return true
	}
	return s.anyPort.match(withoutPort)
}

// cutPort cuts off the port that origin may have, which must be written as an origin
// with the given scheme has it.
func cutPort(origin, scheme string) (string, bool) {
	colon := strings.LastIndexByte(origin, ':')
	if colon == len(scheme) || strings.HasSuffix(origin, "]") {
		return origin, true
	}
	port := ParsePort(origin[colon+1:])
	return origin[:max(colon, 0)], port != 0 && port != DefaultPort(scheme)
}

// match reports whether a pattern with a wildcard in its host matches origin. Of
// what stands right of the origin's dots, it looks up what is as long as some anchor.
func (t *wildcardTable) match(origin string) bool {
	for i, word := range t.lengths {
		for ; word != 0; word &= word - 1 {
			dot := len(origin) - 1 - (64*i + bits.TrailingZeros64(word))
			if dot <= 0 || origin[dot] != '.' {
				continue
			}
			schemes := t.at[origin[dot+1:]]
			for i := range schemes {
				if schemes[i].match(origin[:dot]) {
					return true
				}
			}
		}
	}
	return false
}

// match reports whether w matches an origin of which left is what stands left of its
// anchor's dot.
func (w *wildcards) match(left string) bool {
	n := len(w.scheme)
	if len(left) <= n+len("://") || left[:n] != w.scheme || left[n:n+len("://")] != "://" {
		return false
	}
	labels := left[n+len("://"):]
	if len(labels) > w.room || labels[len(labels)-1] == '.' {
		return false
	}
	end, plain, ok := scanDomain(labels)
	return ok && plain && end == len(labels) && w.cover(labels)
}

// find finds the wildcards at an anchor, or nil.
func (t *wildcardTable) find(key, scheme string) *wildcards {
	if t.lengths[len(key)/64]&(1<<(len(key)%64)) == 0 {
		return nil
	}
	schemes := t.at[key]
	for i := range schemes {
		if schemes[i].scheme == scheme {
			return &schemes[i]
		}
	}
	return nil
}

// cover reports whether w covers what stands left of its anchor's dot: any labels,
// or one that an in-label pattern matches.
func (w *wildcards) cover(left string) bool {
	if w.below || w.labels == nil || strings.IndexByte(left, '.') >= 0 {
		return w.below
	}
	_, found := w.labels.find(left)
	return found
}

// find finds an in-label pattern that matches label.
func (s *labelSet) find(label string) (affixes, bool) {
	for _, n := range s.lengths {
		end := len(label) - n.suffix
		if end <= n.prefix {
			continue
		}
		a := affixes{label[:n.prefix], label[end:]}
		// A wildcard in a label stands for a-z 0-9 -, so not for all that is plain.
		if _, found := s.affixes[a]; found && strings.IndexByte(label[n.prefix:end], '_') < 0 {
			return a, true
		}
	}
	return affixes{}, false
}

// findWider finds another in-label pattern that matches all that the one with the
// given affixes does.
func (s *labelSet) findWider(prefix, suffix string) (p, q string, found bool) {
	for _, n := range s.lengths {
		if n.prefix > len(prefix) || n.suffix > len(suffix) || n == (affixLengths{len(prefix), len(suffix)}) {
			continue
		}
		cut := len(suffix) - n.suffix
		a := affixes{prefix[:n.prefix], suffix[cut:]}
		if _, found := s.affixes[a]; found && strings.IndexByte(prefix[n.prefix:]+suffix[:cut], '_') < 0 {
			return a.prefix, a.suffix, true
		}
	}
	return "", "", false
}

// anchor returns where patterns with the given host and port are found.
func (s *Set) anchor(host string, port int) (t *wildcardTable, key string) {
	switch port {
	case AnyPort:
		return &s.anyPort, host
	case 0:
		return &s.onePort, host
	}
	return &s.onePort, host + ":" + strconv.Itoa(port)
}

// at finds the wildcards at an anchor, or nil.
func (s *Set) at(scheme, host string, port int) *wildcards {
	t, key := s.anchor(host, port)
	return t.find(key, scheme)
}

// Add puts p, a pattern with a wildcard, into the set, and reports whether it is new.
func (s *Set) Add(p Pattern) bool {
	t, key := s.anchor(p.Host, p.Port)
	w := t.find(key, p.Scheme)
	if w == nil {
		if t.at == nil {
			t.at = make(map[string][]wildcards)
		}
		t.at[key] = append(t.at[key], wildcards{scheme: p.Scheme, room: MaxHost - len(strings.TrimSuffix(p.Host, ".")) - len(".")})
		t.lengths[len(key)/64] |= 1 << (len(key) % 64)
		w = t.find(key, p.Scheme)
	}
	if w.has(p) {
		return false
	}
	switch p.Shape {
	case Exact:
		w.self = true
	case Subdomain:
		w.below = true
	case InLabel:
		if w.labels == nil {
			w.labels = &labelSet{affixes: make(map[affixes]struct{})}
		}
		w.labels.affixes[affixes{p.prefix, p.suffix}] = struct{}{}
		if n := (affixLengths{len(p.prefix), len(p.suffix)}); !slices.Contains(w.labels.lengths, n) {
			w.labels.lengths = append(w.labels.lengths, n)
		}
	}
	return true
}

// has reports whether p, a pattern with a wildcard that is found where w is, is
// among w.
func (w *wildcards) has(p Pattern) bool {
	switch p.Shape {
	case Exact:
		return w.self
	case Subdomain:
		return w.below
	case InLabel:
		if w.labels != nil {
			_, found := w.labels.affixes[affixes{p.prefix, p.suffix}]
			return found
		}
	}
	return false
}

// SetExact makes origins the exact ones of the set. They are well-formed, distinct,
// and MaxExact at most.
func (s *Set) SetExact(origins []string) {
	switch len(origins) {
	case 0:
		s.exact, s.single = nil, ""
	case 1:
		s.exact, s.single = nil, origins[0]
	default:
		s.exact, s.single = newExactSet(origins), ""
	}
}

// HasWildcards reports whether the set has patterns with a wildcard.
func (s *Set) HasWildcards() bool { return len(s.onePort.at)+len(s.anyPort.at) > 0 }

// CoveredBy finds another pattern of the set that matches all that p matches, if
// there is one. It serves Compile and Explain, not decisions.
func (s *Set) CoveredBy(p Pattern) (q Pattern, found bool) {
	if !s.HasWildcards() {
		return Pattern{}, false
	}
	for _, port := range [...]int{p.Port, AnyPort} {
		if w := s.at(p.Scheme, p.Host, port); w != nil {
			if q = p; port != p.Port {
				if q.Port = port; w.has(q) {
					return q, true
				}
			}
			if p.Shape == InLabel && w.labels != nil {
				if q.prefix, q.suffix, found = w.labels.findWider(p.prefix, p.suffix); found {
					return q, true
				}
			}
		}
		label, host := "", p.Host
		if p.Shape == Exact { // a host is not below itself
			label, host, _ = strings.Cut(p.Host, ".")
		}
		for more := host != ""; more; _, host, more = strings.Cut(host, ".") {
			w := s.at(p.Scheme, host, port)
			if q = (Pattern{Shape: Subdomain, Scheme: p.Scheme, Host: host, Port: port}); w != nil && w.below && q != p {
				return q, true
			}
			if w != nil && w.labels != nil && label != "" {
				if a, found := w.labels.find(label); found {
					q.Shape, q.prefix, q.suffix = InLabel, a.prefix, a.suffix
					return q, true
				}
			}
			label = ""
		}
	}
	return Pattern{}, false
}
