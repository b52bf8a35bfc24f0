package diagnosis

import (
	"slices"
	"strings"
)

// Action is what to do with a change's code.
type Action string

// The actions.
const (
	Settings Action = "put this in the place of the CORS settings"
	First    Action = "put this before everything else: before authentication, routes and redirects"
	Status   Action = "put this in the place of the redirect"
	Remove   Action = "remove the second layer: keep one of the two"
	Ask      Action = "let the script ask for this URL"
	Cookie   Action = "set the cookie like this"
)

// Change is what to change in one system.
type Change struct {
	System string `json:"system"` // "Express", "nginx", …
	Action Action `json:"action"`
	Code   string `json:"code"`
}

// Systems returns the names of the systems that changes are known for, in their order.
func Systems() []string {
	var names []string
	for _, s := range systems() {
		names = append(names, s.name)
	}
	return names
}

// system knows how one system spells things. Each function returns code.
type system struct {
	name     string
	settings func(Asked) string
	first    func(Asked) string // where it is not the settings
	login    string             // a 401 in place of a redirect
	once     string             // how to keep one of two layers
	cookie   string             // a cookie that other sites' pages send
}

func changes(kind Kind, a Asked) []Change {
	if !harmless(a) {
		return nil // no code is made of what a language could read
	}
	var all []Change
	for _, s := range systems() {
		add := func(action Action, code string) {
			if code != "" {
				all = append(all, Change{s.name, action, code})
			}
		}
		first := s.first
		if first == nil {
			first = s.settings
		}
		switch kind {
		case OriginNotListed, OriginMisspelt, NoCORS, MethodNotListed, HeaderNotListed, ListMalformed,
			WildcardWithCredentials, CredentialsNotAllowed, CacheWithoutVary, OpaqueOrigin:
			add(Settings, s.settings(a))
		case PreflightUnanswered, AuthenticationFirst, ServerFailed, ResponseNotCovered:
			add(First, first(a))
		case RedirectToLogin:
			add(First, first(a))
			add(Status, s.login)
		case TwoLayers:
			add(Remove, s.once)
		case CookiesKept:
			add(Cookie, s.cookie)
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
