package origin

import (
	"slices"
	"strconv"
	"strings"
)

// Inclusion says whether a set of origins contains all origins that a pattern matches. If
// not, it returns an origin that the set lacks. Use it from one goroutine.
//
// The answer is exact. It depends on the origins that patterns match, not on their texts:
// several patterns together may cover one that none of them covers alone. The search has a
// limit, so that the time is at most linear in the policy's length plus a constant: see
// Outside.
type Inclusion struct {
	set   *Set
	specs []string
	ports *[65536]bool // the ports that specs name; nil until needed
	work  int          // steps so far: look-ups and patterns read
	limit int          // the greatest number of search steps
	spent int          // search steps so far
}

// Outcome is what Outside finds.
type Outcome uint8

// The outcomes.
const (
	Inside    Outcome = iota // the set has every origin that the pattern matches
	Outside                  // it lacks one
	Unsettled                // the search reached its limit
)

// NewInclusion returns an Inclusion for the set of the origins that specs match.
// ParsePattern must accept each spec. All searches together make at most limit steps.
func NewInclusion(specs []string, limit int) *Inclusion {
	c := &Inclusion{set: new(Set), specs: specs, work: len(specs), limit: limit}
	exacts := make([]string, 0, len(specs))
	for _, spec := range specs { // no check for covered ones: Compile has removed them
		if isWildcard(spec) {
			p, _ := ParsePattern(spec)
			c.set.add(p)
		} else {
			exacts = append(exacts, spec)
		}
	}
	slices.Sort(exacts)
	c.set.setExact(slices.Compact(exacts))
	return c
}

// Work returns the number of steps so far. The time of a step is bounded by the length of
// an origin.
func (c *Inclusion) Work() int { return c.work }

// has reports whether the set has origin.
func (c *Inclusion) has(origin string) bool {
	c.work++
	return c.set.MatchExact(origin) || c.set.MatchWildcard(origin)
}

// search is has, counted as a search step. more is false if it was the last step.
func (c *Inclusion) search(origin string) (has, more bool) {
	return c.has(origin), c.step(1)
}

// step counts n search steps, and reports whether the search may go on.
func (c *Inclusion) step(n int) bool {
	c.spent += n
	return c.spent <= c.limit
}

// Outside finds an origin that spec matches and the set does not have. It first looks at a
// few origins, and searches only if these are in the set. ParsePattern must accept spec.
func (c *Inclusion) Outside(spec string) (witness string, outcome Outcome) {
	c.work++
	p, _ := ParsePattern(spec)
	if !p.Wildcard() {
		return outsideIf(!c.has(spec), spec)
	}
	if c.covers(p) {
		return "", Inside
	}
	port := p.Port
	if port == AnyPort {
		// A port that no pattern names is matched only by patterns for any port, which
		// match all ports. So this port is as good as any other.
		var found bool
		if port, found = c.freePort(p.Scheme); !found {
			return "", Unsettled
		}
	}
	switch p.Shape {
	case Subdomain:
		return c.outsideSubdomains(p, port)
	case InLabel:
		return c.outsideLabels(p, port)
	case SchemeWide:
		return c.outsideScheme(p)
	case Exact:
	}
	o := Origin{p.Scheme, p.Host, port}.String()
	return outsideIf(!c.has(o), o)
}

func outsideIf(lacking bool, origin string) (string, Outcome) {
	if lacking {
		return origin, Outside
	}
	return "", Inside
}

// covers reports whether one pattern of the set matches every origin that p matches.
func (c *Inclusion) covers(p Pattern) bool {
	c.work++
	if p.Shape == SchemeWide {
		_, found := c.set.schemes[p.Scheme]
		return found
	}
	if w := c.set.at(p.Scheme, p.Host, p.Port); w != nil && w.has(p) {
		return true
	}
	_, found := c.set.CoveredBy(p)
	return found
}

// freePort returns a port that no pattern names and that an origin with the given scheme
// can have.
func (c *Inclusion) freePort(scheme string) (port int, found bool) {
	if c.ports == nil {
		c.ports = new([65536]bool)
		for _, spec := range c.specs {
			c.ports[ParsePort(spec[strings.LastIndexByte(spec, ':')+1:])] = true
		}
		c.work += len(c.specs)
	}
	const firstDynamic = 49152 // RFC 6335, section 6: no server has these by default
	for i := range 65535 {
		port = (firstDynamic-1+i)%65535 + 1
		if !c.ports[port] && port != DefaultPort(scheme) {
			return port, true
		}
	}
	return 0, false
}

