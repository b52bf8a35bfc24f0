package diagnosis

import (
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// Action is what to do with a change's code.
type Action string

// The actions.
const (
	Settings Action = "replace the CORS settings with this"
	First    Action = "put this first: before authentication, redirects and routes"
	Status   Action = "replace the redirect with this"
	Remove   Action = "keep one of the two that send CORS headers"
	Ask      Action = "change the script: request this URL"
	Cookie   Action = "set the cookie like this"
)

// Change is what to change in one system.
type Change struct {
	System string `json:"system"` // "Express", "nginx", …
	Action Action `json:"action"`
	Code   string `json:"code"`

	// Line is the part of Code that makes the difference: what to look for in settings
	// that are there already.
	Line string `json:"line"`
}

// Systems returns the names of the systems that changes are known for, in their order.
func Systems() []string {
	var names []string
	for _, s := range systems() {
		names = append(names, s.name)
	}
	return names
}

// system knows how one system spells things.
type system struct {
	name   string
	lines  func(Asked) settings
	whole  func(Asked, settings) string // the settings as one piece of code
	first  func(Asked, settings) string // the same with what has to come first, where that is more
	login  string                       // a 401 in place of a redirect
	once   string                       // how to keep one of two layers
	cookie string                       // a cookie that other sites' pages send
}

// settings are those of one system, each by itself.
type settings struct {
	origin, methods, headers, credentials, vary string

	place string // where the settings go
}

// of joins the lines that cure a cause.
func (l settings) of(kind Kind, a Asked) string {
	var needed []string
	switch kind { //nolint:exhaustive // settings cure no other
	case WildcardWithCredentials:
		needed = []string{l.origin, l.credentials}
	case CredentialsNotAllowed:
		needed = []string{l.credentials}
	case MethodNotListed:
		needed = []string{l.methods}
	case HeaderNotListed:
		needed = []string{l.headers}
	case ListMalformed:
		if !browser.SafelistedMethod(a.Method) {
			needed = append(needed, l.methods)
		}
		if len(a.Headers) > 0 {
			needed = append(needed, l.headers)
		}
	case CacheWithoutVary:
		needed = []string{l.vary}
	default:
		needed = []string{l.origin}
	}
	return strings.Join(needed, "\n")
}

func changes(kind Kind, a Asked) []Change {
	if !harmless(a) {
		return nil // no code is made of what a language could read
	}
	var all []Change
	for _, s := range systems() {
		l := s.lines(a)
		add := func(action Action, code, line string) {
			all = append(all, Change{s.name, action, code, line})
		}
		first := s.first
		if first == nil {
			first = s.whole
		}
		switch kind { //nolint:exhaustive // no server's code cures the others
		case OriginNotListed, OriginMisspelt, NoCORS, MethodNotListed, HeaderNotListed, ListMalformed,
			WildcardWithCredentials, CredentialsNotAllowed, CacheWithoutVary, OpaqueOrigin:
			add(Settings, s.whole(a, l), l.of(kind, a))
		case PreflightUnanswered, AuthenticationFirst, ServerFailed, ResponseNotCovered:
			add(First, first(a, l), l.place)
		case RedirectToLogin:
			add(First, first(a, l), l.place)
			add(Status, s.login, s.login)
		case TwoLayers:
			add(Remove, s.once, s.once)
		case CookiesKept:
			add(Cookie, s.cookie, s.cookie)
		}
	}
	return all
}

// harmless reports whether origin, method and names hold no byte that means something
// between the quotes of any system's language.
func harmless(a Asked) bool {
	for _, value := range append([]string{a.Origin, a.Method}, a.Headers...) {
		for i := range len(value) {
			c := value[i]
			letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
			if !letter && strings.IndexByte("-._~:/[]+", c) < 0 {
				return false
			}
		}
	}
	return true
}

// joined writes names as a header's list.
func joined(names []string) string { return strings.Join(names, ", ") }

// quotedList writes names between quotes, with commas between them.
func quotedList(names []string, quote string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote + name + quote)
	}
	return b.String()
}

// methods are those that settings for a request list: its own, and those that need no
// list, which many systems want all the same.
func (a Asked) methods() []string {
	list := []string{"GET", "POST"}
	if a.Method != "" && !slices.Contains(list, a.Method) {
		list = append(list, a.Method)
	}
	return list
}
