// Package origin parses origins and patterns, and finds which of many patterns match an
// origin. It does not say why it refuses a text; package diagnose does.
package origin

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
)

// maxOrigin is the length of the longest origin: a 64-byte scheme, "://", a host of 253
// bytes with a trailing dot (RFC 1035, section 2.3.4), and ":65535". A longer text is
// malformed and refused unread.
const (
	MaxScheme = 64
	MaxHost   = 253
	MaxLabel  = 63
	maxOrigin = MaxScheme + len("://") + MaxHost + len(".") + len(":65535")
)

// Origin is a tuple origin (HTML, "origin"), parsed from its ASCII serialisation.
type Origin struct {
	Scheme string // lower case: "https"
	Host   string // lower-case domain in its ASCII form, IPv4 address, or IPv6 address in brackets
	Port   int    // 1 to 65535, or 0 for the scheme's default port
}

// String returns the ASCII serialisation of the origin (HTML, "serialization of an origin").
func (o Origin) String() string {
	if o.Port == 0 {
		return o.Scheme + "://" + o.Host
	}
	return o.Scheme + "://" + o.Host + ":" + strconv.Itoa(o.Port)
}

// HostIsLoopback reports whether host, taken from a parsed origin, can only be the
// browser's own machine: localhost and names below it, 127.0.0.0/8, and [::1]
// (Secure Contexts, "potentially trustworthy origin").
func HostIsLoopback(host string) bool {
	if name := strings.TrimSuffix(host, "."); name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	if !HostIsIP(host) {
		return false
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// HostAddr returns host, taken from a parsed origin, as an IP address. If it is a name, it
// returns the zero Addr.
func HostAddr(host string) netip.Addr {
	if !HostIsIP(host) {
		return netip.Addr{}
	}
	addr, _ := netip.ParseAddr(strings.Trim(host, "[]"))
	return addr
}

// Parse parses s, which must be exactly what a browser or web view sends. It does
// not allocate.
//
// For http, https, ws and wss that is the ASCII serialisation of a tuple origin (Fetch,
// "serialized-origin"). The host may have commas and quotes, for example, because browsers
// send them; only what the URL standard forbids in a domain is refused.
//
// Other schemes belong to applications and extensions, and each engine writes their hosts
// in its own way: 0 to 253 bytes of A-Z a-z 0-9 . - _ ~. For files only "file://" is valid.
func Parse(s string) (o Origin, ok bool) {
	scheme, rest, found := cutScheme(s)
	switch {
	case !found:
		return Origin{}, false
	case IsWeb(scheme):
		o, _, ok = parseServer(scheme, rest)
		return o, ok
	case scheme == "file":
		return Origin{Scheme: scheme}, rest == ""
	}
	return parseOpaque(scheme, rest)
}

// cutScheme cuts s around "://". It does not read a text that is too long for an origin.
func cutScheme(s string) (scheme, rest string, found bool) {
	if len(s) > maxOrigin {
		return "", "", false
	}
	if rest, found = strings.CutPrefix(s, "https://"); found { // the usual case
		return "https", rest, true
	}
	return strings.Cut(s, "://")
}

// IsWeb reports whether scheme is one of servers. Their origins are written as in the URL
// standard.
func IsWeb(scheme string) bool {
	switch scheme {
	case "https", "http", "wss", "ws":
		return true
	}
	return false
}

// parseOpaque parses the origin of an application or extension. rest is the text after
// "://".
func parseOpaque(scheme, rest string) (Origin, bool) {
	o := Origin{Scheme: scheme, Host: rest}
	if colon := strings.LastIndexByte(rest, ':'); colon >= 0 {
		if o.Port = ParsePort(rest[colon+1:]); o.Port == 0 {
			return Origin{}, false
		}
		o.Host = rest[:colon]
	}
	if len(o.Host) > MaxHost || !ascii.All(o.Host, ascii.Opaque) || !ValidScheme(scheme) {
		return Origin{}, false
	}
	return o, true
}

// parseTuple parses the ASCII serialisation of a tuple origin with any scheme. plain says
// that the host is a domain whose labels consist of a-z 0-9 - _. A wildcard matches only
// such labels.
func parseTuple(s string) (o Origin, plain, ok bool) {
	scheme, rest, found := cutScheme(s)
	if !found || !ValidScheme(scheme) {
		return Origin{}, false, false
	}
	return parseServer(scheme, rest)
}

// parseServer is parseTuple for the text after "://".
func parseServer(scheme, rest string) (o Origin, plain, ok bool) {
	o.Scheme = scheme
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']') + 1
		if end == 0 || !canonicalIPv6(rest[:end]) {
			return Origin{}, false, false
		}
		o.Host, rest = rest[:end], rest[end:]
	} else {
		end, onlyLabels, valid := scanDomain(rest)
		if !valid {
			return Origin{}, false, false
		}
		o.Host, rest = rest[:end], rest[end:]
		plain = onlyLabels
		if EndsInNumber(o.Host) {
			if !canonicalIPv4(o.Host) {
				return Origin{}, false, false
			}
			plain = false
		}
	}
	if rest != "" {
		if rest[0] != ':' {
			return Origin{}, false, false
		}
		if o.Port = ParsePort(rest[1:]); o.Port == 0 || o.Port == DefaultPort(o.Scheme) {
			return Origin{}, false, false
		}
	}
	return o, plain, true
}

