package diagnose

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/origin"
)

// Split splits a string that holds several elements by mistake.
func Split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;| \t\r\n", r) })
}

// Quoted returns the first four elements of list in quotes, and … for the rest.
func Quoted(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if len(out) == 4 {
			return append(out, "…")
		}
		out = append(out, strconv.Quote(s))
	}
	return out
}

// isList reports whether s holds several origins, as an environment variable may.
func isList(s string) bool {
	return len(Split(s)) > 1 && (strings.Count(s, "://") > 1 || strings.ContainsAny(s, ",;"))
}

// Elements returns the elements of a list, without their quotation marks.
func Elements(s string) []string {
	parts := Split(s)
	for i, part := range parts {
		parts[i] = strings.Trim(part, "\"'`[]")
		if strings.Contains(parts[i], "[") { // that of an IPv6 address
			parts[i] = strings.Trim(part, "\"'`")
		}
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// isDoubtful reports whether the elements of a list may be parts of one element: of
// https://a,b.example.com, or of a query.
func isDoubtful(parts []string) bool {
	bare, short := false, false
	for _, part := range parts {
		if strings.ContainsAny(part, "?#") {
			return true
		}
		if !strings.Contains(part, "://") {
			bare = true
			continue
		}
		host, _, _ := splitAuthority("x://" + authority(part))
		short = short || !strings.ContainsAny(host, ".[*") && !origin.HostIsLoopback(ascii.ToLower(host))
	}
	return bare && short
}

// several reports more than one origin in a string.
func several(s string) string {
	return when(isList(s), "one element names one origin"+when(Repair(s) == nil, "; write each as an element of its own"))
}

// alternatives reports a string that means several origins in another notation.
func alternatives(s string) string {
	_, many := expand(s)
	return when(many && !isRegexp(s), "braces, parentheses and lists of ports are not expanded: one element names one origin")
}

// wrappings are the pairs of marks that people put around an origin.
var wrappings = [][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"‘", "’"}, {"«", "»"}, {"<", ">"}, {"[", "]"}}

// isBlank reports whether r is white space, or a character that nobody sees: a byte order
// mark, a space without width, or a mark of the direction of writing.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\ufeff\u200b\u2060\u200e\u200f", r)
}

// unwrap removes white space, quotation marks and brackets around s, and commas after it.
func unwrap(s string) string {
	for range 4 {
		s = strings.TrimFunc(s, isBlank)
		if strings.HasPrefix(s, `["`) || strings.HasPrefix(s, `['`) { // of JSON, which may have been split
			s = s[1:]
		}
		if strings.HasSuffix(s, `"]`) || strings.HasSuffix(s, `']`) {
			s = s[:len(s)-1]
		}
		if cut := strings.TrimRight(s, ",;"); cut != "" {
			s = strings.TrimFunc(cut, isBlank)
		}
		for _, w := range wrappings {
			inner, left := strings.CutPrefix(s, w[0])
			inner, right := strings.CutSuffix(inner, w[1])
			// In "a", "b" the outer marks are not a pair; the brackets of [::1] stay.
			if left && right && inner != "" && !strings.Contains(inner, w[0]) && (w[0] != "[" || !isAddress(inner)) {
				s = inner
				break
			}
		}
	}
	return s
}

// isAddress reports whether s, the text between brackets, is meant as an IPv6 address.
func isAddress(s string) bool {
	return strings.Contains(s, ":") && !strings.Contains(s, "://") && !strings.ContainsAny(s, "\"'`,")
}

