package cors

import "strings"

// anyPort stands for ":*" in a pattern: any port, or none.
const anyPort = -1

// pattern is one parsed element of Config.AllowOrigins, other than "*" and "null".
type pattern struct {
	shape  shape
	scheme string
	host   string // of an exact origin; of a wildcard, what stands right of its first dot
	port   int    // as in Origin, or anyPort
	prefix string // of an inLabel pattern: the label's text left of *
	suffix string // of an inLabel pattern: the label's text right of *
}

type shape uint8

const (
	exact     shape = iota // https://a.example.com
	subdomain              // https://*.example.com
	inLabel                // https://app-*.example.com
)

// parsePattern parses spec if it is an exact origin or a pattern that can match
// some origin that a browser sends. What is wrong with one that is not, diagnose
// tells.
func parsePattern(spec string) (pattern, bool) {
	rest := spec
	port := 0
	if cut, found := strings.CutSuffix(spec, ":*"); found {
		rest, port = cut, anyPort
	}
	if star := strings.IndexByte(rest, '*'); star >= 0 {
		return parseWildcard(rest, star, port)
	}
	o, plain, ok := parseOrigin(rest)
	if !ok || !plain && !hostIsIP(o.Host) || port == anyPort && o.Port != 0 {
		return pattern{}, false
	}
	if schemeProblem(o.Scheme) != "" || plain && !validALabels(o.Host) {
		return pattern{}, false
	}
	if port == 0 {
		port = o.Port
	}
	return pattern{scheme: o.Scheme, host: o.Host, port: port}, true
}

// parseWildcard parses spec, whose first * is at star. What stands in for the *
// must leave an origin, so the rest is parsed with a letter in its place.
func parseWildcard(spec string, star, port int) (pattern, bool) {
	o, plain, ok := parseOrigin(spec[:star] + "a" + spec[star+1:])
	if !ok || !plain || port == anyPort && o.Port != 0 || schemeProblem(o.Scheme) != "" {
		return pattern{}, false
	}
	at := star - len(o.Scheme) - len("://")
	label, host, found := strings.Cut(o.Host, ".")
	if at < 0 || at >= len(label) || !found || host == "" || !validALabels(host) {
		return pattern{}, false
	}
	p := pattern{shape: subdomain, scheme: o.Scheme, host: host, port: o.Port}
	if port == anyPort {
		p.port = anyPort
	}
	if label != "a" {
		p.shape, p.prefix, p.suffix = inLabel, label[:at], label[at+1:]
		// Two labels right of it: one would be a registry's domain.
		if !strings.Contains(strings.TrimSuffix(host, "."), ".") || strings.HasPrefix(label, "xn--") {
			return pattern{}, false
		}
	}
	return p, true
}

// wildcard reports whether the pattern matches more than one origin.
func (p pattern) wildcard() bool { return p.shape != exact || p.port == anyPort }

// secure returns the pattern with https in place of http.
func (p pattern) secure() pattern {
	p.scheme = "https"
	if p.port == defaultPort("https") {
		p.port = 0
	}
	return p
}

// origin returns what the pattern matches but for a wildcard in its host: an
// origin whose methods tell about the pattern.
func (p pattern) origin() Origin { return Origin{Scheme: p.scheme, Host: p.host, Port: max(p.port, 0)} }

// String returns the pattern as it is written in Config.AllowOrigins.
func (p pattern) String() string {
	o := p.origin()
	switch p.shape {
	case exact:
	case subdomain:
		o.Host = "*." + o.Host
	case inLabel:
		o.Host = p.prefix + "*" + p.suffix + "." + o.Host
	}
	if p.port == anyPort {
		return o.String() + ":*"
	}
	return o.String()
}
