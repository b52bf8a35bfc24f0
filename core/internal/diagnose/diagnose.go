// Package diagnose says what is wrong with the spelling of an element of a configuration,
// and what the right spelling is. Package origin decides what is well-formed.
package diagnose

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/origin"
)

// Problem is what is wrong with an element of AllowOrigins.
type Problem struct {
	Code string // of cors.ConfigError
	Hint string // what is wrong; without Repair and Advice, also what to do instead

	// Repair holds the right spellings, or nothing if there is doubt. Each has the same
	// registrable name, scheme and port, and no new "*".
	Repair []string

	// Advice is set only if Repair is empty. It holds what was probably meant: it differs
	// in the scheme and is never wider.
	Advice []string
}

// Origin says what is wrong with spec. origin.ParsePattern must have refused it.
func Origin(spec string) Problem {
	p := Problem{Code: "origin-syntax", Hint: "this is not an origin, as browsers write one"}
	if code, hint := first(spec); hint != "" {
		p.Code, p.Hint = code, hint
	}
	if p.Repair = repair(spec, false); p.Repair == nil {
		p.Advice = repair(spec, true)
	}
	if len(p.Repair)+len(p.Advice) == 0 && len(spec) <= maxSpec {
		p.Code, p.Hint = withoutRepair(spec, p.Code, p.Hint)
	}
	return p
}

// first finds the first mistake in spec.
func first(spec string) (code, hint string) {
	for _, m := range mistakes {
		if hint := m.check(spec); hint != "" {
			return m.code, hint
		}
	}
	return "", ""
}

// withoutRepair looks for the mistake because of which spec has no Repair: the first one
// that remains when those before it are repaired. If there is none, it returns code and
// hint.
func withoutRepair(spec, code, hint string) (string, string) {
	tidy, next := spec, code
	for range 8 {
		tidied := tidy
		switch next {
		case "origin-quotes":
			tidied = unwrap(tidy)
		case "origin-path", "origin-userinfo":
			scheme, _, _ := strings.Cut(tidy, "://")
			part := authority(tidy)
			tidied = scheme + "://" + part[strings.LastIndexByte(part, '@')+1:]
		case "origin-case":
			tidied = ascii.ToLower(tidy)
		case "origin-port":
			if host, port, _ := splitAuthority(tidy); origin.ParsePort(port) != 0 {
				scheme, _, _ := strings.Cut(tidy, "://")
				tidied = scheme + "://" + host
			}
		}
		if tidied == tidy {
			break
		}
		var found string
		if next, found = first(tidied); found == "" {
			break
		}
		tidy, code, hint = tidied, next, found
	}
	return code, hint
}

// Write says what to write in place of an element, for a hint.
func Write(fixed []string) string {
	switch len(fixed) {
	case 0:
		return ""
	case 1:
		return "; write " + strconv.Quote(fixed[0])
	}
	return "; write each as an element of its own: " + strings.Join(Quoted(fixed), ", ")
}

