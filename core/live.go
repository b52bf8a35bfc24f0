package cors

import (
	"context"
	"sync/atomic"
)

// Live is a Decider whose policy can be replaced while it serves. Each decision
// is made by one policy as a whole, the one in force when it began. The zero
// Live has no policy: it sends no CORS headers. A Live must not be copied after
// first use.
type Live struct {
	policy atomic.Pointer[Policy]
}

// Store puts p into force for every decision that begins afterwards. Compile
// first: a configuration that does not compile leaves the policy in force as it
// is. A nil p takes CORS out of force.
func (l *Live) Store(p *Policy) { l.policy.Store(p) }

// NeedsMetadata answers for the policy in force.
func (l *Live) NeedsMetadata() bool { return l.Load().NeedsMetadata() }

func (l *Live) unset() bool           { return l == nil }
func (l *Live) allowsAnyOrigin() bool { return l.Load().allowsAnyOrigin() }

// Load returns the policy in force, or nil.
func (l *Live) Load() *Policy { return l.policy.Load() }

// Decide decides by the policy in force.
func (l *Live) Decide(ctx context.Context, r Request) Decision {
	return l.policy.Load().Decide(ctx, r)
}
