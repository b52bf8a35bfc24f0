package cors

import (
	"strconv"
	"strings"
)

// origins compiles AllowOrigins and AllowOriginFunc.
func (b *compiler) origins() {
	const field = "AllowOrigins"
	m := &b.policy.origins
	var kept []keptPattern
	for i, spec := range b.in.AllowOrigins {
		switch spec {
		case "*":
			m.any = true
			if b.in.AllowCredentials {
				b.fail(at(field, i), spec, "any-credentials", "any site could read responses made with the user's cookies, and browsers refuse * there; list the origins, or leave out AllowCredentials")
			}
		case "null":
			m.null = true
			b.checkNull(at(field, i))
		default:
			if p, ok := b.origin(at(field, i), spec); ok {
				kept = append(kept, keptPattern{i, p})
			}
		}
	}
	switch {
	case len(b.in.AllowOrigins) == 0 && b.in.AllowOriginFunc == nil:
		b.fail(field, "", "origins-none", `no origin is allowed; list origins such as "https://app.example.com", or write "*" for any`)
	case m.any && b.in.AllowOriginFunc != nil:
		b.fail("AllowOriginFunc", "", "func-never-asked", `with "*" in AllowOrigins the function is never asked; remove one of the two`)
	}
	b.fillMatcher(kept)
}

// keptPattern is a pattern with its index in AllowOrigins.
type keptPattern struct {
	index int
	pattern
}

// origin checks one element other than "*" and "null".
func (b *compiler) origin(field, spec string) (pattern, bool) {
	p, ok := parsePattern(spec)
	if !ok {
		wrong := diagnose(spec)
		b.fail(field, spec, wrong.code, wrong.hint)
		return pattern{}, false
	}
	loopback := hostIsLoopback(p.host)
	if p.scheme == "http" && !loopback {
		switch {
		case !b.in.AllowCredentials:
			b.warn(field, spec, "insecure-origin", "whoever controls the network can change this origin's pages; write https")
		case !b.in.Dangerously.InsecureOrigins:
			b.fail(field, spec, "insecure-credentials", "whoever controls the network can act as this origin and read responses made with the user's credentials; write "+
				strconv.Quote("https"+strings.TrimPrefix(spec, "http"))+", or set Dangerously.InsecureOrigins")
		}
	}
	if p.shape != exact {
		b.checkSuffix(field, spec, p)
	}
	b.warnOrigin(field, spec, p, loopback)
	return p, true
}

// checkSuffix looks at whose names a wildcard covers.
func (b *compiler) checkSuffix(field, spec string, p pattern) {
	whose := suffixProblem(p.host)
	switch {
	case whose == "":
	case !b.in.AllowCredentials:
		b.warn(field, spec, "public-suffix", whose+`; write "*" if any origin is meant, or name your own domain`)
	case !b.in.Dangerously.PublicSuffixes:
		b.fail(field, spec, "public-suffix-credentials", whose+", and their pages could read responses made with the user's credentials; name your own domain, or set Dangerously.PublicSuffixes")
	}
}

func (b *compiler) checkNull(field string) {
	switch {
	case b.in.AllowCredentials:
		b.fail(field, "null", "null-credentials", "any page can obtain the origin null with a sandboxed frame, and would read responses made with the user's credentials; remove it")
	case !b.in.Dangerously.NullOrigin:
		b.fail(field, "null", "null-origin", `any page can obtain the origin null with a sandboxed frame; write "*" if any origin is meant, or set Dangerously.NullOrigin`)
	default:
		b.warn(field, "null", "null-allowed", "any page can obtain the origin null with a sandboxed frame")
	}
}

// fillMatcher puts the patterns into the policy's matcher and its normal form,
// without those that others cover: they would cost memory and change nothing.
func (b *compiler) fillMatcher(kept []keptPattern) {
	m := &b.policy.origins
	for _, p := range kept {
		if p.shape != exact || p.port == anyPort {
			m.add(p.pattern)
		}
	}
	out := &b.policy.config
	redundant := func(i int, by string) {
		b.warn(at("AllowOrigins", i), b.in.AllowOrigins[i], "origin-covered", by+" covers it; this has no effect")
	}
	seen := make(map[string]struct{}, len(kept))
	if m.any {
		out.AllowOrigins = []string{"*"}
	}
	for _, p := range kept {
		spec := b.in.AllowOrigins[p.index]
		if m.any {
			redundant(p.index, `"*"`)
			continue
		}
		if _, found := seen[spec]; found {
			redundant(p.index, "an earlier element")
			continue
		}
		if q, found := m.coveredBy(p.pattern); found {
			redundant(p.index, strconv.Quote(q.String()))
			continue
		}
		seen[spec] = struct{}{}
		out.AllowOrigins = append(out.AllowOrigins, spec)
	}
	if m.null && !m.any {
		out.AllowOrigins = append(out.AllowOrigins, "null")
	}
	b.fillExact(kept, seen)
}

// fillExact keeps the exact origins among those that were seen.
func (b *compiler) fillExact(kept []keptPattern, seen map[string]struct{}) {
	m := &b.policy.origins
	for _, p := range kept {
		spec := b.in.AllowOrigins[p.index]
		if p.shape != exact || p.port == anyPort {
			delete(seen, spec)
		}
	}
	if len(seen) == 1 {
		for m.single = range seen {
		}
		return
	}
	m.exact = seen
}