// mistakes lists the common mistakes in an origin. The order matters: later checks would
// misread what earlier checks find. A check returns "" if it does not apply.
var mistakes = []struct {
	code  string
	check func(spec string) string
}{
	{"origin-empty", func(s string) string {
		return when(s == "", `an empty string is not an origin; is a variable unset? Remove it, or write an origin such as "https://app.example.com"`)
	}},
	{"origin-variable", func(s string) string {
		return when(IsVariable(s), "this is a placeholder and not an origin; is a variable not replaced?")
	}},
	{"origin-quotes", func(s string) string {
		return when(unwrap(s) != strings.TrimFunc(s, isBlank), "quotation marks, brackets and final commas are not part of an origin")
	}},
	{"origin-scheme", func(s string) string { return schemeProblem(opaqueScheme(s)) }},
	{"origin-ip", addressRange},
	{"origin-list", alternatives},
	{"origin-list", several},
	{"origin-space", func(s string) string {
		return when(strings.ContainsFunc(s, func(r rune) bool { return isBlank(r) || unicode.IsControl(r) }), "an origin has no white space, control characters or invisible characters")
	}},
	{"origin-regexp", func(s string) string {
		return when(strings.ContainsAny(s, `^$|()\{}+`) && !strings.Contains(s, ":+") || strings.HasPrefix(s, ".*"),
			`patterns are not regular expressions; list each origin, or use a pattern for subdomains such as "https://*.example.com"`)
	}},
	{"wildcard-everything", func(s string) string {
		scheme, _, found := strings.Cut(s, "://")
		host, _, _ := splitAuthority(s)
		return when(found && strings.Contains(host, "*") && strings.Trim(host, "*./") == "",
			when(origin.ValidScheme(scheme) && !origin.IsWeb(scheme), "every origin of a scheme is written with one *")+
				when(!origin.ValidScheme(scheme) || origin.IsWeb(scheme), `this would match the whole web; name a domain, as in "https://*.example.com" ("*" alone means any origin)`))
	}},
	{"origin-no-scheme", func(s string) string {
		return when(!strings.Contains(s, "://"), `an origin begins with its scheme and "://"`+
			when(strings.HasPrefix(s, "."), `, and a dot before a name does not mean subdomains; for those write a pattern such as "https://*.example.com"`))
	}},
	{"wildcard-scheme", func(s string) string {
		scheme, _, _ := strings.Cut(s, "://")
		return when(strings.Contains(scheme, "*"), "a wildcard cannot stand for a scheme, because it would include http; list the schemes one by one")
	}},
	{"origin-scheme", func(s string) string {
		scheme, _, _ := strings.Cut(s, "://")
		lower := ascii.ToLower(scheme)
		if hint := schemeProblem(lower); hint != "" {
			return hint
		}
		return when(!origin.ValidScheme(lower), "a scheme is a letter followed by letters, digits, +, - or ., 64 bytes at most")
	}},
	{"origin-userinfo", func(s string) string {
		return when(strings.Contains(authority(s), "@"), "an origin has no user name or password")
	}},
	{"origin-query", func(s string) string {
		_, rest, _ := strings.Cut(s, "://")
		if after, found := strings.CutPrefix(rest[len(authority(s)):], "?"); found && !isQuery(after) {
			return "? is not a wildcard; list each origin"
		}
		return when(strings.ContainsAny(s, "?#"), "an origin has no query or fragment")
	}},
	{"origin-path", func(s string) string {
		_, rest, _ := strings.Cut(s, "://")
		return when(strings.LastIndexByte(rest, '/') > 0, "an origin has no path")
	}},
	{"wildcard-count", func(s string) string {
		host, _, _ := splitAuthority(s)
		return when(strings.Count(host, "*") > 1, `a host has one * at most; "https://*.example.com" covers any number of labels`)
	}},
	{"wildcard-port", func(s string) string {
		host, port, _ := splitAuthority(s)
		scheme, _, _ := strings.Cut(s, "://")
		if host == "*" && port == "*" && !origin.IsWeb(scheme) {
			return "every origin of a scheme is written without a port"
		}
		return when(port != "*" && strings.Contains(port, "*"), `a port is a number or a single *: ":*" means any port or none`)
	}},
	{"origin-port", portProblem},
	{"origin-case", caseProblem},
	{"origin-host", opaqueProblem},
	{"wildcard-place", func(s string) string {
		host, _, _ := splitAuthority(s)
		return when(strings.HasPrefix(host, "[*.]"), `a wildcard is written without brackets, as in "https://*.example.com", and does not include the domain itself`)
	}},
	{"origin-ip", ipProblem},
	{"origin-idn", idnProblem},
	{"wildcard-place", wildcardProblem},
	{"origin-host", hostProblem},
}

func when(applies bool, hint string) string {
	if applies {
		return hint
	}
	return ""
}
