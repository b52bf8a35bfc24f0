package cors

import (
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Policy is a compiled Config. It is immutable and safe for concurrent use.
type Policy struct {
	config   Config // normalised
	warnings []Warning

	origins matcher
	methods methodSet
	headers headerSet
	status  uint16 // of the answer to a preflight from an allowed origin; 0 hands it on

	// The rows of the decision table. Those for preflights from an allowed origin
	// differ in whether a method and headers that no list has are to be reflected.
	notCORS, actual, actualRefused, preflightRefused outcome
	preflight                                        [2][2]outcome
}

// Config returns a copy of the configuration in its normal form: methods that
// browsers upper-case are in upper case, header names in lower case, lists sorted
// (but for origins), and whatever has no effect left out. It compiles to an
// equivalent policy.
func (p *Policy) Config() Config {
	c := p.config
	c.AllowOrigins = slices.Clone(c.AllowOrigins)
	c.VaryBy = slices.Clone(c.VaryBy)
	c.AllowMethods = slices.Clone(c.AllowMethods)
	c.AllowHeaders = slices.Clone(c.AllowHeaders)
	c.ExposeHeaders = slices.Clone(c.ExposeHeaders)
	return c
}

// Warnings returns what is legal but questionable in the configuration, in the
// order of the Config's fields.
func (p *Policy) Warnings() []Warning { return slices.Clone(p.warnings) }

// writeOutcomes fills the rows of the decision table from p.config and p.origins.
func (p *Policy) writeOutcomes() {
	c := &p.config
	p.status = 204
	if c.PreflightStatus != 0 {
		p.status = uint16(c.PreflightStatus)
	}
	if c.PassPreflight {
		p.status = 0
	}
	allowOrigin := field{name: "Access-Control-Allow-Origin", source: matchedOrigin}
	var vary []string
	if p.origins.any {
		allowOrigin.value, allowOrigin.source = "*", fixed
	} else {
		vary = append(vary, "Origin")
	}
	for _, name := range c.VaryBy {
		vary = append(vary, textproto.CanonicalMIMEHeaderKey(name))
	}
	credentials := field{name: "Access-Control-Allow-Credentials"}
	if c.AllowCredentials {
		credentials.value = "true"
	}
	expose := field{name: "Access-Control-Expose-Headers", value: strings.Join(c.ExposeHeaders, ", ")}

	p.actual = newOutcome(vary, credentials, allowOrigin, expose)
	p.actualRefused = newOutcome(vary)
	p.notCORS = newOutcome(vary)
	if p.origins.any {
		p.notCORS = p.actual
	}

	// "*" is a literal for credentialed requests (Fetch, "CORS protocol and
	// credentials"), so there "any" means the customary ones, and whatever else the
	// preflight asks for.
	allowHeaders := [2]field{{name: "Access-Control-Allow-Headers", value: headerValue(p.headers.names, p.headers.any && !c.AllowCredentials)}}
	allowHeaders[1] = allowHeaders[0]
	if p.headers.any && c.AllowCredentials {
		allowHeaders[1].source = reflectedHeaders
		vary = append(vary, "Access-Control-Request-Headers")
	}
	allowMethods := [2]field{{name: "Access-Control-Allow-Methods", value: headerValue(p.methods.names, p.methods.any && !c.AllowCredentials)}}
	allowMethods[1] = allowMethods[0]
	if p.methods.any && c.AllowCredentials {
		allowMethods[1].source = reflectedMethod
		vary = append(vary, "Access-Control-Request-Method")
	}
	maxAge := field{name: "Access-Control-Max-Age"}
	switch {
	case c.MaxAge == NoCache:
		maxAge.value = "0"
	case c.MaxAge > 0:
		maxAge.value = strconv.Itoa(int(c.MaxAge / time.Second))
	}
	for method := range p.preflight {
		for headers := range p.preflight[method] {
			p.preflight[method][headers] = newOutcome(vary, credentials, allowOrigin, maxAge, allowHeaders[headers], allowMethods[method])
		}
	}
	p.preflightRefused = newOutcome(vary)
}

// newOutcome makes a row of the decision table from those of the fields that have
// a value, in lexical order, and Vary.
func newOutcome(vary []string, fields ...field) outcome {
	out := outcome(slices.DeleteFunc(fields, func(f field) bool { return f.source == fixed && f.value == "" }))
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.name, b.name) })
	if len(vary) > 0 {
		out = append(out, field{name: "Vary", value: strings.Join(sorted(slices.Clone(vary)), ", ")})
	}
	return out
}
