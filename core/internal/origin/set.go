package origin

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Set is a set of origins, immutable once built. The zero Set is empty. The cost of a
// look-up is bounded by the length of the Origin (see maxOrigin) and does not depend on the
// number of patterns: there is no search and no backtracking.
type Set struct {
	// exact holds whole origins, all well-formed, so an Origin that is found here is
	// well-formed. A single origin is in single instead: comparing is cheaper than hashing.
	exact  *exactSet
	single string

	// The patterns with a wildcard: onePort has those for one port, by host and port as in
	// an Origin; anyPort has those for any port, by host.
	onePort, anyPort wildcardTable

	// schemes holds the schemes of which every origin is in the set, or is nil.
	schemes map[string]struct{}
}

// wildcardTable holds patterns with a wildcard, by their anchor: the host of
// "https://a.example:*", or the part of a host with a wildcard after the first dot.
type wildcardTable struct {
	// at has an anchor's wildcards for each scheme, at most fewSchemes. If an anchor has
	// more schemes, more has the others. lengths has a bit for the length of each anchor,
	// so that only lengths which occur are looked up.
	at      map[string][]wildcards
	more    map[schemeAnchor]*wildcards
	lengths [(maxOrigin + 63) / 64]uint64
}

// fewSchemes is the greatest number of schemes of an anchor that are compared one after
// another. Nearly all anchors have one or two.
const fewSchemes = 4

type schemeAnchor struct{ scheme, anchor string }

// wildcards are the patterns found at one anchor that have one scheme.
type wildcards struct {
	scheme string
	room   int       // the greatest length of the labels before the anchor's dot
	self   bool      // https://a.example:*
	below  bool      // https://*.a.example
	labels *labelSet // https://app-*.a.example
}

// labelSet is a set of in-label patterns. A look-up costs one access for each pair of
// lengths that its patterns' affixes have. 2,016 such pairs are possible; in practice there
// are one or two.
type labelSet struct {
	lengths []affixLengths
	affixes map[affixes]struct{}
}

type affixes struct{ prefix, suffix string }

type affixLengths struct{ prefix, suffix int }

// MatchExact reports whether the set has origin literally. It decides most requests, and
// needs no parsing.
func (s *Set) MatchExact(origin string) bool {
	if s.exact == nil {
		return origin == s.single && origin != ""
	}
	return len(origin) <= maxOrigin && s.exact.has(origin)
}

// MatchWildcard reports whether a pattern with a wildcard matches origin. It checks only the
// part that a wildcard covers byte by byte: the rest equals the pattern, which was parsed.
func (s *Set) MatchWildcard(origin string) bool {
	if len(origin) > maxOrigin {
		return false
	}
	if s.onePort.match(origin) {
		return true
	}
	if len(s.anyPort.at) == 0 && s.schemes == nil {
		return false
	}
	scheme, _, _ := strings.Cut(origin, "://")
	if len(s.anyPort.at) > 0 && s.matchAnyPort(origin, scheme) {
		return true
	}
	return s.schemes != nil && s.matchScheme(origin, scheme)
}

// matchAnyPort reports whether a pattern for any port matches origin.
func (s *Set) matchAnyPort(origin, scheme string) bool {
	withoutPort, ok := cutPort(origin, scheme)
	if !ok {
		return false
	}
	if w := s.anyPort.find(withoutPort[min(len(scheme)+len("://"), len(withoutPort)):], scheme); w != nil && w.self {
		return true
	}
	return s.anyPort.match(withoutPort)
}

// matchScheme reports whether every origin of scheme is in the set, and origin is one.
func (s *Set) matchScheme(origin, scheme string) bool {
	if _, found := s.schemes[scheme]; !found {
		return false
	}
	_, ok := Parse(origin)
	return ok
}

// cutPort removes the port of origin, if it has one. ok is false if the port is not written
// as in an origin with the given scheme.
func cutPort(origin, scheme string) (string, bool) {
	colon := strings.LastIndexByte(origin, ':')
	if colon == len(scheme) || strings.HasSuffix(origin, "]") {
		return origin, true
	}
	port := ParsePort(origin[colon+1:])
	return origin[:max(colon, 0)], port != 0 && port != DefaultPort(scheme)
}

// match reports whether a pattern with a wildcard in its host matches origin. It looks up
// the text after each dot of the origin, if some anchor has that length.
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
			if len(schemes) == fewSchemes && t.matchMore(origin, dot) {
				return true
			}
		}
	}
	return false
}

// matchMore is match at the anchor after a dot, for schemes that are not in at.
func (t *wildcardTable) matchMore(origin string, dot int) bool {
	scheme, _, _ := strings.Cut(origin, "://")
	w := t.more[schemeAnchor{scheme, origin[dot+1:]}]
	return w != nil && w.match(origin[:dot])
}

// match reports whether w matches an origin; left is the part before the anchor's dot.
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

