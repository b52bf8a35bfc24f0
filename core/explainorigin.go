package cors

import "strings"

// whyAllowed names the pattern that matches origin, which is allowed.
func (p *Policy) whyAllowed(origin string) string {
	switch {
	case p.origins.any:
		return `yes: "*" allows any`
	case p.origins.matchExact(origin) || origin == "null":
		return "yes: " + quote(origin) + " is in AllowOrigins"
	}
	if !p.origins.matchWildcard(origin) {
		return "yes: AllowOriginFunc allows " + quote(origin)
	}
	o, _, _ := parseOrigin(origin)
	by, _ := p.origins.coveredBy(pattern{scheme: o.Scheme, host: o.Host, port: o.Port})
	return "yes: " + quote(by.String()) + " in AllowOrigins matches " + quote(origin)
}

// whyRefused says what is the matter with a well-formed origin that nothing
// matches, and how to allow it. It looks for an element that was meant for it.
func (p *Policy) whyRefused(origin string) (cause, fix string) {
	cause = "the policy does not allow the origin " + quote(origin)
	fix = "if its pages may read responses, add " + quote(origin) + " to AllowOrigins"
	if origin == "null" {
		return cause, `a sandboxed frame, a file: page or a redirect to another origin sends "null": serve the page from an origin of its own`
	}
	o, _, _ := parseOrigin(origin)
	_, err := Compile(Config{AllowOrigins: []string{origin}, AllowCredentials: p.config.AllowCredentials, Dangerously: p.config.Dangerously})
	if errs := ConfigErrors(err); len(errs) > 0 {
		fix = "it cannot simply be added to AllowOrigins: " + errs[0].Hint
	} else if p.config.AllowOriginFunc != nil {
		fix += ", or let AllowOriginFunc allow it"
	}
	for _, spec := range p.config.AllowOrigins {
		allowed, ok := parsePattern(spec)
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
func nearMiss(o Origin, p pattern) string {
	sameHost := p.shape == exact && p.host == o.Host
	switch {
	case sameHost && p.scheme != o.Scheme:
		return "the scheme differs"
	case sameHost:
		return "the port differs"
	case p.shape == exact && strings.TrimSuffix(o.Host, ".") == strings.TrimSuffix(p.host, "."):
		return "one host ends in a dot"
	case p.shape == exact && (o.Host == "www."+p.host || "www."+o.Host == p.host):
		return "www makes another host"
	case p.shape == exact && o.IsSubdomainOf(p.host):
		return "an origin does not cover its subdomains"
	case p.shape == exact && o.IsLoopback() && hostIsLoopback(p.host):
		return "browsers keep localhost, 127.0.0.1 and [::1] apart"
	case p.shape == subdomain && o.Host == p.host:
		return "a wildcard does not cover the domain itself"
	case p.shape != exact && strings.HasSuffix(o.Host, "."+p.host+"."):
		return "the host ends in a dot"
	case p.shape != exact && o.IsSubdomainOf(p.host) && p.scheme != o.Scheme:
		return "the scheme differs"
	case p.shape != exact && o.IsSubdomainOf(p.host) && p.port != o.Port && p.port != anyPort:
		return "the port differs"
	case p.shape == inLabel && o.IsSubdomainOf(p.host):
		return "the wildcard stands for a-z, 0-9 and - in one label"
	}
	return ""
}
