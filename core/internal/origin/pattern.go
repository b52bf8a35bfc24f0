package origin

import "strings"

// AnyPort means ":*" in a pattern: any port, or none.
const AnyPort = -1

// Pattern is one parsed element of Config.AllowOrigins, other than "*" and "null".
type Pattern struct {
	Shape  Shape
	Scheme string
	Host   string // an exact origin's host; with a wildcard in the host, the part after the first dot
	Port   int    // as in Origin, or AnyPort
	prefix string // of an InLabel pattern: the label's text left of *
	suffix string // of an InLabel pattern: the label's text right of *
}

// Shape says where a pattern's host has a wildcard.
type Shape uint8

// The shapes.
const (
	Exact      Shape = iota // https://a.example.com
	Subdomain               // https://*.example.com
	InLabel                 // https://app-*.example.com
	SchemeWide              // chrome-extension://*
)

// ParsePattern parses an exact origin, or a pattern that can match an origin which Parse
// accepts. For any other spec, package diagnose says what is wrong.
func ParsePattern(spec string) (Pattern, bool) {
	scheme, rest, found := strings.Cut(spec, "://")
	switch {
	case !found || refusedScheme(scheme):
		return Pattern{}, false
	case scheme == "file":
		return Pattern{Scheme: scheme}, rest == ""
	case rest == "*":
		return Pattern{Shape: SchemeWide, Scheme: scheme}, ValidScheme(scheme) && !IsWeb(scheme)
	}
	port := 0
	if cut, found := strings.CutSuffix(spec, ":*"); found {
		spec, port = cut, AnyPort
	}
	if star := strings.IndexByte(spec, '*'); star >= 0 {
		return parseWildcard(spec, star, port)
	}
	o, ok := Origin{}, false
	if IsWeb(scheme) {
		var plain bool
		o, plain, ok = parseTuple(spec)
		ok = ok && (plain && ValidALabels(o.Host) || HostIsIP(o.Host))
	} else {
		o, ok = Parse(spec)
	}
	if !ok || port == AnyPort && (o.Port != 0 || o.Host == "") {
		return Pattern{}, false
	}
	if port == 0 {
		port = o.Port
	}
	return Pattern{Scheme: o.Scheme, Host: o.Host, Port: port}, true
}

// parseWildcard parses spec, whose first * is at star. It replaces the * by a letter and
// parses the result as an origin.
func parseWildcard(spec string, star, port int) (Pattern, bool) {
	o, plain, ok := parseTuple(spec[:star] + "a" + spec[star+1:])
	if !ok || !plain || port == AnyPort && o.Port != 0 {
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
		// Two labels must follow: one label would be a registry's domain.
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

// Origin returns the scheme, host and port of the pattern.
func (p Pattern) Origin() Origin { return Origin{Scheme: p.Scheme, Host: p.Host, Port: max(p.Port, 0)} }

// String returns the pattern as it is written in Config.AllowOrigins.
func (p Pattern) String() string {
	o := p.Origin()
	switch p.Shape {
	case Exact:
	case SchemeWide:
		o.Host = "*"
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

// refusedScheme reports whether no page has an origin with the scheme: its URLs have an
// opaque origin or that of the page that made them, or browsers no longer load them.
func refusedScheme(scheme string) bool {
	switch scheme {
	case "data", "about", "blob", "javascript", "mailto", "filesystem", "ws", "wss", "ftp":
		return true
	}
	return false
}
