// Package diagnose says what is wrong with the spelling of an element of a
// configuration, and how to write it right. Package origin says what is well-formed.
package diagnose

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/origin"
)

// Problem is what is wrong with an element of AllowOrigins: a code and a hint of
// cors.ConfigError.
type Problem struct{ Code, Hint string }

// Origin says what is wrong with spec, which origin.ParsePattern refused. Its hint
// holds a corrected spelling wherever there is one that compiles.
func Origin(spec string) Problem {
	for _, m := range mistakes {
		if hint := m.check(spec); hint != "" {
			return Problem{m.code, hint + Suggestion(spec)}
		}
	}
	return Problem{"origin-syntax", "no browser sends such an origin" + Suggestion(spec)}
}

// mistakes are the ways to write an origin wrong, those first that make sense of
// what follows. A check returns "" where it does not apply.
var mistakes = []struct {
	code  string
	check func(spec string) string
}{
	{"origin-empty", func(s string) string {
		return when(s == "", `an empty string is no origin; remove it, or write an origin such as "https://app.example.com"`)
	}},
	{"origin-scheme", func(s string) string { return schemeProblem(opaqueScheme(s)) }},
	{"origin-list", several},
	{"origin-space", func(s string) string {
		return when(strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), "an origin holds no white space or control characters")
	}},
	{"origin-regexp", func(s string) string {
		return when(strings.ContainsAny(s, `^$|()\{}+`) && !strings.Contains(s, ":+") || strings.HasPrefix(s, ".*"),
			`patterns are not regular expressions: list each origin, or write "https://*.example.com" for the subdomains of a domain`)
	}},
	{"wildcard-everything", func(s string) string {
		host, _, _ := splitAuthority(s)
		return when(strings.Contains(s, "://") && strings.Contains(host, "*") && strings.Trim(host, "*./") == "",
			`this would match the origins of the whole web; write "*" if that is meant, or name a domain: "https://*.example.com"`)
	}},
	{"origin-no-scheme", func(s string) string {
		return when(!strings.Contains(s, "://"), "an origin begins with its scheme")
	}},
	{"wildcard-scheme", func(s string) string {
		scheme, _, _ := strings.Cut(s, "://")
		return when(strings.Contains(scheme, "*"), "a wildcard cannot stand for a scheme, since http would be one; list the schemes one by one")
	}},
	{"origin-scheme", func(s string) string {
		scheme, _, _ := strings.Cut(s, "://")
		lower := strings.ToLower(scheme)
		if hint := schemeProblem(lower); hint != "" {
			return hint
		}
		return when(!origin.ValidScheme(lower), "a scheme is a letter followed by letters, digits, +, - or ., 64 bytes at most")
	}},
	{"origin-userinfo", func(s string) string {
		return when(strings.Contains(s, "@"), "an origin has no user name or password")
	}},
	{"origin-query", func(s string) string {
		return when(strings.ContainsAny(s, "?#"), "an origin has no query or fragment")
	}},
	{"origin-path", func(s string) string {
		_, rest, _ := strings.Cut(s, "://")
		return when(strings.Contains(rest, "/"), "an origin has no path")
	}},
	{"wildcard-count", func(s string) string {
		host, _, _ := splitAuthority(s)
		return when(strings.Count(host, "*") > 1, `a host has one * at most; "https://*.example.com" covers any number of labels`)
	}},
	{"wildcard-port", func(s string) string {
		_, port, _ := splitAuthority(s)
		return when(port != "*" && strings.Contains(port, "*"), `in a port, * stands alone: ":*" means any port or none`)
	}},
	{"origin-port", portProblem},
	{"origin-case", func(s string) string {
		return when(s != ascii.ToLower(s), "browsers send scheme and host in lower case")
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

// Suggestion returns `; write "…"` with spec repaired, or "" if it cannot be.
func Suggestion(spec string) string {
	if fixed := repair(spec); fixed != spec {
		if _, ok := origin.ParsePattern(fixed); ok || fixed == "*" {
			return "; write " + strconv.Quote(fixed)
		}
	}
	return ""
}

// repair writes spec as its author will have meant it.
func repair(spec string) string {
	s := strings.TrimSpace(spec)
	if s == "*" || strings.EqualFold(s, "null") {
		return s
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		scheme, rest = repairScheme(s)
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "*", "wss", "http*", "http(s)", "https?", "htps", "htpps", "hhtps", "httpss":
		scheme = "https"
	case "ws":
		scheme = "http"
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	host, port, hasPort := splitAuthority("x://" + rest)
	host = repairWildcard(strings.ToLower(host))
	if n, err := strconv.ParseUint(strings.TrimPrefix(port, "+"), 10, 16); err == nil {
		port = strconv.FormatUint(n, 10)
		hasPort = int(n) != origin.DefaultPort(scheme)
	}
	if hasPort && port != "" {
		host += ":" + port
	}
	return scheme + "://" + host
}

// repairScheme finds the scheme of s, which has no "://".
func repairScheme(s string) (scheme, rest string) {
	for _, scheme := range []string{"https", "http"} {
		if rest, found := strings.CutPrefix(strings.ToLower(s), scheme); found && strings.HasPrefix(strings.TrimLeft(rest, ":"), "/") || strings.HasPrefix(rest, ":") {
			return scheme, strings.TrimLeft(rest, ":/")
		}
	}
	rest = strings.TrimLeft(s, "/")
	if host, _, _ := splitAuthority("x://" + rest); origin.HostIsLoopback(strings.ToLower(host)) {
		return "http", rest
	}
	return "https", rest
}

// repairWildcard repairs host, in which a wildcard may lack its dot.
func repairWildcard(host string) string {
	label, parent, _ := strings.Cut(host, ".")
	name, star := strings.CutPrefix(host, "*")
	switch {
	case label == "": // ".example.com", as in cookies
		return "*." + repairHost(parent)
	case star && label != "*" && !strings.HasPrefix(name, "-") && !strings.Contains(parent, "."):
		return "*." + repairHost(name)
	case label == "*":
		return "*." + repairHost(parent)
	}
	return repairHost(host)
}

// repairHost writes host as the URL standard's host serializer would.
func repairHost(host string) string {
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && addr.Is6() {
		if addr.Zone() != "" {
			return host // without its zone it is another address
		}
		return string(origin.AppendIPv6(nil, addr))
	}
	if unescaped, err := url.PathUnescape(host); err == nil {
		host = unescaped
	}
	if ascii, err := origin.ToASCII(host); err == nil {
		host = ascii
	}
	if origin.EndsInNumber(host) {
		if addr, ok := parseIPv4(host); ok {
			return addr
		}
	}
	return host
}

// parseIPv4 reads the older forms of IPv4 addresses that URLs admit, such as
// 127.1 and 0x7f000001 (URL, "IPv4 parser").
func parseIPv4(host string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return "", false
	}
	var addr uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 0, 32) // 0x is hexadecimal, a leading 0 octal
		last := i == len(parts)-1
		if err != nil || !last && n > 255 || last && n >= 1<<(8*(5-len(parts))) {
			return "", false
		}
		if last {
			addr += n
		} else {
			addr += n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String(), true
}

// splitAuthority returns the host and port of spec as far as they can be made out.
func splitAuthority(spec string) (host, port string, hasPort bool) {
	_, rest, _ := strings.Cut(spec, "://")
	colon := strings.LastIndexByte(rest, ':')
	if colon < 0 || strings.HasPrefix(rest, "[") && !strings.Contains(rest[:colon], "]") {
		return rest, "", false
	}
	host, port = rest[:colon], rest[colon+1:]
	if _, err := netip.ParseAddr(rest); err == nil { // an IPv6 address without brackets
		// "::1:3000" is one too, but its author will have meant a port.
		if _, err := netip.ParseAddr(host); err != nil || len(port) < 4 || origin.ParsePort(port) == 0 {
			return rest, "", false
		}
	}
	return host, port, true
}