// IsVariable reports whether s has the name of a variable that nothing has replaced, in the
// notation of a shell, Make, Helm, Jinja, ERB, Ruby or Windows, or in that of a manual:
// <host>.
func IsVariable(s string) bool {
	for _, opening := range []string{"${", "$(", "{{", "#{", "%{", "<%"} {
		if strings.Contains(s, opening) {
			return true
		}
	}
	for i := range max(len(s)-1, 0) {
		if s[i] == '$' && (s[i+1] == '_' || isLetter(s[i+1])) {
			return true
		}
	}
	if _, after, found := strings.Cut(s, "<"); found {
		name, _, closed := strings.Cut(after, ">")
		return closed && name != "" && !strings.ContainsAny(name, ".:/*")
	}
	_, after, _ := strings.Cut(s, "%")
	name, _, closed := strings.Cut(after, "%")
	// Two bytes may be a percent-encoded character.
	return closed && len(name) > 2 && isLetter(name[0]) && ascii.All(name, ascii.Label|ascii.Opaque)
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// isRegexp reports whether s has the signs of a regular expression.
func isRegexp(s string) bool {
	return strings.Contains(s, `\`) || strings.HasPrefix(s, "^") || strings.HasSuffix(s, "$")
}

// literal returns what s matches if it is a regular expression that matches one text, or
// alternatives, and s itself if it is not an expression.
func literal(s string) (string, bool) {
	if !isRegexp(s) {
		return s, true
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "^"), "$")
	s = strings.NewReplacer(`\.`, ".", `\/`, "/", `\-`, "-", "(?:", "(").Replace(s)
	return s, !strings.ContainsAny(s, `\^$?*+[]`)
}

// expand returns the origins that s stands for if it has alternatives in braces or
// parentheses, or a list of ports: https://{a,b}.example, https://a.example:80,81.
func expand(s string) (all []string, many bool) {
	if len(s) > maxSpec {
		return nil, false
	}
	all = []string{s}
	for {
		_, choices, _, found := cutChoices(all[0])
		if !found {
			return all, many
		}
		if len(all)*len(choices) > maxRepaired {
			return nil, false
		}
		many = true
		next := make([]string, 0, len(all)*len(choices))
		for _, one := range all {
			// All have their choices in the same order, though not at the same place.
			before, choices, after, found := cutChoices(one)
			if !found {
				return nil, false
			}
			for _, choice := range choices {
				next = append(next, before+strings.TrimSpace(choice)+after)
			}
		}
		all = next
	}
}

// cutChoices finds the first alternatives in s.
func cutChoices(s string) (before string, choices []string, after string, found bool) {
	if open := strings.IndexAny(s, "{("); open >= 0 {
		mark, separators := "}", ",|"
		if s[open] == '(' {
			mark, separators = ")", "|"
		}
		inner, after, closed := strings.Cut(s[open+1:], mark)
		if closed && strings.ContainsAny(inner, separators) && !strings.ContainsAny(inner, "{}()") {
			if s[open] == '{' {
				inner = strings.ReplaceAll(inner, "|", ",")
			}
			return s[:open], strings.Split(inner, separators[:1]), after, true
		}
		return "", nil, "", false
	}
	_, rest, found := strings.Cut(s, "://")
	colon := strings.LastIndexByte(rest, ':')
	if !found || colon < 0 {
		return "", nil, "", false
	}
	ports := strings.TrimSuffix(strings.TrimPrefix(rest[colon+1:], "["), "]")
	choices = strings.Split(strings.ReplaceAll(ports, "|", ","), ",")
	if len(choices) < 2 || strings.Trim(ports, "0123456789,| ") != "" {
		return "", nil, "", false
	}
	return s[:len(s)-len(rest)+colon+1], choices, "", true
}

// Tokens returns the methods or header names that s, which is not a token, may stand
// for, or nil.
func Tokens(s string) []string {
	if len(s) > maxSpec/2 || IsVariable(s) {
		return nil
	}
	parts := Split(unwrap(s))
	for i, part := range parts {
		part = strings.Trim(part, "\"'`[]")
		if len(parts) == 1 {
			part = strings.TrimSuffix(part, ":")
		}
		if parts[i] = part; !ascii.IsToken(part) {
			return nil
		}
	}
	return parts
}

// InertToken says what is wrong with a token that no script uses as a method or header
// name, or returns "". HTTP lets tokens have these characters.
func InertToken(s string) string {
	switch {
	case s == "*":
		return ""
	case strings.ContainsAny(s, "'`"):
		return "quotation marks are read as part of the name, which no script uses"
	case strings.Contains(s, "|"):
		return "this is read as one name, which no script uses"
	case strings.Contains(s, "*"):
		return "this is read as one name, which no script uses: * is a wildcard only where it stands alone; list the names"
	case strings.ContainsAny(s, "$%"):
		return "this is read as a name, which no script uses; is a variable not replaced?"
	}
	return ""
}
