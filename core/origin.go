package cors

import (
	"strings"

	"github.com/crossgate/cors/core/internal/origin"
)

// Origin is a tuple origin (HTML, "origin"), parsed from its ASCII serialisation.
type Origin struct {
	Scheme string // lower case: "https"
	Host   string // lower-case domain in its ASCII form, IPv4 address, or IPv6 address in brackets
	Port   int    // 1 to 65535, or 0 for the scheme's default port
}

// String returns the ASCII serialisation of the origin (HTML, "serialization of an origin").
func (o Origin) String() string { return origin.Origin(o).String() }

// IsSubdomainOf reports whether the origin's host has at least one label below
// domain, a lower-case domain name without a trailing dot. It is false for domain
// itself and for IP addresses, and compares whole labels: evilexample.com is not
// below example.com.
func (o Origin) IsSubdomainOf(domain string) bool {
	if domain == "" || domain[0] == '.' || origin.HostIsIP(o.Host) {
		return false
	}
	rest, ok := strings.CutSuffix(o.Host, domain)
	return ok && len(rest) > 1 && rest[len(rest)-1] == '.'
}

// IsLoopback reports whether the origin's host can only be the browser's own
// machine: localhost and names below it, 127.0.0.0/8, and [::1] (Secure Contexts,
// "potentially trustworthy origin").
func (o Origin) IsLoopback() bool { return origin.HostIsLoopback(o.Host) }

// parseOrigin parses s, which must be exactly what a browser writes.
func parseOrigin(s string) (Origin, bool) {
	o, ok := origin.Parse(s)
	return Origin(o), ok
}

// matcher is Config.AllowOrigins, compiled.
type matcher struct {
	any  bool // "*"
	null bool // "null"
	origin.Set
}
