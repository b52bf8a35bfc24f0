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
	// differ in how the method and the headers that are asked for are answered.
	notCORS, actual, actualRefused, preflightRefused outcome
	preflight                                        [answers][answers]outcome
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
	// preflight asks for; what no policy can allow gets no list at all.
	list := func(name, request string, names []string, anyName bool, reflects source) (fields [answers]field) {
		value := headerValue(names, anyName && !c.AllowCredentials)
		fields = [answers]field{named: {name: name, value: value}, reflected: {name: name, value: value}, refused: {name: name, value: value}}
		if anyName && c.AllowCredentials {
			fields[reflected].source, fields[refused].value = reflects, ""
			vary = append(vary, request)
		}
		return fields
	}
	allowHeaders := list("Access-Control-Allow-Headers", "Access-Control-Request-Headers", p.headers.names, p.headers.any, reflectedHeaders)
	allowMethods := list("Access-Control-Allow-Methods", "Access-Control-Request-Method", p.methods.names, p.methods.any, reflectedMethod)
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

// How a preflight that asks for a method or headers is answered: it matters where any
// is allowed with credentials.
const (
	named     = iota // by the list, which has what is asked for
	reflected        // by what is asked for
	refused          // by the list, or where there is none by nothing
	answers
)

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
