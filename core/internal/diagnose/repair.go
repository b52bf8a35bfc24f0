package diagnose

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/origin"
)

// maxRepaired bounds the number of spellings that a repair returns, and maxSpec the length
// of a text that is repaired.
const (
	maxRepaired = 64
	maxSpec     = 8 << 10
)

// fullStops separate labels (UTS #46, section 4).
const fullStops = ".\u3002\uff0e\uff61"

// Repair returns the right spellings of spec, which is not well-formed, or nil.
func Repair(spec string) []string { return repair(spec, false) }

// repair returns the right spellings of spec. loosely says that it may change the scheme:
// http for ws. It returns nil in doubt, because a program may apply the result without
// anyone reading it.
func repair(spec string, loosely bool) []string {
	if len(spec) > maxSpec || addressRange(spec) != "" || IsVariable(spec) {
		return nil
	}
	s, ok := literal(unwrap(spec))
	if !ok {
		return nil
	}
	parts := []string{s}
	if all, many := expand(s); many {
		parts = all
	} else if isList(s) {
		if parts = Elements(s); isDoubtful(parts) {
			return nil
		}
	}
	var fixed []string
	for _, part := range parts {
		one := unwrap(part)
		if _, ok := origin.ParsePattern(one); !ok && one != "*" && one != "null" {
			if one, ok = repairOne(one, loosely); !ok {
				return nil
			}
		}
		if !slices.Contains(fixed, one) {
			fixed = append(fixed, one)
		}
	}
	if len(fixed) > maxRepaired || len(fixed) == 1 && fixed[0] == spec {
		return nil
	}
	return fixed
}

// repairOne writes s, which names one origin, as its author probably meant it. It reports
// whether that is certain.
func repairOne(s string, loosely bool) (string, bool) {
	if strings.EqualFold(s, "null") {
		return "null", true
	}
	if inner, found := cutOpaque(s); found {
		s = inner
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		var ok bool
		if scheme, rest, ok = repairScheme(s); !ok {
			return "", false
		}
	}
	switch scheme = ascii.ToLower(scheme); scheme {
	case "file":
		// With a host, it would name a file of another machine.
		return "file://", rest == "" || rest == "*" || strings.HasPrefix(rest, "/")
	case "*":
		if host, port, _ := splitAuthority(s); host == "*" && (port == "" || port == "*") {
			return "*", true
		}
		scheme, found = "https", loosely
	case "wss", "http*", "http(s)", "https?", "http[s]":
		scheme, found = "https", loosely
	case "ws":
		scheme, found = "http", loosely
	default:
		found = true
	}
	host, port, hasPort, ok := splitRest(rest)
	if !ok || !found || !isCertainIPv4(host) {
		return "", false
	}
	if len(port) > len("[]") && port[0] == '[' && port[len(port)-1] == ']' { // Spring's notation
		port = port[1 : len(port)-1]
	}
	if opaque := !origin.IsWeb(scheme); opaque && strings.Trim(host, "*.") == "" && strings.HasSuffix(host, "*") {
		host, hasPort = "*", hasPort && port != "*"
	} else if !opaque || strings.Contains(host, "*") {
		host = repairWildcard(ascii.ToLower(host))
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(port, "+"), 10, 16); err == nil {
		port = strconv.FormatUint(n, 10)
		hasPort = n == 0 || int(n) != origin.DefaultPort(scheme) // 0 is a port that no origin has
	}
	if hasPort && port != "" {
		host += ":" + port
	}
	fixed := scheme + "://" + host
	_, ok = origin.ParsePattern(fixed)
	return fixed, ok && strings.Count(fixed, "*") <= strings.Count(s, "*")
}

// splitRest splits the text after "://" into host and port. ok is false if the author may
// have meant a longer host.
func splitRest(rest string) (host, port string, hasPort, ok bool) {
	end := strings.IndexAny(rest, "/?#")
	if end >= 0 {
		// "https://app?.example.com" has a wildcard of another notation.
		if after := rest[end+1:]; rest[end] == '?' && !isQuery(after) || strings.HasPrefix(rest[end:], "#") && strings.Contains(after, ".") {
			return "", "", false, false
		}
		rest = rest[:end]
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		// With a dot before it there are two hosts; people read one of them and
		// browsers the other. Without a password it may be a misspelling: ex@mple.com.
		if strings.Contains(rest[:at], ".") || !strings.Contains(rest[:at], ":") {
			return "", "", false, false
		}
		rest = rest[at+1:]
	}
	host, port, hasPort = splitAuthority("x://" + rest)
	return host, port, hasPort, host != ""
}

// isQuery reports whether s, the text after a ?, can only be a query.
func isQuery(s string) bool { return strings.Contains(s, "=") }

