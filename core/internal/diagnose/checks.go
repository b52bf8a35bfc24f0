package diagnose

import (
	"net/netip"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/origin"
)

// opaqueScheme returns the scheme of a URL that needs no "//" and whose origin is opaque or
// is that of the page that made the URL.
func opaqueScheme(s string) string {
	for _, scheme := range []string{"data", "blob", "about", "javascript", "mailto", "filesystem", "file"} {
		if len(s) > len(scheme) && s[len(scheme)] == ':' && ascii.EqualFold(s[:len(scheme)], scheme) {
			return scheme
		}
	}
	return ""
}

// cutOpaque cuts "blob:" and the like off the URL of the page that made a blob.
func cutOpaque(s string) (inner string, found bool) {
	switch scheme := opaqueScheme(s); scheme {
	case "blob", "filesystem":
		inner = s[len(scheme)+len(":"):]
		return inner, strings.Contains(inner, "://")
	}
	return s, false
}

// schemeProblem says why no origin in AllowOrigins has the given scheme, or "".
func schemeProblem(scheme string) string {
	switch scheme {
	case "blob", "filesystem":
		return "a page at a " + scheme + ": URL has the origin of the page that made it"
	case "data", "about", "javascript", "mailto":
		return "pages of " + scheme + `: URLs have the origin "null", like every sandboxed page, so a policy cannot distinguish them; give the page a URL of its own`
	case "file":
		return `all pages that are loaded from files have one origin, "null" in browsers and "file://" in some applications, so a policy cannot name one of them`
	case "ws":
		return "a WebSocket handshake carries the origin of its page, whose scheme is http"
	case "wss":
		return "a WebSocket handshake carries the origin of its page, whose scheme is https"
	case "ftp":
		return "browsers no longer load pages over ftp"
	}
	return ""
}

// isOpaque reports whether spec has a scheme of applications or extensions, whose hosts
// each engine writes in its own way.
func isOpaque(spec string) bool {
	scheme, _, found := strings.Cut(spec, "://")
	scheme = ascii.ToLower(scheme)
	return found && origin.ValidScheme(scheme) && !origin.IsWeb(scheme) && schemeProblem(scheme) == ""
}

// caseProblem reports upper case where browsers write lower case.
func caseProblem(s string) string {
	checked := s
	if isOpaque(s) {
		checked, _, _ = strings.Cut(s, "://")
	}
	return when(checked != ascii.ToLower(checked), "browsers write scheme and host in lower case")
}

// opaqueProblem says what is wrong with the host of an application's or extension's origin.
func opaqueProblem(s string) string {
	host, _, _ := splitAuthority(s)
	switch {
	case !isOpaque(s) || strings.Contains(host, "*"):
		return ""
	case len(host) > origin.MaxHost:
		return "a host has at most 253 bytes"
	case !ascii.All(host, ascii.Opaque):
		return "the host of such an origin is made of a-z, A-Z, 0-9 and . - _ ~"
	}
	return ""
}

// addressRange reports an attempt to write several IP addresses as one.
func addressRange(s string) string {
	return when(IsAddressRange(s), "a range of addresses cannot be written, and the parts of an address cannot be wildcards; list the addresses, or let AllowOriginFunc decide by Origin.Addr")
}

// IsAddressRange reports whether s looks like several IP addresses: 10.0.0.0/8,
// http://192.168.1.*, 192.168.1.x or [fd00::*]:81.
func IsAddressRange(s string) bool {
	if len(s) > maxSpec {
		return false
	}
	rest := s
	if _, after, found := strings.Cut(s, "://"); found {
		rest = after
	}
	// Most are names, and there may be a million, so this must be quick.
	if rest == "" || !ascii.IsDigit(rest[0]) && rest[0] != '[' && !strings.Contains(rest, "::") {
		return false
	}
	if _, err := netip.ParsePrefix(strings.ReplaceAll(strings.ReplaceAll(rest, "[", ""), "]", "")); err == nil {
		return true
	}
	host, _, _ := splitAuthority("x://" + authority("x://"+rest))
	if strings.HasPrefix(host, "[") {
		return strings.Contains(host, "*") && strings.Contains(host, ":")
	}
	labels := strings.Split(host, ".")
	if len(labels) < 2 || len(labels) > 4 || labels[0] == "*" {
		return false
	}
	numbers := 0
	for _, label := range labels {
		switch {
		case label == "" || label[0] == '-':
			return false
		case strings.Trim(label, "0123456789") == "":
			numbers++
		case label != "x" && strings.Trim(label, "0123456789*-") != "":
			return false
		}
	}
	return numbers > 0 && numbers < len(labels)
}