// find returns the wildcards at an anchor, or nil.
func (t *wildcardTable) find(anchor, scheme string) *wildcards {
	if t.lengths[len(anchor)/64]&(1<<(len(anchor)%64)) == 0 {
		return nil
	}
	schemes := t.at[anchor]
	for i := range schemes {
		if schemes[i].scheme == scheme {
			return &schemes[i]
		}
	}
	if len(schemes) == fewSchemes {
		return t.more[schemeAnchor{scheme, anchor}]
	}
	return nil
}

// make adds wildcards at an anchor that has none for the scheme.
func (t *wildcardTable) make(anchor, scheme string, room int) *wildcards {
	w := wildcards{scheme: scheme, room: room}
	if t.at == nil {
		t.at = make(map[string][]wildcards)
	}
	t.lengths[len(anchor)/64] |= 1 << (len(anchor) % 64)
	if schemes := t.at[anchor]; len(schemes) < fewSchemes {
		t.at[anchor] = append(schemes, w)
		return &t.at[anchor][len(schemes)]
	}
	if t.more == nil {
		t.more = make(map[schemeAnchor]*wildcards)
	}
	t.more[schemeAnchor{scheme, anchor}] = &w
	return &w
}

// cover reports whether w covers left, the part before its anchor's dot: any labels, or one
// that an in-label pattern matches.
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
		// A wildcard in a label matches a-z 0-9 -, but not the underscore.
		if _, found := s.affixes[a]; found && strings.IndexByte(label[n.prefix:end], '_') < 0 {
			return a, true
		}
	}
	return affixes{}, false
}

// findWider finds another in-label pattern that matches every label that the one with the
// given affixes matches.
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

// table returns the table and anchor of patterns with the given host and port.
func (s *Set) table(host string, port int) (t *wildcardTable, anchor string) {
	switch port {
	case AnyPort:
		return &s.anyPort, host
	case 0:
		return &s.onePort, host
	}
	return &s.onePort, host + ":" + strconv.Itoa(port)
}

// at returns the wildcards of a scheme, host and port, or nil.
func (s *Set) at(scheme, host string, port int) *wildcards {
	t, anchor := s.table(host, port)
	return t.find(anchor, scheme)
}

// add adds p, a pattern with a wildcard, to the set and reports whether it is new.
func (s *Set) add(p Pattern) bool {
	if p.Shape == SchemeWide {
		if s.schemes == nil {
			s.schemes = make(map[string]struct{})
		}
		n := len(s.schemes)
		s.schemes[p.Scheme] = struct{}{}
		return len(s.schemes) > n
	}
	t, anchor := s.table(p.Host, p.Port)
	w := t.find(anchor, p.Scheme)
	if w == nil {
		w = t.make(anchor, p.Scheme, MaxHost-len(strings.TrimSuffix(p.Host, "."))-len("."))
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
		w.labels.add(affixes{p.prefix, p.suffix})
	case SchemeWide: // it has no anchor
	}
	return true
}

// add adds a to the set.
func (s *labelSet) add(a affixes) {
	n := affixLengths{len(a.prefix), len(a.suffix)}
	if i, found := slices.BinarySearchFunc(s.lengths, n, affixLengths.compare); !found {
		s.lengths = slices.Insert(s.lengths, i, n)
	}
	s.affixes[a] = struct{}{}
}

func (n affixLengths) compare(m affixLengths) int {
	return cmp.Or(cmp.Compare(n.prefix, m.prefix), cmp.Compare(n.suffix, m.suffix))
}

// has reports whether w contains p, a pattern with a wildcard and the scheme and anchor of
// w.
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
	case SchemeWide: // it has no anchor
	}
	return false
}

// HasWildcards reports whether the set has patterns with a wildcard.
func (s *Set) HasWildcards() bool {
	return len(s.onePort.at)+len(s.anyPort.at)+len(s.schemes) > 0
}

// plainLeftOf reports whether a wildcard below host can match the labels of p's host before
// it. In schemes other than those of the web, a host may have other bytes than labels.
func (p Pattern) plainLeftOf(host string) bool {
	if p.Shape != Exact {
		return true // patterns with a wildcard in the host are plain
	}
	left := p.Host[:len(p.Host)-len(host)-len(".")]
	end, plain, ok := scanDomain(left)
	return ok && plain && end == len(left)
}

// CoveredBy finds another pattern of the set that matches every origin that p matches, if
// there is one. It serves Compile and Explain, not decisions.
func (s *Set) CoveredBy(p Pattern) (q Pattern, found bool) {
	if !s.HasWildcards() {
		return Pattern{}, false
	}
	if _, all := s.schemes[p.Scheme]; all && p.Shape != SchemeWide {
		return Pattern{Shape: SchemeWide, Scheme: p.Scheme}, true
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
			if q = (Pattern{Shape: Subdomain, Scheme: p.Scheme, Host: host, Port: port}); w != nil && w.below && q != p && p.plainLeftOf(host) {
				return q, true
			}
			if w != nil && w.labels != nil && label != "" && p.plainLeftOf(host) {
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
