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

	// Line is the part of Code that cures the cause. Look for it in existing settings.
	Line string `json:"line"`
}

// Systems returns the names of the systems that Changes knows, in the order of its results.
func Systems() []string {
	var names []string
	for _, s := range systems() {
		names = append(names, s.name)
	}
	return names
}

// system knows the syntax of one system.
type system struct {
	name   string
	lines  func(Asked) settings
	whole  func(Asked, settings) string // the settings as one piece of code
	first  func(Asked, settings) string // the same, with code that must come first, if there is any
	login  string                       // code that answers 401 in place of a redirect
	once   string                       // how to remove one of two layers
	cookie string                       // how to set a cookie that pages of other sites send
}

// settings are the settings of one system, one by one.
type settings struct {
	origin, methods, headers, credentials, vary string

	place string // where the settings go
}

// of returns the lines that cure a cause.
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
		return nil // do not generate code with text that a language could interpret
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

// harmless reports whether origin, method and names contain no character that has a meaning
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

// methods returns the methods that the settings must list. It includes the methods that
// need no preflight, because many systems require them in the list.
func (a Asked) methods() []string {
	list := []string{"GET", "POST"}
	if a.Method != "" && !slices.Contains(list, a.Method) {
		list = append(list, a.Method)
	}
	return list
}
