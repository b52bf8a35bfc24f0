package mount

import (
	"fmt"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/spelling"
)

// nowhere returns the error for an attachment without a route.
func (a attachment) nowhere(routes []Route) error {
	repairs := a.nearestPrefixes(routes)
	if a.field == "Route" {
		repairs = a.nearestRoutes(routes)
	}
	hint := "no route is registered there, and none has a similar spelling"
	if len(repairs) > 0 {
		quoted := make([]string, 0, maxRepairs)
		for _, r := range repairs[:min(len(repairs), maxRepairs)] {
			quoted = append(quoted, fmt.Sprintf("%q", r))
		}
		hint = "no route is registered there; write " + strings.Join(quoted, " or ")
	}
	err := &cors.ConfigError{Field: a.field, Value: a.value, Code: "mount-unattached", Hint: hint}
	if len(repairs) == 1 { // with several, the right one is in doubt
		err.Repair = repairs
	}
	return err
}

// maxRepairs is the greatest number of equally near patterns that a message names.
const maxRepairs = 3

// nearest collects the spellings at the smallest distance.
type nearest struct {
	distance int
	found    []string
}

func (n *nearest) add(spelling string, distance int) {
	switch {
	case distance > n.distance || slices.Contains(n.found, spelling):
	case distance < n.distance:
		n.distance, n.found = distance, []string{spelling}
	default:
		n.found = append(n.found, spelling)
	}
}

// sorted returns what was found, in lexical order.
func (n *nearest) sorted() []string {
	slices.Sort(n.found)
	return n.found
}

// nearestPrefixes returns the prefixes of registered patterns with the spelling nearest to
// a's.
func (a attachment) nearestPrefixes(routes []Route) []string {
	own := nameless(a.pattern)
	n := nearest{distance: farthest(own)}
	seen := make(map[string]bool)
	for _, r := range routes {
		for end := 2; end <= len(r.Pattern); end++ {
			if end < len(r.Pattern) && r.Pattern[end] != '/' && r.Pattern[end] != '*' {
				continue
			}
			prefix := strings.TrimRight(r.Pattern[:end], "/")
			if prefix == "" || seen[prefix] || holdsAll(prefix[strings.LastIndexByte(prefix, '/')+1:]) {
				continue
			}
			seen[prefix] = true
			n.add(prefix, apart(own, prefix, n.distance))
		}
	}
	return n.sorted()
}

// nearestRoutes returns the registered routes with the spelling nearest to a's.
func (a attachment) nearestRoutes(routes []Route) []string {
	own := nameless(a.pattern)
	n := nearest{distance: 2 * farthest(own)}
	for _, r := range routes {
		if r.Opaque {
			continue
		}
		// Doubled, so that between two equally near patterns the method decides.
		d := 2 * apart(own, r.Pattern, n.distance/2)
		method := a.method
		if !a.serves(r.Method) {
			if method = r.Method; !ascii.EqualFold(a.method, ascii.ToLower(r.Method)) {
				d++
			}
		}
		n.add(strings.TrimPrefix(method+" "+r.Pattern, " "), d)
	}
	return n.sorted()
}

// apart returns the distance between own, a result of nameless, and a registered pattern. A
// missing host counts as one change.
func apart(own, pattern string, most int) int {
	d := spelling.Distance(own, nameless(pattern), most)
	if slash := strings.IndexByte(pattern, '/'); slash > 0 && strings.HasPrefix(own, "/") {
		d = min(d, 1+spelling.Distance(own, nameless(pattern[slash:]), most))
	}
	return d
}

// farthest returns the greatest distance at which another pattern counts as a misspelling
// of pattern.
func farthest(pattern string) int { return 1 + len(pattern)/4 }

// nameless returns pattern in lower case, with parameters (in any framework's spelling)
// replaced by ":" and wildcards by "*", and without a final slash. Patterns that differ only
// in spelling have the same result.
func nameless(pattern string) string {
	segments := strings.Split(strings.TrimRight(pattern, "/"), "/")
	for i, s := range segments {
		switch {
		case holdsAll(s):
			segments[i] = "*"
		case strings.HasPrefix(s, ":"), strings.HasPrefix(s, "{"):
			segments[i] = ":"
		default:
			segments[i] = ascii.ToLower(s)
		}
	}
	return strings.Join(segments, "/")
}