// repairScheme finds the scheme of s, which has no "://".
func repairScheme(s string) (scheme, rest string, ok bool) {
	for _, scheme := range []string{"https", "http"} {
		rest, found := strings.CutPrefix(ascii.ToLower(s), scheme)
		if found && (strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, ":")) {
			rest = strings.TrimLeft(rest, ":/")
			host, _, _, _ := splitRest(rest)
			// "http:80" may mean a port or an address.
			return scheme, rest, strings.Contains(host, ".") || !origin.EndsInNumber(host)
		}
	}
	rest = strings.TrimLeft(s, "/")
	host, port, _, ok := splitRest(rest)
	switch {
	case strings.Contains(authority("x://"+rest), "@"):
		return "", "", false // mailto:a@b.example has a host's name, and no host
	case !ok || strings.HasPrefix(host, ".") || port != "" && port != "*" && strings.Trim(port, "+0123456789") != "":
		return "", "", false
	case origin.HostIsLoopback(ascii.ToLower(host)):
		return "http", rest, true
	}
	// The scheme of a machine without a domain name is in doubt.
	return "https", rest, !origin.HostIsIP(host) && strings.Contains(host, ".")
}

// repairWildcard repairs host, in which a wildcard may lack its dot.
func repairWildcard(host string) string {
	label, parent, _ := strings.Cut(host, ".")
	name, star := strings.CutPrefix(host, "*")
	switch {
	case star && label != "*" && parent == "" && !origin.HostIsLoopback(name):
		return host // all names of a top-level domain are hardly meant
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
			return host // without its zone it would be another address
		}
		return string(origin.AppendIPv6(nil, addr))
	}
	if unescaped, err := url.PathUnescape(host); err == nil {
		host = unescaped
	}
	if text, err := origin.ToASCII(host); err == nil {
		// The last label may become empty, as "xn--" or a soft hyphen does. The rest would be another name.
		if last, _ := utf8.DecodeLastRuneInString(host); strings.HasSuffix(text, ".") && !strings.ContainsRune(fullStops, last) {
			return ""
		}
		host = text
	}
	if strings.ContainsAny(host, ":/?#@") {
		return "" // it must not be read as more than a host
	}
	if origin.EndsInNumber(host) {
		if addr, ok := parseIPv4(host); ok {
			return addr
		}
	}
	return host
}

// isCertainIPv4 reports whether host, if it is an IPv4 address in an older form, surely
// means what browsers read. Of these they read another address than people:
// 192.168.1 is 192.168.0.1, and 192.168.1.010 is 192.168.1.8.
func isCertainIPv4(host string) bool {
	addr := origin.HostAddr(repairHost(ascii.ToLower(host)))
	if !addr.Is4() || addr.IsLoopback() {
		return true
	}
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	return len(parts) == 4 && !slices.ContainsFunc(parts, func(part string) bool {
		n, err := strconv.ParseUint(part, 0, 8)
		decimal, wrong := strconv.ParseUint(part, 10, 8)
		return err != nil || wrong != nil || n != decimal
	})
}

// parseIPv4 reads the older forms of IPv4 addresses that URLs allow, such as 127.1 and
// 0x7f000001 (URL, "IPv4 parser").
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

// authority returns the text between "://" and the path, query or fragment.
func authority(spec string) string {
	_, rest, _ := strings.Cut(spec, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// splitAuthority returns the host and port of spec, as far as it can find them.
func splitAuthority(spec string) (host, port string, hasPort bool) {
	_, rest, _ := strings.Cut(spec, "://")
	colon := strings.LastIndexByte(rest, ':')
	if colon < 0 || strings.HasPrefix(rest, "[") && !strings.Contains(rest[:colon], "]") {
		return rest, "", false
	}
	host, port = rest[:colon], rest[colon+1:]
	if _, err := netip.ParseAddr(rest); err == nil { // an IPv6 address without brackets
		// "::1:3000" is one too, but its author probably meant a port.
		if _, err := netip.ParseAddr(host); err != nil || len(port) < 4 || origin.ParsePort(port) == 0 {
			return rest, "", false
		}
	}
	return host, port, true
}

// OriginOf returns the origin of the page at a URL, and reports whether it has one (URL,
// "origin"; "host parser").
func OriginOf(rawURL string) (string, bool) {
	if inner, found := cutOpaque(rawURL); found {
		rawURL = inner // a blob has the origin of the page that made it
	}
	scheme, _, found := strings.Cut(rawURL, "://")
	scheme = ascii.ToLower(scheme)
	switch {
	case !found || len(rawURL) > maxSpec:
		return "", false
	case scheme == "file":
		return "file://", true
	case schemeProblem(scheme) != "" && !origin.IsWeb(scheme):
		return "", false
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", false
	}
	host := u.Host
	if port := u.Port(); strings.HasSuffix(host, ":"+port) {
		host = strings.TrimSuffix(host, ":"+port)
		if n, err := strconv.ParseUint(port, 10, 16); err == nil && int(n) != origin.DefaultPort(scheme) {
			port = ":" + strconv.FormatUint(n, 10)
		} else {
			if err != nil && port != "" {
				return "", false
			}
			port = ""
		}
		return withHost(scheme, host, port)
	}
	return withHost(scheme, host, "")
}

func withHost(scheme, host, port string) (string, bool) {
	if origin.IsWeb(scheme) {
		if host = repairHost(ascii.ToLower(host)); host == "" {
			return "", false
		}
	}
	o := scheme + "://" + host + port
	_, ok := origin.Parse(o)
	return o, ok
}