// ValidScheme reports whether s is a scheme in the form in which origins have it.
func ValidScheme(s string) bool {
	return s != "" && len(s) <= MaxScheme && 'a' <= s[0] && s[0] <= 'z' && ascii.All(s, ascii.Scheme)
}

// scanDomain finds the end of the domain name that s starts with: the end of s,
// or a colon. Labels are 1 to 63 bytes; one trailing dot is part of the name.
func scanDomain(s string) (end int, plain, ok bool) {
	plain = true
	label := 0 // where the current label starts
	i := 0
scan:
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case ascii.Is(c, ascii.Label): // the usual case
		case c == '.':
			if i == label || i-label > MaxLabel {
				return 0, false, false
			}
			label = i + 1
		case c == ':':
			break scan
		case ascii.Is(c, ascii.Host):
			plain = false
		default:
			return 0, false, false
		}
	}
	length := i
	if i > 0 && s[i-1] == '.' {
		length-- // the root's dot does not count (RFC 1035, section 3.1)
		plain = plain && length > 0
	} else if i == label || i-label > MaxLabel {
		return 0, false, false
	}
	return i, plain, length > 0 && length <= MaxHost
}

// ParsePort returns the port that s holds, without sign or leading zero, or 0.
func ParsePort(s string) int {
	if s == "" || len(s) > 5 || s[0] == '0' {
		return 0
	}
	port := 0
	for i := range len(s) {
		if !ascii.IsDigit(s[i]) {
			return 0
		}
		port = port*10 + int(s[i]-'0')
	}
	if port > 65535 {
		return 0
	}
	return port
}

// DefaultPort returns the port that the serialisation of an origin leaves out
// (URL, "default port"), or 0 for a scheme that has none.
func DefaultPort(scheme string) int {
	switch scheme {
	case "https", "wss":
		return 443
	case "http", "ws":
		return 80
	}
	return 0
}

// EndsInNumber reports whether the URL standard would parse host as an IPv4
// address or fail ("ends in a number checker").
func EndsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" || !ascii.IsDigit(last[0]) {
		return false
	}
	for i := range len(last) {
		if !ascii.IsDigit(last[i]) {
			hex, found := strings.CutPrefix(last, "0x")
			return found && strings.Trim(hex, "0123456789abcdef") == ""
		}
	}
	return true
}

// canonicalIPv4 reports whether host is an IPv4 address as serialised (URL,
// "IPv4 serializer"): four decimal numbers without leading zeros.
func canonicalIPv4(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is4()
}

// canonicalIPv6 reports whether host, brackets included, is an IPv6 address as
// serialised (URL, "IPv6 serializer").
func canonicalIPv6(host string) bool {
	addr, err := netip.ParseAddr(host[1 : len(host)-1])
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return false
	}
	var buf [64]byte
	return string(AppendIPv6(buf[:0], addr)) == host
}

// AppendIPv6 appends addr in brackets, as the URL standard writes it. netip writes the end
// of IPv4-mapped addresses in decimal, which the URL standard does not.
func AppendIPv6(b []byte, addr netip.Addr) []byte {
	b = append(b, '[')
	if addr.Is4In6() {
		a := addr.As16()
		b = append(b, "::ffff:"...)
		b = strconv.AppendUint(b, uint64(a[12])<<8|uint64(a[13]), 16)
		b = append(b, ':')
		b = strconv.AppendUint(b, uint64(a[14])<<8|uint64(a[15]), 16)
	} else {
		b = addr.AppendTo(b)
	}
	return append(b, ']')
}

// HostIsIP reports whether host, taken from a parsed origin, is an IP address.
func HostIsIP(host string) bool {
	return strings.HasPrefix(host, "[") || EndsInNumber(host)
}
