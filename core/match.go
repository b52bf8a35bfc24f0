package cors

import (
	"slices"
	"strings"
)

// matcher is a set of origins, immutable once built. The cost of a look-up is
// bounded by the length of the Origin (see maxOrigin) and does not depend on how
// many patterns the set holds: nothing is searched or tried again.
type matcher struct {
	any  bool // "*"
	null bool // "null"

	// exact holds whole origins. An Origin found here is well-formed, since only
	// such ones are put in. Where there is only one it is in single: to compare is
	// cheaper than to hash.
	exact  *originSet
	single string

	// places holds the patterns with a wildcard. lengths has a bit for the length
	// of each place's host, so that only lengths which occur are looked up.
	places   map[place]wildcards
	lengths  [4]uint64
	anyPorts bool // some place has anyPort
}

// place is where patterns with a wildcard are found: the host of
// "https://a.example:*", or what stands right of a host wildcard's first dot.
type place struct {
	scheme, host string
	port         int // as in pattern
}

// wildcards are the patterns found at one place.
type wildcards struct {
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

// matchExact reports whether the set has origin as it stands. It settles most
// requests, and needs no parsing.
func (m *matcher) matchExact(origin string) bool {
	if m.exact == nil {
		return origin == m.single && origin != ""
	}
	return len(origin) <= maxOrigin && m.exact.has(origin)
}

// matchWildcard reports whether a pattern with a wildcard matches o. plain is as
// parseOrigin says: a wildcard in a host covers plain labels alone.
func (m *matcher) matchWildcard(o Origin, plain bool) bool {
	if len(m.places) == 0 {
		return false
	}
	if m.anyPorts && m.places[place{o.Scheme, o.Host, anyPort}].self {
		return true
	}
	return plain && m.matchHost(o)
}

// matchHost reports whether a wildcard in a host matches o. It looks up what
// stands right of each dot, once for o's port and once for any.
func (m *matcher) matchHost(o Origin) bool {
	label, host, more := strings.Cut(o.Host, ".")
	for more {
		if m.hasLength(host) {
			if w, found := m.places[place{o.Scheme, host, o.Port}]; found && w.cover(label) {
				return true
			}
			if m.anyPorts {
				if w, found := m.places[place{o.Scheme, host, anyPort}]; found && w.cover(label) {
					return true
				}
			}
		}
		label = "" // an in-label pattern covers the leftmost label alone
		_, host, more = strings.Cut(host, ".")
	}
	return false
}

// hasLength reports whether some place has a host as long as this one.
func (m *matcher) hasLength(host string) bool {
	return m.lengths[len(host)/64]&(1<<(len(host)%64)) != 0
}

// cover reports whether w covers any host below its place or, where label is not
// empty, the host with that one label.
func (w wildcards) cover(label string) bool {
	if w.below || w.labels == nil || label == "" {
		return w.below
	}
	_, found := w.labels.find(label)
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

// findWider finds an in-label pattern other than p that matches all that p does.
func (s *labelSet) findWider(p affixes) (affixes, bool) {
	for _, n := range s.lengths {
		if n.prefix > len(p.prefix) || n.suffix > len(p.suffix) {
			continue
		}
		cut := len(p.suffix) - n.suffix
		a := affixes{p.prefix[:n.prefix], p.suffix[cut:]}
		if _, found := s.affixes[a]; found && a != p && strings.IndexByte(p.prefix[n.prefix:]+p.suffix[:cut], '_') < 0 {
			return a, true
		}
	}
	return affixes{}, false
}

// add puts p, a pattern with a wildcard, into the set, and reports whether it is new.
func (m *matcher) add(p pattern) bool {
	if m.has(p) {
		return false
	}
	if m.places == nil {
		m.places = make(map[place]wildcards)
	}
	at := place{p.scheme, p.host, p.port}
	w := m.places[at]
	switch p.shape {
	case exact:
		w.self = true
	case subdomain:
		w.below = true
	case inLabel:
		if w.labels == nil {
			w.labels = &labelSet{affixes: make(map[affixes]struct{})}
		}
		w.labels.affixes[affixes{p.prefix, p.suffix}] = struct{}{}
		if n := (affixLengths{len(p.prefix), len(p.suffix)}); !slices.Contains(w.labels.lengths, n) {
			w.labels.lengths = append(w.labels.lengths, n)
		}
	}
	m.places[at] = w
	m.lengths[len(p.host)/64] |= 1 << (len(p.host) % 64)
	m.anyPorts = m.anyPorts || p.port == anyPort
	return true
}

// has reports whether the set holds p, a pattern with a wildcard, as it stands.
func (m *matcher) has(p pattern) bool {
	w := m.places[place{p.scheme, p.host, p.port}]
	switch p.shape {
	case exact:
		return w.self
	case subdomain:
		return w.below
	case inLabel:
		if w.labels != nil {
			_, found := w.labels.affixes[affixes{p.prefix, p.suffix}]
			return found
		}
	}
	return false
}

// coveredBy finds another pattern of the set that matches all that p matches, if
// there is one. It serves Compile and Explain, not decisions.
func (m *matcher) coveredBy(p pattern) (q pattern, found bool) {
	if len(m.places) == 0 {
		return pattern{}, false
	}
	for _, port := range [...]int{p.port, anyPort} {
		if port == anyPort && !m.anyPorts {
			break
		}
		if q = p; port != p.port {
			if q.port = port; m.has(q) {
				return q, true
			}
		}
		label, host := "", p.host
		if p.shape == exact { // a host is not below itself
			label, host, _ = strings.Cut(p.host, ".")
		}
		for more := host != ""; more; _, host, more = strings.Cut(host, ".") {
			if !m.hasLength(host) {
				label = ""
				continue
			}
			q = pattern{shape: subdomain, scheme: p.scheme, host: host, port: port}
			if q != p && m.has(q) {
				return q, true
			}
			if labels := m.places[place{p.scheme, host, port}].labels; labels != nil {
				a, found := labels.find(label)
				if p.shape == inLabel && host == p.host {
					a, found = labels.findWider(affixes{p.prefix, p.suffix})
				}
				if found {
					q.shape, q.prefix, q.suffix = inLabel, a.prefix, a.suffix
					return q, true
				}
			}
			label = ""
		}
	}
	return pattern{}, false
}
