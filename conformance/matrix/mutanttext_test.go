package matrix

import (
	"regexp"
	"strings"
)

// base returns the pattern's host without scheme, wildcard and port.
func base(pattern string) string {
	_, rest, found := strings.Cut(pattern, "://")
	if !found {
		rest = pattern
	}
	if at := strings.LastIndexByte(rest, ':'); at > strings.LastIndexByte(rest, ']') {
		rest = rest[:at]
	}
	if at := strings.LastIndexByte(rest, '*'); at >= 0 {
		_, rest, _ = strings.Cut(rest[at:], ".")
	}
	return strings.Trim(rest, "[]")
}

// wild reports whether a pattern's host has a wildcard.
func wild(pattern string) bool { return strings.Contains(withoutAnyPort(pattern), "*") }

func withoutAnyPort(pattern string) string { return strings.TrimSuffix(pattern, ":*") }

// glob compares the text around the star, and ignores what the star matches.
func glob(pattern, origin string) bool {
	before, after, found := strings.Cut(withoutAnyPort(pattern), "*")
	return pattern == origin || found && strings.HasPrefix(origin, before) && strings.HasSuffix(origin, after)
}

// textMutants compare origins as plain strings.
func textMutants() map[string]matcher {
	return map[string]matcher{
		"prefix": each(func(p, o string) bool {
			return strings.HasPrefix(o, strings.Replace(withoutAnyPort(p), "*.", "", 1))
		}),
		"suffix-host":   each(func(p, o string) bool { return strings.HasSuffix(o, base(p)) }),
		"contains-host": each(func(p, o string) bool { return strings.Contains(o, base(p)) }),
		"contains-localhost": each(func(p, o string) bool {
			return p == o || strings.Contains(p, "localhost") && strings.Contains(o, "localhost")
		}),
		"suffix-any-scheme": each(func(p, o string) bool { return p == o || wild(p) && strings.HasSuffix(o, base(p)) }),
		"suffix-without-dot": each(func(p, o string) bool {
			scheme, _, _ := strings.Cut(p, "*")
			return p == o || wild(p) && strings.HasPrefix(o, scheme) && strings.HasSuffix(o, base(p))
		}),
		"glob-prefix+suffix": each(glob),
		"includes-apex":      each(func(p, o string) bool { return p == o || strings.Replace(p, "*.", "", 1) == o }),
		"host+port(ignores scheme)": each(func(p, o string) bool {
			_, p, _ = strings.Cut(p, "://")
			_, o, _ = strings.Cut(o, "://")
			return p == o
		}),
		"null-as-no-origin/echo":      each(func(p, o string) bool { return p == o || o == "null" }),
		"null-case-insensitive":       each(func(p, o string) bool { return p == o || o != "null" && strings.EqualFold(o, "null") }),
		"empty-origin-as-same-origin": each(func(p, o string) bool { return p == o || o == "" }),
		"strip-brackets":              each(func(p, o string) bool { return stripBrackets(p) == stripBrackets(o) }),
		"strip-brackets+glob":         each(func(p, o string) bool { return glob(p, stripBrackets(o)) }),
		"origin-as-pattern": each(func(p, o string) bool {
			return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(o), `\*`, ".*") + "$").MatchString(p)
		}),
		"origin-as-regex": each(func(p, o string) bool {
			re, err := regexp.Compile(o)
			return err == nil && re.MatchString(p)
		}),
	}
}

func stripBrackets(s string) string { return strings.NewReplacer("[", "", "]", "").Replace(s) }

// matches makes a matcher that compiles a pattern to a regular expression.
func matches(compile func(pattern string) string) matcher {
	return each(func(p, o string) bool { return regexp.MustCompile("(?s)" + compile(p)).MatchString(o) })
}

func star(quoted string) string { return strings.ReplaceAll(quoted, `\*`, ".*") }

// regexMutants are regular expressions that lack an anchor or a backslash.
func regexMutants() map[string]matcher {
	escaped := func(p string) string { return star(regexp.QuoteMeta(p)) }
	unescaped := func(p string) string { return strings.ReplaceAll(p, "*", ".*") }
	return map[string]matcher{
		"host-regex-unescaped":       matches(func(p string) string { return unescapedHost(p) }),
		"regex-unescaped-unanchored": matches(unescaped),
		"regex-escaped-unanchored":   matches(escaped),
		"regex-unescaped-anchored":   matches(func(p string) string { return "^" + unescaped(p) + "$" }),
		"scheme-s?-regex": matches(func(p string) string {
			_, rest, _ := strings.Cut(p, "://")
			return "^https?://" + escaped(rest) + "$"
		}),
		"stop-at-non-word": matches(func(p string) string { return "^" + escaped(p) + `(\b|\W)` }),
		// For this matcher, the characters that browsers of 2018 and earlier allowed in a host
		// end the host.
		"stop-at-non-LDH": matches(func(p string) string { return "^" + escaped(p) + `(\.?[^a-zA-Z0-9.-]|\.-|$)` }),
		"[^/]-host-regex": matches(func(p string) string {
			return "^" + strings.ReplaceAll(regexp.QuoteMeta(withoutAnyPort(p)), `\*`, "[^/]*") + `(:\d+)?$`
		}),
		"port-regex-.*":   matches(func(p string) string { return anyPortRegex(p, ":.*") }),
		"port-regex-\\d*": matches(func(p string) string { return anyPortRegex(p, `:\p{Nd}*`) }),
	}
}

// unescapedHost returns the pattern's host unchanged, including brackets.
func unescapedHost(p string) string {
	if strings.Contains(p, "[") {
		return "[" + base(p) + "]"
	}
	return base(p)
}

func anyPortRegex(p, port string) string {
	rest, found := strings.CutSuffix(p, ":*")
	if found {
		port = "(" + port + ")?"
	} else {
		port = ""
	}
	return "^" + star(regexp.QuoteMeta(rest)) + port + "$"
}
