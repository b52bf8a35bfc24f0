package diagnose

import (
	"net/netip"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/origin"
)

// several tells of more than one origin in a string, as an environment variable
// may hold them.
func several(s string) string {
	parts := Split(s)
	if len(parts) < 2 || strings.Count(s, "://") < 2 && !strings.ContainsAny(s, ",;") {
		return ""
	}
	return "one element names one origin; write each as an element of its own: " + strings.Join(Quoted(parts), ", ")
}

// opaqueScheme returns the scheme of a URL whose origin is opaque and needs no "//".
func opaqueScheme(s string) string {
	for _, scheme := range []string{"data", "blob", "about", "javascript", "mailto", "file"} {
		if strings.HasPrefix(strings.ToLower(s), scheme+":") {
			return scheme
		}
	}
	return ""
}

// schemeProblem says why no browser sends an origin with the given scheme, or "".
func schemeProblem(scheme string) string {
	switch scheme {
	case "file", "data", "about", "blob", "javascript", "mailto", "filesystem":
		return "pages of " + scheme + `: URLs have the origin "null", which is shared by everybody; serve the page over https or from a loopback server`
	case "ws":
		return "a WebSocket handshake carries the origin of its page, whose scheme is http"
	case "wss":
		return "a WebSocket handshake carries the origin of its page, whose scheme is https"
	case "ftp":
		return "browsers no longer load pages over ftp"
	}
	return ""
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
			return "" // that is for ipProblem
		}
		return "an origin has one port at most"
	case port == "*":
		return ""
	case port == "":
		return "the port after the colon is missing"
	case n == 0 && ascii.All(host, ascii.Label|ascii.Host|ascii.Scheme):
		return "a port is a number from 1 to 65535, without sign or leading zeros, or *"
	case n != 0 && n == origin.DefaultPort(strings.ToLower(scheme)):
		return "browsers leave out a scheme's default port"
	}
	return ""
}

func idnProblem(s string) string {
	host, _, _ := splitAuthority(s)
	switch {
	case !ascii.IsASCII(host):
		return "browsers send internationalised names in their ASCII form (punycode)"
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
		return "an IPv6 address stands in brackets"
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
		return `a wildcard needs a domain right of it, as in "https://*.example.com"; * never stands for the end of a name`
	case star >= len(label):
		return `* stands in a host's first label alone, as in "https://*.example.com" or "https://app-*.example.com"; further right it would match names that anybody can register`
	case label != "*" && !strings.Contains(strings.TrimSuffix(parent, "."), "."):
		return "this would match any name that begins or ends so in a top-level domain"
	}
	return ""
}

func hostProblem(s string) string {
	host, _, _ := splitAuthority(s)
	name := strings.TrimSuffix(host, ".")
	switch {
	case name == "":
		return "the host is missing"
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
