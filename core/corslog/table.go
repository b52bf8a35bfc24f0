package corslog

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	cors "github.com/crossgate/cors/core"
)

// room is a part of the table. What fills one leaves the others their places.
type room uint8

const (
	strangers room = iota // origins that are not allowed, or that are as good as any other
	matched               // origins that match a pattern, or that AllowOriginFunc allows
	named                 // origins that AllowOrigins has as they are
	failures              // no fault of the origin's
	rooms
)

// places is how many refusals are told apart in a room.
var places = [rooms]int{strangers: 96, matched: 64, named: 64, failures: 32}

// placesOfSite is how many origins of one registrable domain have a place among those
// that match a pattern: they can be invented, but not outside the pattern's domain.
const placesOfSite = 8

// table counts refusals. Its owner locks it.
type table struct {
	entries map[key]*entry
	used    [rooms]int
	others  map[cors.Reason]uint64
}

// key is what refusals are told apart by.
type key struct {
	origin string // cut
	reason cors.Reason
}

type entry struct {
	room  room
	site  string // of a matched origin
	times uint64 // since the last count
	asked text   // what the latest of them asked for
}

// text is a copy of a request's value, which may be valid no longer than the request. It
// has its place in an entry, so that it costs no allocation.
type text struct {
	bytes  [maxText + 1]byte // one more than is logged, so that it is known to be cut
	length int
}

func (t *text) set(s string)   { t.length = copy(t.bytes[:], s) }
func (t *text) String() string { return string(t.bytes[:t.length]) }

// count is how often something was refused after the first time.
type count struct {
	key
	others bool // all for this reason that have no place of their own
	times  uint64
	asked  string // what the latest preflight asked for
}

// again counts a refusal that has a place, and reports whether it has. asked is the method
// or the headers that were refused, or "".
func (t *table) again(k key, asked string) bool {
	e := t.entries[k]
	if e != nil {
		e.times++
		e.asked.set(asked)
	}
	return e != nil
}

// add counts a refusal, and reports whether it is the first of its kind and has got a
// place.
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

// empty reports whether there is nothing to collect, now or later.
func (t *table) empty() bool { return len(t.entries) == 0 && len(t.others) == 0 }

// ofSite counts the entries of a site.
func (t *table) ofSite(site string) (n int) {
	for _, e := range t.entries {
		if e.room == matched && e.site == site {
			n++
		}
	}
	return n
}

// collect returns the counts, the highest first, and sets them to 0. What was not counted
// since the last time loses its place.
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

// roomOf tells whose places a refusal may take. An answer that has the origin, and not *,
// shows that the policy allows this one and not all.
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

// siteOf returns the registrable domain of an origin's host, for what browsers and
// patterns take for one owner's: a pattern covers origins of one site alone. Of private
// suffixes (github.io) the site is the suffix, since a pattern can cover all below it. An
// IP address is a site of its own, and so are all origins of a scheme that is not the
// web's (chrome-extension), where a pattern can cover them all.
func siteOf(origin string) string {
	scheme, host, found := strings.Cut(origin, "://")
	if !found || scheme != "http" && scheme != "https" && scheme != "ws" && scheme != "wss" {
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
