package cors

import (
	"context"
	"fmt"
	"slices"
)

// First returns a Decider that uses the first of its members that allows the request's
// origin, or else the last. This policy allows credentials for one origin and gives a
// public answer to all others:
//
//	cors.First(
//		cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true}),
//		cors.MustCompile(cors.AllowAll()),
//	)
//
// The last member decides requests without an Origin. If a member's AllowOriginFunc fails,
// that member decides, and the origin is not allowed. Each answer has Vary: Origin, so
// that shared caches keep origins apart.
//
// If a member is a [Routes] without a policy for the path, the members after it decide. To
// switch CORS off for a path, use a Routes of Firsts, not a First of Routes.
//
// First panics if there is no member, if one is nil (see [CheckDecider]), or if one before
// the last allows any origin, because no later member would ever decide. A Routes allows
// any origin if it does so for every path. First does not check Deciders of your own.
func First(members ...Decider) Decider {
	if len(members) == 0 {
		panic("cors.First: there is no Decider; pass at least one")
	}
	for i, d := range members {
		CheckDecider("cors.First", d)
		if i < len(members)-1 && allowsAnyOrigin(d) {
			panic(fmt.Sprintf("cors.First: Decider %d allows any origin, so those after it never decide; pass it last", i+1))
		}
	}
	return &first{slices.Clone(members)}
}

type first struct{ members []Decider }

func (f *first) Decide(ctx context.Context, r Request) Decision {
	last := len(f.members) - 1
	if r.Kind() != NotCORS {
		for _, d := range f.members[:last] {
			decision := d.Decide(ctx, r)
			switch decision.Reason() {
			case OriginNotAllowed, OriginMalformed, NoPolicy:
				continue
			}
			decision.VaryByOrigin()
			return decision
		}
	}
	decision := f.members[last].Decide(ctx, r)
	decision.VaryByOrigin()
	return decision
}

// NeedsMetadata reports whether any member needs it.
func (f *first) NeedsMetadata() bool {
	return slices.ContainsFunc(f.members, NeedsMetadata)
}

// MayRefuse reports whether any member refuses r.
func (f *first) MayRefuse(ctx context.Context, r Request) bool {
	for _, d := range f.members {
		if MayRefuse(ctx, d, r) {
			return true
		}
	}
	return false
}

func (f *first) allowsAnyOrigin() bool { return allowsAnyOrigin(f.members[len(f.members)-1]) }

// allowsAnyOrigin reports whether d is known to allow any origin.
func allowsAnyOrigin(d Decider) bool {
	a, ok := d.(interface{ allowsAnyOrigin() bool })
	return ok && a.allowsAnyOrigin()
}

func (p *Policy) allowsAnyOrigin() bool { return p != nil && p.origins.any }
