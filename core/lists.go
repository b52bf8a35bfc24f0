package cors

import (
	"slices"
	"strings"
)

// What a preflight asks for is read up to these lengths, in bytes. They bound the
// work that a hostile request causes, and what reflection sends back. No list of
// a policy is longer than maxList either: over 60 KiB, WebKit refuses the answer.
const (
	maxMethod = 64
	maxList   = MaxValue
)

// methodSet is Config.AllowMethods, compiled.
type methodSet struct {
	names []string // sorted; neither safelisted ones nor "*"
	any   bool
}

// allows reports whether a browser that has the policy's answer may use method
// (Fetch, "CORS-preflight fetch", step 7.7).
func (s *methodSet) allows(method string) bool {
	switch {
	case method == "GET" || method == "HEAD" || method == "POST":
		return true
	case s.any:
		return len(method) <= maxMethod && validToken(method) && !forbiddenMethod(method)
	}
	_, found := slices.BinarySearch(s.names, method)
	return found
}

// headerSet is Config.AllowHeaders, compiled.
type headerSet struct {
	names         []string // sorted, in lower case; without "*"
	any           bool
	authorization bool // Authorization is allowed
}

// check finds the first thing that stands against the value of an
// Access-Control-Request-Headers header (Fetch, "CORS-preflight fetch", steps 7.8
// and 7.9). A browser's value is sorted and in lower case, without spaces, so the
// policy's list is walked along it; names in another order or form, which only
// intermediaries and people write, are looked up one by one.
func (s *headerSet) check(value string) Reason {
	if len(value) > maxList {
		return HeadersTooLong
	}
	next := 0 // s.names before this one are less than what was read
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
		if next < len(s.names) && s.names[next] == name {
			continue
		}
		if reason := s.checkName(name); reason != Allowed {
			return reason
		}
	}
	return Allowed
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

// checkName finds what stands against one name, which is not empty.
func (s *headerSet) checkName(name string) Reason {
	switch {
	case s.has(name):
		return Allowed
	case !validToken(name):
		return HeaderMalformed
	case s.any && (s.authorization || !equalFoldASCII(name, "authorization")):
		return Allowed
	}
	return HeaderNotAllowed
}

// has reports whether the list has name, in any case.
func (s *headerSet) has(name string) bool {
	_, found := slices.BinarySearchFunc(s.names, name, func(listed, name string) int {
		for i := range min(len(listed), len(name)) {
			if c := int(listed[i]) - int(lowerASCII(name[i])); c != 0 {
				return c
			}
		}
		return len(listed) - len(name)
	})
	return found
}

// firstRefused returns the first name in value that stands against it, or the
// first of all if each would be allowed by itself.
func (s *headerSet) firstRefused(value string) string {
	first := ""
	for name := range strings.SplitSeq(value, ",") {
		if name = trimOWS(name); name == "" {
			continue
		}
		if s.check(name) != Allowed {
			return name
		}
		if first == "" {
			first = name
		}
	}
	return first
}
