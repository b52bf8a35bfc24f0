package cors

import (
	"slices"
	"strconv"

	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/origin"
)

// origins compiles AllowOrigins and AllowOriginFunc.
func (b *compiler) origins() {
	const field = "AllowOrigins"
	m := &b.policy.origins
	b.anyOrigin = slices.Contains(b.in.AllowOrigins, "*")
	specs := make([]string, 0, len(b.in.AllowOrigins)) // those that are well-formed
	indexes := make([]int, 0, len(b.in.AllowOrigins))  // of specs in AllowOrigins
	for i, spec := range b.in.AllowOrigins {
		switch e := (element{b, i, spec}); spec {
		case "*":
			m.any, m.reflect = true, b.in.AllowCredentials
			e.report(b.anyRisks())
			if b.in.Enforce == EnforceUnsafe {
				e.warn("any-enforced-unsafe", `"*" trusts no origin, so EnforceUnsafe answers pages of other origins with 403 unless they use GET, HEAD or OPTIONS, even after a preflight that allows the method; list the origins to trust`)
			}
		case "null":
			if e.inert(nullOrigin) {
				b.redundant(i, `"*"`)
				continue
			}
			m.null = true
			if b.in.Enforce != EnforceNone && b.in.Dangerously.NullOrigin && !b.in.AllowCredentials {
				e.warn("null-enforced", nullIs+", so Enforce refuses no page; remove \"null\"")
			} else {
				e.report(b.nullRisks())
			}
		default:
			if e.checkOrigin() {
				specs, indexes = append(specs, spec), append(indexes, i)
			}
		}
	}
	if len(b.in.AllowOrigins) == 0 && b.in.AllowOriginFunc == nil {
		b.fail(field, "", "origins-none", `no origin is allowed; is a variable unset? List origins such as "https://app.example.com"`)
	}
	if len(b.in.AllowOrigins) > origin.MaxExact {
		b.fail(field, "", "origins-many", "a policy holds "+strconv.Itoa(origin.MaxExact)+" origins at most; use wildcards or AllowOriginFunc")
		return
	}
	if m.any && b.in.AllowOriginFunc != nil {
		b.policy.config.AllowOriginFunc = nil
		b.warn("AllowOriginFunc", "", "func-never-asked", `"*" in AllowOrigins allows every origin, so the function is never asked; remove one of the two`)
	}
	b.policy.config.AllowOrigins = b.fillMatcher(specs, indexes)
}

// fillMatcher compiles specs into the policy's matcher and returns AllowOrigins in its
// normal form.
func (b *compiler) fillMatcher(specs []string, indexes []int) (needed []string) {
	m := &b.policy.origins
	if m.any {
		for _, i := range indexes {
			b.redundant(i, `"*"`)
		}
		return []string{"*"}
	}
	var set *origin.Set
	set, needed = origin.NewSet(specs, func(i int, by string) {
		if by == "" {
			b.redundant(indexes[i], "an earlier element")
			return
		}
		b.redundant(indexes[i], strconv.Quote(by))
	})
	if m.Set = *set; m.null {
		needed = append(needed, "null")
	}
	return needed
}

func (b *compiler) redundant(i int, by string) {
	b.warn(at("AllowOrigins", i), b.in.AllowOrigins[i], "origin-covered", by+" covers it; this has no effect")
}

// element is an element of AllowOrigins that is being checked.
type element struct {
	*compiler
	index int
	spec  string
}

func (e element) fail(code, hint string, repair ...string) {
	e.compiler.fail(at("AllowOrigins", e.index), e.spec, code, hint, repair...)
}

func (e element) warn(code, hint string, repair ...string) {
	e.compiler.warn(at("AllowOrigins", e.index), e.spec, code, hint, repair...)
}

// checkOrigin checks an element other than "*" and "null", and reports whether it
// is well-formed.
func (e element) checkOrigin() bool {
	p, ok := origin.ParsePattern(e.spec)
	if !ok {
		e.explainSpelling()
		return false
	}
	if p.Scheme != "file" || !e.inert(fileOrigin) {
		e.report(e.patternRisks(p))
	}
	e.warnOrigin(p)
	return true
}

// inert reports whether an element adds no danger because "*" allows its origin anyway.
// It is false if the Config sets the Danger: then the warning names that Danger.
func (e element) inert(d dangerName) bool {
	return !e.in.AllowCredentials && !e.lifted(d) && e.anyOrigin
}

// explainSpelling reports an element that is not well-formed.
func (e element) explainSpelling() {
	wrong := diagnose.Origin(e.spec)
	right := append(wrong.Repair, wrong.Advice...)
	for _, fixed := range right {
		for _, r := range e.risksOf(fixed) {
			if !e.lifted(r.danger) {
				// The right spelling would be an error too, so say both at once.
				e.fail(wrong.Code, wrong.Hint+". Written as "+strconv.Quote(fixed)+" it is not allowed either: "+r.what+e.instead(r))
				return
			}
		}
	}
	e.fail(wrong.Code, wrong.Hint+diagnose.Write(right), wrong.Repair...)
}
