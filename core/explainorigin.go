package cors

import (
	"strings"

	"github.com/crossgate/cors/core/internal/origin"
)

// whyAllowed names the pattern that matches sent, an Origin that is allowed.
func (p *Policy) whyAllowed(sent string) string {
	switch {
	case p.origins.any:
		return `yes: "*" allows any`
	case p.origins.MatchExact(sent) || sent == "null":
		return "yes: " + quote(sent) + " is in AllowOrigins"
	}
	if !p.origins.MatchWildcard(sent) {
		return "yes: AllowOriginFunc allows " + quote(sent)
	}
	o, _ := parseOrigin(sent)
	by, _ := p.origins.CoveredBy(origin.Pattern{Scheme: o.Scheme, Host: o.Host, Port: o.Port})
	return "yes: " + quote(by.String()) + " in AllowOrigins matches " + quote(sent)
}

// whyRefused says what is the matter with a well-formed origin that nothing
// matches, and how to allow it. It looks for an element that was meant for it.
func (p *Policy) whyRefused(sent string) (cause, fix string) {
	cause = "the policy does not allow the origin " + quote(sent)
	fix = "if its pages may read responses, add " + quote(sent) + " to AllowOrigins"
	if sent == "null" {
		return cause, `a sandboxed frame, a file: page or a redirect to another origin sends "null": serve the page from an origin of its own`
	}
	o, _ := parseOrigin(sent)
	_, err := Compile(Config{AllowOrigins: []string{sent}, AllowCredentials: p.config.AllowCredentials, Dangerously: p.config.Dangerously})
	if errs := ConfigErrors(err); len(errs) > 0 {
		fix = "it cannot simply be added to AllowOrigins: " + errs[0].Hint
	} else if p.config.AllowOriginFunc != nil {
		fix += ", or let AllowOriginFunc allow it"
	}
	for _, spec := range p.config.AllowOrigins {
		allowed, ok := origin.ParsePattern(spec)
		if !ok {
			continue // "null"
		}
		if difference := nearMiss(o, allowed); difference != "" {
			return cause + "; " + quote(spec) + " is another: " + difference, fix
		}
	}
	return cause, fix
}

// nearMiss says in what o differs from a pattern that nearly matches it, or "".
func nearMiss(o Origin, p origin.Pattern) string {
	sameHost := p.Shape == origin.Exact && p.Host == o.Host
	switch {
	case sameHost && p.Scheme != o.Scheme:
		return "the scheme differs"
	case sameHost:
		return "the port differs"
	case p.Shape == origin.Exact && strings.TrimSuffix(o.Host, ".") == strings.TrimSuffix(p.Host, "."):
		return "one host ends in a dot"
	case p.Shape == origin.Exact && (o.Host == "www."+p.Host || "www."+o.Host == p.Host):
		return "www makes another host"
	case p.Shape == origin.Exact && o.IsSubdomainOf(p.Host):
		return "an origin does not cover its subdomains"
	case p.Shape == origin.Exact && o.IsLoopback() && origin.HostIsLoopback(p.Host):
		return "browsers keep localhost, 127.0.0.1 and [::1] apart"
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
