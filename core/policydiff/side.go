package policydiff

import (
	"context"
	"slices"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/origin"
)

// side is one of the two policies.
type side struct {
	config cors.Config // in its normal form

	// strict is the policy with an AllowOriginFunc that allows nothing, lenient with one
	// that allows everything. Without an AllowOriginFunc, both are the policy itself. A gain
	// from the lenient old policy to the strict new one is a gain whatever the functions
	// return.
	strict, lenient *cors.Policy

	// probe has the policy's lists, and allows probeOrigin.
	probe *cors.Policy

	any     bool              // "*" is in AllowOrigins
	null    bool              // "null" is in AllowOrigins
	origins *origin.Inclusion // the other elements
}

const probeOrigin = "https://probe.example"

func newSide(p *cors.Policy, limit int) *side {
	s := &side{strict: p, lenient: p}
	if p != nil {
		s.config = p.Config()
		s.probe = compiled(cors.Config{
			AllowOrigins: []string{probeOrigin}, AllowCredentials: s.config.AllowCredentials,
			AllowMethods: s.config.AllowMethods, AllowHeaders: s.config.AllowHeaders,
		})
	}
	if s.config.AllowOriginFunc != nil {
		s.strict, s.lenient = compiled(answering(s.config, false)), compiled(answering(s.config, true))
	}
	specs := make([]string, 0, len(s.config.AllowOrigins))
	for _, spec := range s.config.AllowOrigins {
		switch spec {
		case "*":
			s.any = true
		case "null":
			s.null = true
		default:
			specs = append(specs, spec)
		}
	}
	s.origins = origin.NewInclusion(specs, limit)
	return s
}

// answering returns c with a function that always gives the same answer.
func answering(c cors.Config, answer bool) cors.Config {
	c.AllowOriginFunc = func(context.Context, cors.Request, cors.Origin) (bool, error) { return answer, nil }
	return c
}

// compiled compiles a Config that comes from a policy, which always succeeds. If it failed,
// the nil policy would allow nothing, and so prove nothing.
func compiled(c cors.Config) *cors.Policy {
	p, _ := cors.Compile(c)
	return p
}

// reflects reports whether the policy has "*" together with credentials. It then does not
// allow null and file://.
func (s *side) reflects() bool { return s.any && s.config.AllowCredentials }

// reads reports whether the policy's list lets pages of the origin o read.
func (s *side) reads(o string) bool { return ask(s.strict, read(o)).reads }

// outside finds an origin that an element of to's AllowOrigins matches and the list of s
// does not.
func (s *side) outside(spec string, to *side) (witness string, outcome origin.Outcome) {
	const file = "file://"
	switch {
	case s.any && !s.reflects():
		return "", origin.Inside
	case spec == "null" && !s.null, spec == file && s.any:
		return spec, origin.Outside
	case spec == "null":
		return "", origin.Inside
	case spec != "*" && s.any:
		return "", origin.Inside
	case spec != "*":
		return s.origins.Outside(spec)
	case s.any && !to.reflects():
		return "null", origin.Outside
	case s.any:
		return "", origin.Inside
	}
	return s.origins.Other(), origin.Outside
}

// permits reports whether a page with an allowed origin may send the method and header.
func (s *side) permits(method, header string) bool {
	return ask(s.probe, preflight(probeOrigin, method, header)).preflight
}

// exposes reports whether scripts with an allowed origin can read a response header.
func (s *side) exposes(name string) bool {
	return slices.Contains(s.config.ExposeHeaders, name) || slices.Contains(s.config.ExposeHeaders, "*")
}

func read(o string) cors.Request { return cors.Request{Method: "GET", Origin: o} }

func preflight(o, method, header string) cors.Request {
	return cors.Request{Method: "OPTIONS", Origin: o, RequestMethod: method, RequestHeaders: header}
}
