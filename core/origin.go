package cors

import (
	"net/netip"
	"strings"

	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/origin"
)

// Origin is a tuple origin (HTML, "origin"), parsed from its ASCII serialisation.
type Origin struct {
	Scheme string // lower case: "https"

	// Host is a lower-case domain in its ASCII form, an IPv4 address, or an IPv6 address
	// in brackets. For schemes other than http, https, ws and wss it is as sent, and may
	// be "".
	Host string

	Port int // 1 to 65535, or 0 for the scheme's default port
}

// ParseOrigin parses s, which must be exactly what a browser sends in an Origin header.
// "null" is an error, because it has no scheme and host. An error is a *ConfigError; its
// Repair has the right spelling, unless that is in doubt.
//
// A host may contain "*", because some browsers send it. In AllowOrigins the same text is a
// pattern. If others give you origins for AllowOrigins, such as tenants, refuse those with
// a "*".
func ParseOrigin(s string) (Origin, error) {
	if o, ok := parseOrigin(s); ok {
		return o, nil
	}
	if s == "null" {
		return Origin{}, &ConfigError{Field: "Origin", Value: s, Code: "origin-null", Hint: "the opaque origin has no scheme and no host"}
	}
	wrong := diagnose.Origin(s)
	e := &ConfigError{Field: "Origin", Value: s, Code: wrong.Code, Hint: wrong.Hint + diagnose.Write(wrong.Repair)}
	for _, fixed := range wrong.Repair {
		if _, ok := parseOrigin(fixed); ok {
			e.Repair = append(e.Repair, fixed)
		}
	}
	return Origin{}, e
}

// OriginOf returns the origin of the page at a URL (URL, "origin"). For
// "https://App.Example.com:443/login?x" it is "https://app.example.com". A host with "*" is
// an error, because in AllowOrigins it would be a pattern. An error is a *ConfigError.
func OriginOf(url string) (Origin, error) {
	text, ok := diagnose.OriginOf(url)
	switch {
	case !ok:
		return Origin{}, &ConfigError{Field: "URL", Value: url, Code: "origin-url", Hint: "this is not an absolute URL with a host, or a page at it has no origin of its own"}
	case strings.Contains(text, "*"):
		return Origin{}, &ConfigError{Field: "URL", Value: url, Code: "origin-url", Hint: `this has a "*" in its host, so it is a pattern and not the URL of a page`}
	}
	return ParseOrigin(text)
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

// IsPrivate reports whether the origin's host is an address of a local network: one of
// RFC 1918 or RFC 4193, or a link-local one. It is false for loopback addresses, and for
// names, which can resolve to anything.
func (o Origin) IsPrivate() bool {
	addr := o.Addr().Unmap()
	return addr.IsPrivate() || addr.IsLinkLocalUnicast()
}

// Addr returns the origin's host as an IP address. If the host is a name, it returns the
// zero Addr, whose IsValid is false.
func (o Origin) Addr() netip.Addr { return origin.HostAddr(o.Host) }

// parseOrigin parses s, which must be exactly what a browser writes.
func parseOrigin(s string) (Origin, bool) {
	o, ok := origin.Parse(s)
	return Origin(o), ok
}

// matcher is Config.AllowOrigins, compiled.
type matcher struct {
	any     bool // "*"
	reflect bool // "*" with credentials: the origin is sent back
	null    bool // "null"
	origin.Set
}

// allowsAny reports whether a policy with "*" allows sent, an Origin. With credentials the
// response names the origin, so it must be well-formed, and not "file://", which anyone's
// page can have.
func (m *matcher) allowsAny(sent string) bool {
	if !m.reflect {
		return true
	}
	o, ok := origin.Parse(sent)
	return ok && o.Scheme != "file"
}
