package cors

import (
	"strconv"

	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/origin"
)

// origins compiles AllowOrigins and AllowOriginFunc.
func (b *compiler) origins() {
	const field = "AllowOrigins"
	m := &b.policy.origins
	kept := make([]int, 0, len(b.in.AllowOrigins)) // indexes of well-formed patterns
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
			p, ok := b.checkOrigin(element{b, i, spec})
			if !ok {
				continue
			}
			if p.Wildcard() && !m.Add(p) {
				b.redundant(i, "an earlier element")
				continue
			}
			kept = append(kept, i)
		}
	}
	switch {
	case len(b.in.AllowOrigins) == 0 && b.in.AllowOriginFunc == nil:
		b.fail(field, "", "origins-none", `no origin is allowed; list origins such as "https://app.example.com", or write "*" for any`)
	case len(b.in.AllowOrigins) > origin.MaxExact:
		b.fail(field, "", "origins-many", "a policy holds "+strconv.Itoa(origin.MaxExact)+" origins at most; use wildcards or AllowOriginFunc")
		return
	case m.any && b.in.AllowOriginFunc != nil:
		b.fail("AllowOriginFunc", "", "func-never-asked", `with "*" in AllowOrigins the function is never asked; remove one of the two`)
	}
	b.fillMatcher(kept)
}

// element is an element of AllowOrigins that is being checked.
type element struct {
	*compiler
	index int
	spec  string
}

func (e element) fail(code, hint string) {
	e.compiler.fail(at("AllowOrigins", e.index), e.spec, code, hint)
}

func (e element) warn(code, hint string) {
	e.compiler.warn(at("AllowOrigins", e.index), e.spec, code, hint)
}

// checkOrigin checks an element other than "*" and "null", and reports whether it
// is well-formed.
func (b *compiler) checkOrigin(e element) (origin.Pattern, bool) {
	p, ok := origin.ParsePattern(e.spec)
	if !ok {
		wrong := diagnose.Origin(e.spec)
		e.fail(wrong.Code, wrong.Hint)
		return origin.Pattern{}, false
	}
	if p.Scheme == "http" && !origin.HostIsLoopback(p.Host) {
		switch {
		case !b.in.AllowCredentials:
			e.warn("insecure-origin", "whoever controls the network can change this origin's pages; write https")
		case !b.in.Dangerously.InsecureOrigins:
			e.fail("insecure-credentials", "whoever controls the network can act as this origin and read responses made with the user's credentials; write "+
				strconv.Quote(p.Secure().String())+", or set Dangerously.InsecureOrigins")
		}
	}
	if p.Shape != origin.Exact {
		e.checkSuffix(diagnose.Suffix(p.Host))
	}
	e.warnOrigin(p)
	return p, true
}

// checkSuffix looks at whose names a wildcard covers, as diagnose.Suffix tells.
func (e element) checkSuffix(whose string) {
	switch {
	case whose == "":
	case !e.in.AllowCredentials:
		e.warn("public-suffix", whose+`; write "*" if any origin is meant, or name your own domain`)
	case !e.in.Dangerously.PublicSuffixes:
		e.fail("public-suffix-credentials", whose+", and their pages could read responses made with the user's credentials; name your own domain, or set Dangerously.PublicSuffixes")
	}
}

func (b *compiler) checkNull(field string) {
	switch {
	case b.in.AllowCredentials:
		b.fail(field, "null", "null-credentials", "any page can obtain the origin null with a sandboxed frame, and would read responses made with the user's credentials; remove it")
	case !b.in.Dangerously.NullOrigin:
		b.fail(field, "null", "null-origin", `any page can obtain the origin null with a sandboxed frame; write "*" if any origin is meant, or set Dangerously.NullOrigin`)
	case b.in.Enforce != EnforceNone:
		b.warn(field, "null", "null-enforced", "any page can obtain the origin null with a sandboxed frame, so Enforce keeps none out; remove it")
	default:
		b.warn(field, "null", "null-allowed", "any page can obtain the origin null with a sandboxed frame")
	}
}

// fillMatcher puts those elements of AllowOrigins into the policy's normal form,
// and the exact ones into its matcher, that no other covers: one that is covered
// would cost memory and change nothing.
func (b *compiler) fillMatcher(kept []int) {
	m := &b.policy.origins
	needed := make([]string, 0, len(kept)+1)
	var exacts []string
	seen := make(map[string]struct{}, len(kept))
	for _, i := range kept {
		spec := b.in.AllowOrigins[i]
		p, _ := origin.ParsePattern(spec)
		if m.any {
			b.redundant(i, `"*"`)
			continue
		}
		if by, covered := m.CoveredBy(p); covered {
			b.redundant(i, strconv.Quote(by.String()))
			continue
		}
		if !p.Wildcard() {
			if _, repeated := seen[spec]; repeated {
				b.redundant(i, "an earlier element")
				continue
			}
			seen[spec] = struct{}{}
			exacts = append(exacts, spec)
		}
		needed = append(needed, spec)
	}
	switch {
	case m.any:
		needed = []string{"*"}
	case m.null:
		needed = append(needed, "null")
	}
	b.policy.config.AllowOrigins = needed
	m.SetExact(exacts)
}

func (b *compiler) redundant(i int, by string) {
	b.warn(at("AllowOrigins", i), b.in.AllowOrigins[i], "origin-covered", by+" covers it; this has no effect")
}