// outsideScheme finds an origin of p's scheme. The set has an origin without a dot and a
// port only if a pattern names it, so the search ends after as many steps as there are
// patterns.
func (c *Inclusion) outsideScheme(p Pattern) (string, Outcome) {
	for word := range fillers(MaxHost) {
		o := p.Scheme + "://" + word
		switch has, more := c.search(o); {
		case !has:
			return o, Outside
		case !more:
			return "", Unsettled
		}
	}
	return "", Unsettled
}

// outsideSubdomains finds an origin for p, a Subdomain that no pattern covers.
func (c *Inclusion) outsideSubdomains(p Pattern, port int) (string, Outcome) {
	at := func(labels string) string { return p.with(labels, port) }
	room := roomLeftOf(p.Host)
	for _, label := range [...]string{"other", "a"} {
		if o := at(label); len(label) <= room && !c.has(o) {
			return o, Outside
		}
	}
	// The set has a host with two labels below p.Host only if a pattern names the second
	// label: a pattern that matches all of them would cover p. So the loop ends after as
	// many steps as there are patterns, or when there is no room for more labels.
	for label := range fillers(min(MaxLabel, room-len("a."))) {
		o := at("a." + label)
		switch has, more := c.search(o); {
		case !has:
			return o, Outside
		case !more:
			return "", Unsettled
		}
	}
	// There is room for only a few bytes, so try everything that fits.
	for n := 1; ; n++ {
		labels := word(labelBytes+"_.", n)
		if len(labels) > room {
			return "", Inside
		}
		o := at(labels)
		has, more := c.search(o)
		if _, _, ok := parseTuple(o); ok && !has {
			return o, Outside
		}
		if !more {
			return "", Unsettled
		}
	}
}

// roomLeftOf returns the greatest length of the labels below host.
func roomLeftOf(host string) int { return MaxHost - len(strings.TrimSuffix(host, ".")) - len(".") }

// Other returns an https origin that the set does not have.
func (c *Inclusion) Other() string {
	for n := 0; ; n++ {
		o := "https://other.example"
		if n > 0 {
			o += strconv.Itoa(n) // each pattern matches at most one of these
		}
		if !c.has(o) {
			return o
		}
	}
}

// Example returns an origin that spec matches. ParsePattern must accept spec.
func Example(spec string) string {
	p, _ := ParsePattern(spec)
	label := "other"
	if p.Shape == Subdomain && len(label) > roomLeftOf(p.Host) || p.Shape == InLabel && len(label) > p.roomInLabel() {
		label = "a"
	}
	return p.with(label, max(p.Port, 0))
}

// with returns the origin that p matches with middle in place of its host's wildcard, if it
// has one, and with the given port.
func (p Pattern) with(middle string, port int) string {
	o := Origin{p.Scheme, p.Host, port}
	switch p.Shape {
	case Exact:
	case SchemeWide:
		o.Host = middle
	case Subdomain:
		o.Host = middle + "." + p.Host
	case InLabel:
		o.Host = p.prefix + middle + p.suffix + "." + p.Host
	}
	return o.String()
}

// labelBytes are the bytes that a wildcard in a label matches.
const labelBytes = "abcdefghijklmnopqrstuvwxyz0123456789-"

// word returns the nth word over an alphabet, for n of 1 or more, shortest first.
func word(alphabet string, n int) string {
	var w []byte
	for ; n > 0; n = (n - 1) / len(alphabet) {
		w = append(w, alphabet[(n-1)%len(alphabet)])
	}
	slices.Reverse(w)
	return string(w)
}

// fillers yields all words over labelBytes that are not longer than longest. The first is
// one that people understand.
func fillers(longest int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		const first = "other"
		if len(first) <= longest && !yield(first) {
			return
		}
		for n := 1; ; n++ {
			if w := word(labelBytes, n); len(w) > longest || w != first && !yield(w) {
				return
			}
		}
	}
}