func portProblem(s string) string {
	scheme, _, _ := strings.Cut(s, "://")
	host, port, hasPort := splitAuthority(s)
	n := origin.ParsePort(port)
	switch {
	case !hasPort:
		return ""
	case strings.Contains(host, ":") && !strings.HasPrefix(host, "["):
		if _, err := netip.ParseAddr(host); err == nil {
			return "" // ipProblem reports it
		}
		return "an origin has one port at most"
	case port == "*":
		return ""
	case port == "":
		return "the port after the colon is missing"
	case n == 0 && ascii.All(host, ascii.Label|ascii.Host|ascii.Scheme):
		return "a port is a number from 1 to 65535, without sign or leading zeros, or *"
	case n != 0 && n == origin.DefaultPort(ascii.ToLower(scheme)):
		return "browsers leave out a scheme's default port"
	}
	return ""
}

func idnProblem(s string) string {
	host, _, _ := splitAuthority(s)
	switch {
	case !ascii.IsASCII(host):
		return "browsers write internationalised names in their ASCII form (punycode)"
	case strings.Contains(host, "xn--") && !origin.ValidALabels(strings.TrimPrefix(host, "*.")):
		return `a label that begins with "xn--" must be the ASCII form of an internationalised one`
	case strings.Contains(host, "%"):
		return "browsers decode percent-encoded host names"
	}
	return ""
}

func ipProblem(s string) string {
	host, _, _ := splitAuthority(s)
	switch bare := strings.TrimPrefix(host, "*."); {
	case strings.HasPrefix(host, "[") != strings.HasSuffix(host, "]"), strings.Contains(host, ":") && !strings.HasPrefix(host, "["):
		return "an IPv6 address is written in brackets"
	case strings.HasPrefix(host, "["):
		return "this is not an IPv6 address as browsers write it: shortest form, lower case, no zone"
	case strings.Contains(host, "*") && origin.EndsInNumber(bare):
		return "an IP address has no subdomains, and its parts cannot be wildcards; list the addresses"
	case origin.EndsInNumber(host):
		return "a host that ends in a number is an IPv4 address, which browsers write as four decimal numbers from 0 to 255"
	}
	return ""
}

func wildcardProblem(s string) string {
	host, _, _ := splitAuthority(s)
	star := strings.IndexByte(host, '*')
	if star < 0 {
		return ""
	}
	label, parent, found := strings.Cut(host, ".")
	switch {
	case !found && host == label:
		return `a wildcard needs a domain after it, as in "https://*.example.com"; * never stands for the end of a name`
	case star >= len(label):
		return `* is allowed only in a host's first label, as in "https://*.example.com" or "https://app-*.example.com"; further right it would match names that anyone can register`
	case label != "*" && !strings.Contains(strings.TrimSuffix(parent, "."), "."):
		return "this would match domains that anyone can register below a top-level domain"
	}
	return ""
}

func hostProblem(s string) string {
	host, _, _ := splitAuthority(s)
	name := strings.TrimSuffix(host, ".")
	switch {
	case name == "":
		return "the host is missing"
	case name[0] == '/':
		return `the host is missing: it begins right after "://"`
	case len(name) > origin.MaxHost:
		return "a host has at most 253 bytes"
	case strings.HasPrefix(host, "."):
		return "a host does not begin with a dot"
	}
	for label := range strings.SplitSeq(name, ".") {
		switch {
		case label == "":
			return "a host has no empty labels"
		case len(label) > origin.MaxLabel:
			return "a label of a host has at most 63 bytes"
		case !ascii.All(strings.ReplaceAll(label, "*", ""), ascii.Label):
			return "a host is made of labels of a-z, 0-9, - and _, joined by dots"
		}
	}
	return ""
}

// NearScheme returns https or http if scheme looks like a misspelling of it, or "".
func NearScheme(scheme string) string { return Near(scheme, []string{"https", "http"}) }

// Near returns the first of the known names of which name looks like a misspelling, or "":
// one letter is missing, too many, or another, or two have changed places.
func Near(name string, known []string) string {
	for _, right := range known {
		short, long := name, right
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(long)-len(short) > 1 {
			continue
		}
		start, end := 0, 0
		for start < len(short) && short[start] == long[start] {
			start++
		}
		for end < len(short)-start && short[len(short)-1-end] == long[len(long)-1-end] {
			end++
		}
		rest, other := short[start:len(short)-end], long[start:len(long)-end]
		if len(rest)+len(other) <= 2 && len(rest) <= 1 || len(rest) == 2 && len(other) == 2 && rest[0] == other[1] && rest[1] == other[0] {
			return right
		}
	}
	return ""
}
