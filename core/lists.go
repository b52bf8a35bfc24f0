package cors

import (
	"slices"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
)

// A preflight's method and headers are read up to these lengths, in bytes. They bound the
// work that a hostile request causes and the length of what is reflected. The lists of a
// policy are not longer than maxList either: WebKit refuses answers over 60 KiB.
const (
	maxMethod = 64
	maxList   = MaxValue
)

// methodSet is Config.AllowMethods, compiled.
type methodSet struct {
	names []string // sorted, without "*"; GET and POST need not be in it
	any   bool     // "*" is listed; names then includes the common ones
}

// allows reports whether the policy's answer lets a browser use method (Fetch,
// "CORS-preflight fetch", step 7.7), and whether the answer lists it by name.
func (s *methodSet) allows(method string) (allowed, listed bool) {
	if method == "GET" || method == "HEAD" || method == "POST" {
		return true, true
	}
	if _, found := slices.BinarySearch(s.names, method); found || !s.any {
		return found, found
	}
	return len(method) <= maxMethod && ascii.IsToken(method) && !forbiddenMethod(method), false
}

// headerSet is Config.AllowHeaders, compiled.
type headerSet struct {
	names []string // sorted, in lower case; without "*"
	any   bool     // "*" is listed; names then includes the common ones, and Authorization if it is allowed
}

// headerValue writes a list as the value of a response header. star adds "*", which means
// any name without credentials. The names stay next to it: Firefox does not cache "*", so
// they save preflights there.
func headerValue(names []string, star bool) string {
	if star {
		names = sorted(append(slices.Clone(names), "*"))
	}
	return strings.Join(names, ", ")
}

// check returns the first reason to refuse value, which an Access-Control-Request-Headers
// header has (Fetch, "CORS-preflight fetch", steps 7.8 and 7.9), and whether all its names
// are listed. Browsers write it sorted, in lower case and without spaces, so check walks
// along the policy's sorted list. Only intermediaries and people write names in another
// order or form; check looks these up one by one.
func (s *headerSet) check(value string) (reason Reason, listed bool) {
	if len(value) > maxList {
		return HeadersTooLong, false
	}
	listed = true
	next := 0 // s.names before this index are less than the names read so far
	for value != "" {
		if next < len(s.names) {
			if rest, found := cutName(value, s.names[next]); found {
				value = rest
				next++
				continue
			}
		}
		var name string
		name, value, _ = strings.Cut(value, ",")
		if name = trimOWS(name); name == "" { // an empty element (RFC 9110, section 5.6.1.2)
			continue
		}
		for next < len(s.names) && s.names[next] < name {
			next++
		}
		if next < len(s.names) && s.names[next] == name || s.has(name) {
			continue
		}
		if reason := s.checkUnlisted(name); reason != Allowed {
			return reason, false
		}
		listed = false
	}
	return Allowed, listed
}

// cutName cuts name, which is not empty, and the comma after it off the beginning
// of value.
func cutName(value, name string) (rest string, found bool) {
	if len(value) < len(name) || value[:len(name)] != name {
		return value, false
	}
	if len(value) == len(name) {
		return "", true
	}
	return value[len(name)+1:], value[len(name)] == ','
}

// checkUnlisted returns the reason to refuse a name that is not in the list, or Allowed.
func (s *headerSet) checkUnlisted(name string) Reason {
	switch {
	case !ascii.IsToken(name):
		return HeaderMalformed
	case s.any && !ascii.EqualFold(name, "authorization"):
		return Allowed
	}
	return HeaderNotAllowed
}

// has reports whether the list has name, in any case.
func (s *headerSet) has(name string) bool {
	_, found := slices.BinarySearchFunc(s.names, name, func(listed, name string) int {
		for i := range min(len(listed), len(name)) {
			if c := int(listed[i]) - int(ascii.Lower(name[i])); c != 0 {
				return c
			}
		}
		return len(listed) - len(name)
	})
	return found
}

// firstRefused returns the first name in value that is not allowed. If each name alone is
// allowed, it returns the first name.
func (s *headerSet) firstRefused(value string) string {
	first := ""
	for name := range strings.SplitSeq(value, ",") {
		if name = trimOWS(name); name == "" {
			continue
		}
		if reason, _ := s.check(name); reason != Allowed {
			return name
		}
		if first == "" {
			first = name
		}
	}
	return first
}
