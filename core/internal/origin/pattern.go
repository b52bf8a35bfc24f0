package origin

import "strings"

// AnyPort stands for ":*" in a pattern: any port, or none.
const AnyPort = -1

// Pattern is one parsed element of Config.AllowOrigins, other than "*" and "null".
type Pattern struct {
	Shape  Shape
	Scheme string
	Host   string // of an exact origin; of a wildcard, what stands right of its first dot
	Port   int    // as in Origin, or AnyPort
	prefix string // of an InLabel pattern: the label's text left of *
	suffix string // of an InLabel pattern: the label's text right of *
}

// Shape says what a pattern's host has a wildcard for.
type Shape uint8

// The shapes.
const (
	Exact     Shape = iota // https://a.example.com
	Subdomain              // https://*.example.com
	InLabel                // https://app-*.example.com
)

// ParsePattern parses spec if it is an exact origin or a pattern that can match
// some origin that a browser sends. What is wrong with one that is not, diagnose
// tells.
func ParsePattern(spec string) (Pattern, bool) {
	rest := spec
	port := 0
	if cut, found := strings.CutSuffix(spec, ":*"); found {
		rest, port = cut, AnyPort
	}
	if star := strings.IndexByte(rest, '*'); star >= 0 {
		return parseWildcard(rest, star, port)
	}
	o, plain, ok := parse(rest)
	if !ok || !plain && !HostIsIP(o.Host) || port == AnyPort && o.Port != 0 {
		return Pattern{}, false
	}
	if refusedScheme(o.Scheme) || plain && !ValidALabels(o.Host) {
		return Pattern{}, false
	}
	if port == 0 {
		port = o.Port
	}
	return Pattern{Scheme: o.Scheme, Host: o.Host, Port: port}, true
}

// parseWildcard parses spec, whose first * is at star. What stands in for the *
// must leave an origin, so the rest is parsed with a letter in its place.
func parseWildcard(spec string, star, port int) (Pattern, bool) {
	o, plain, ok := parse(spec[:star] + "a" + spec[star+1:])
	if !ok || !plain || port == AnyPort && o.Port != 0 || refusedScheme(o.Scheme) {
		return Pattern{}, false
	}
	at := star - len(o.Scheme) - len("://")
	label, host, found := strings.Cut(o.Host, ".")
	if at < 0 || at >= len(label) || !found || host == "" || !ValidALabels(host) {
		return Pattern{}, false
	}
	p := Pattern{Shape: Subdomain, Scheme: o.Scheme, Host: host, Port: o.Port}
	if port == AnyPort {
		p.Port = AnyPort
	}
	if label != "a" {
		p.Shape, p.prefix, p.suffix = InLabel, label[:at], label[at+1:]
		// Two labels right of it: one would be a registry's domain.
		if !strings.Contains(strings.TrimSuffix(host, "."), ".") || strings.HasPrefix(label, "xn--") {
			return Pattern{}, false
		}
	}
	return p, true
}

// Wildcard reports whether the pattern matches more than one origin.
func (p Pattern) Wildcard() bool { return p.Shape != Exact || p.Port == AnyPort }

// Secure returns the pattern with https in place of http.
func (p Pattern) Secure() Pattern {
	p.Scheme = "https"
	if p.Port == DefaultPort("https") {
		p.Port = 0
	}
	return p
}

// Origin returns what the pattern matches but for a wildcard in its host: an
// origin whose methods tell about the pattern.
func (p Pattern) Origin() Origin { return Origin{Scheme: p.Scheme, Host: p.Host, Port: max(p.Port, 0)} }

// String returns the pattern as it is written in Config.AllowOrigins.
func (p Pattern) String() string {
	o := p.Origin()
	switch p.Shape {
	case Exact:
	case Subdomain:
		o.Host = "*." + o.Host
	case InLabel:
		o.Host = p.prefix + "*" + p.suffix + "." + o.Host
	}
	if p.Port == AnyPort {
		return o.String() + ":*"
	}
	return o.String()
}

// refusedScheme reports whether no page has an origin with the scheme: those of
// its URLs are opaque, or those of another scheme's pages, or no longer loaded.
func refusedScheme(scheme string) bool {
	switch scheme {
	case "file", "data", "about", "blob", "javascript", "mailto", "filesystem", "ws", "wss", "ftp":
		return true
	}
	return false
}
