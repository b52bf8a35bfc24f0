package cors

import (
	"context"
	"fmt"
	"slices"
)

// First returns a Decider that decides by the first of its members that allows the
// request's origin, else by the last: credentials for some origins and a public answer
// for all others.
//
//	cors.First(
//		cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true}),
//		cors.MustCompile(cors.AllowAll()),
//	)
//
// A request without an Origin is decided by the last. If a member's AllowOriginFunc fails,
// that member decides, and the origin is not allowed. Each answer has Vary: Origin, so
// that shared caches keep origins apart.
//
// A [Routes] among the members that has no policy for a path leaves it to those after it.
// To keep CORS off for a path, make Routes of Firsts, and not a First of Routes.
//
// First panics if there is no member, if one is nil (see [CheckDecider]), or if one
// before the last allows any origin, since no later one would ever decide. A Routes does
// so if it allows any origin for every path. First does not look into a Decider of your
// own.
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
	for _, d := range f.members {
		if NeedsMetadata(d) {
			return true
		}
	}
	return false
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
