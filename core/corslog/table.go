package corslog

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	cors "github.com/crossgate/cors/core"
)

// room is a part of the table with places of its own, so that no part displaces another.
type room uint8

const (
	strangers room = iota // origins that are not allowed, or that only "*" allows
	matched               // origins that match a pattern, or that AllowOriginFunc allows
	named                 // origins that AllowOrigins lists literally
	failures              // refusals that the origin does not cause
	rooms
)

// places is the greatest number of entries of each room.
var places = [rooms]int{strangers: 96, matched: 64, named: 64, failures: 32}

// placesOfSite is the greatest number of entries of one registrable domain in the room
// matched. Clients can invent origins that match a pattern, but only below its domain.
const placesOfSite = 8

// table counts refusals. Its owner locks it.
type table struct {
	entries map[key]*entry
	used    [rooms]int
	others  map[cors.Reason]uint64
}

// key identifies an entry.
type key struct {
	origin string // cut
	reason cors.Reason
}

type entry struct {
	room  room
	site  string // of a matched origin
	times uint64 // since the last count
	asked text   // what the latest preflight asked for
}

// text is a copy of a request's value, because the value may be invalid after the request.
// Its array is part of the entry, so that setting it allocates nothing.
type text struct {
	bytes  [maxText + 1]byte // one more than is logged, to show that the value was cut
	length int
}

func (t *text) set(s string)   { t.length = copy(t.bytes[:], s) }
func (t *text) String() string { return string(t.bytes[:t.length]) }

// count is how often something was refused after the first time.
type count struct {
	key
	others bool // all refusals for this reason without an entry of their own
	times  uint64
	asked  string // what the latest preflight asked for
}

// again counts a refusal that has an entry, and reports whether it has one. asked is the
// method or the headers that were refused, or "".
func (t *table) again(k key, asked string) bool {
	e := t.entries[k]
	if e != nil {
		e.times++
		e.asked.set(asked)
	}
	return e != nil
}

// add counts a refusal, and reports whether this has made a new entry.
func (t *table) add(k key, r room, asked string) (first bool) {
	if t.again(k, asked) {
		return false
	}
	e := &entry{room: r}
	if r == matched {
		e.site = siteOf(k.origin)
	}
	if t.used[r] >= places[r] || r == matched && t.ofSite(e.site) >= placesOfSite {
		if t.others == nil {
			t.others = make(map[cors.Reason]uint64)
		}
		t.others[k.reason]++
		return false
	}
	t.entries[k] = e
	t.used[r]++
	return true
}

// ofSite counts the entries of a site. Only those of matched origins have one.
func (t *table) ofSite(site string) (n int) {
	for _, e := range t.entries {
		if e.site == site {
			n++
		}
	}
	return n
}

// collect returns the counts, the highest first, and sets them to 0. It removes entries
// that were not counted since the last call.
func (t *table) collect() []count {
	var counts []count
	for k, e := range t.entries {
		if e.times == 0 {
			delete(t.entries, k)
			t.used[e.room]--
			continue
		}
		counts = append(counts, count{key: k, times: e.times, asked: e.asked.String()})
		e.times = 0
	}
	slices.SortFunc(counts, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.times, a.times), strings.Compare(a.origin, b.origin), cmp.Compare(a.reason, b.reason))
	})
	for _, reason := range slices.Sorted(maps.Keys(t.others)) {
		counts = append(counts, count{key: key{reason: reason}, others: true, times: t.others[reason]})
	}
	t.others = nil
	return counts
}

// roomOf returns the room of a refusal. If Access-Control-Allow-Origin is the origin and not
// "*", the policy allows this origin but not every origin.
func roomOf(d cors.Decision) room {
	switch d.Reason() {
	case cors.OriginNotAllowed, cors.OriginMalformed:
		return strangers
	case cors.MethodNotAllowed, cors.HeaderNotAllowed, cors.HeaderMalformed, cors.HeadersTooLong:
		if d.NamesOrigin() {
			return named
		}
		for i := range d.Len() {
			if name, value := d.At(i); name == "Access-Control-Allow-Origin" && value != "*" {
				return matched
			}
		}
		return strangers
	}
	return failures
}

// siteOf returns the registrable domain of an origin's host. One pattern covers origins of
// one site only. For names below a private suffix (github.io), the site is the suffix,
// because a pattern can cover all of them. An IP address is a site of its own. All origins
// of a scheme that is not of the web (chrome-extension) are one site, because a pattern can
// cover all of them.
func siteOf(origin string) string {
	scheme, host, _ := strings.Cut(origin, "://")
	if scheme != "http" && scheme != "https" && scheme != "ws" && scheme != "wss" {
		return scheme
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	host = strings.TrimSuffix(host, ".")
	suffix, icann := publicsuffix.PublicSuffix(host)
	for !icann {
		_, parent, more := strings.Cut(suffix, ".")
		if !more {
			break
		}
		suffix = parent
		_, icann = publicsuffix.PublicSuffix(suffix)
	}
	rest, below := strings.CutSuffix(host, "."+suffix)
	if !below || strings.HasPrefix(host, "[") || suffix == "" || suffix[0] <= '9' && suffix[0] >= '0' {
		return host
	}
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix
}
