package cors

import (
	"context"
	"sync/atomic"
)

// Live is a Decider whose policy can be replaced while it serves. Each decision uses one
// policy from beginning to end: the one in force when the decision began. The zero Live has
// no policy and sends no CORS headers. Do not copy a Live after first use.
type Live struct {
	policy atomic.Pointer[Policy]
}

// Store puts p into force for every decision that begins afterwards. A nil p switches CORS
// off. Compile the new configuration first: if it does not compile, do not call Store, and
// the old policy stays in force.
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
