package cors

import (
	"slices"
	"strings"

	"github.com/crossgate/cors/core/internal/origin"
)

// field returns how the policy's source names a field of Config: "AllowOrigins" in Go,
// "allowOrigins" in a document.
func (p *Policy) field(name string) string {
	if p.document {
		return documentName(name)
	}
	return name
}

// whyAllowed says why the policy allows sent, an Origin.
func (p *Policy) whyAllowed(sent string) string {
	list := p.field("AllowOrigins")
	why := "it is in " + list
	switch {
	case p.origins.any:
		why = `"*" in ` + list + " allows any origin"
	case p.origins.MatchExact(sent) || sent == "null":
	case !p.origins.MatchWildcard(sent):
		why = "AllowOriginFunc allows it"
	default:
		o, _ := parseOrigin(sent)
		by, _ := p.origins.CoveredBy(origin.Pattern{Scheme: o.Scheme, Host: o.Host, Port: o.Port})
		why = quote(by.String()) + " in " + list + " matches it"
	}
	return "the origin " + quote(sent) + " is allowed: " + why
}

// whyMethod says why the policy allows a method.
func (p *Policy) whyMethod(method string) string {
	switch {
	case method == "GET" || method == "HEAD" || method == "POST":
		return "it always is"
	case slices.Contains(p.config.AllowMethods, method):
		return "it is in " + p.field("AllowMethods")
	}
	return `"*" in ` + p.field("AllowMethods") + " allows any method"
}

// whyRefused says why the policy refuses a well-formed origin, and how to allow it. It
// looks for an element of AllowOrigins that almost matches.
func (p *Policy) whyRefused(sent string) (cause, fix string) {
	cause = "the policy does not allow the origin " + quote(sent)
	fix = "if its pages may read responses, add " + quote(sent) + " to " + p.field("AllowOrigins")
	if sent == "null" {
		return cause, `browsers send "null" from a sandboxed frame, from a file, or after a redirect to another origin: serve the page from a URL of its own`
	}
	o, _ := parseOrigin(sent)
	_, err := Compile(Config{AllowOrigins: []string{sent}, AllowCredentials: p.config.AllowCredentials, Dangerously: p.config.Dangerously})
	if errs := ConfigErrors(err); len(errs) > 0 {
		hint := errs[0].Hint
		if p.document {
			hint = documentWords(hint, documentNames())
		}
		fix = p.field("AllowOrigins") + " does not accept this origin as it is: " + hint
	} else if p.config.AllowOriginFunc != nil {
		fix += ", or let AllowOriginFunc allow it"
	}
	for _, spec := range p.config.AllowOrigins {
		allowed, ok := origin.ParsePattern(spec)
		if !ok {
			continue // "null"
		}
		if difference := nearMiss(o, allowed); difference != "" {
			return cause + "; " + quote(spec) + " is allowed, but " + difference, fix
		}
	}
	return cause, fix
}

// nearMiss says how o differs from a pattern that almost matches it. It returns "" if the
// pattern is not close.
func nearMiss(o Origin, p origin.Pattern) string {
	sameHost := p.Shape == origin.Exact && p.Host == o.Host
	switch {
	case sameHost && p.Scheme != o.Scheme:
		return "the scheme differs"
	case sameHost:
		return "the port differs"
	case p.Shape == origin.Exact && strings.TrimSuffix(o.Host, ".") == strings.TrimSuffix(p.Host, "."):
		return "one of the hosts ends in a dot"
	case p.Shape == origin.Exact && (o.Host == "www."+p.Host || "www."+o.Host == p.Host):
		return "www makes it another host"
	case p.Shape == origin.Exact && o.IsSubdomainOf(p.Host):
		return "an origin does not cover its subdomains"
	case p.Shape == origin.Exact && o.IsLoopback() && origin.HostIsLoopback(p.Host):
		return "localhost, 127.0.0.1 and [::1] are different hosts"
	case p.Shape == origin.Subdomain && o.Host == p.Host:
		return "a wildcard does not cover the domain itself"
	case p.Shape != origin.Exact && strings.HasSuffix(o.Host, "."+p.Host+"."):
		return "the host ends in a dot"
	case p.Shape != origin.Exact && o.IsSubdomainOf(p.Host) && p.Scheme != o.Scheme:
		return "the scheme differs"
	case p.Shape != origin.Exact && o.IsSubdomainOf(p.Host) && p.Port != o.Port && p.Port != origin.AnyPort:
		return "the port differs"
	case p.Shape == origin.InLabel && o.IsSubdomainOf(p.Host):
		return "the wildcard stands for a-z, 0-9 and - in one label"
	}
	return ""
}
