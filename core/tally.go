package cors

import (
	"context"
	"iter"
	"sync/atomic"
)

// Tally counts decisions by their Kind and Reason. It has one counter for each pair of the
// two, so clients cannot make it grow. The zero Tally is ready for use; do not copy it
// after first use. One Tally may count for many Deciders.
type Tally struct {
	counts [len(kindNames)][len(reasonNames)]atomic.Uint64
}

// Outcome is what a Tally counts by.
type Outcome struct {
	Kind   Kind
	Reason Reason
}

// Of returns a Decider that decides as d does and counts each decision. It panics if d is
// nil (see [CheckDecider]).
func (t *Tally) Of(d Decider) Decider {
	CheckDecider("cors.Tally.Of", d)
	return &tallied{d, t}
}

// All yields every Outcome with its count, which may be 0, in the order of Kind and then
// Reason. It is safe to call while decisions are counted.
func (t *Tally) All() iter.Seq2[Outcome, uint64] {
	return func(yield func(Outcome, uint64) bool) {
		for kind := range t.counts {
			for reason := range t.counts[kind] {
				if !yield(Outcome{Kind(kind), Reason(reason)}, t.counts[kind][reason].Load()) {
					return
				}
			}
		}
	}
}

type tallied struct {
	decider Decider
	tally   *Tally
}

func (t *tallied) Decide(ctx context.Context, r Request) (d Decision) {
	t.decide(ctx, &r, &d)
	return d
}

// decide is Decide without copies, as in Policy. If the Decider panics, the request is
// refused, and the refusal is counted.
func (t *tallied) decide(ctx context.Context, r *Request, d *Decision) {
	decideTo(ctx, d, t.decider, r)
	t.tally.counts[d.Kind()][d.Reason()].Add(1)
}

// NeedsMetadata answers for the Decider that is counted.
func (t *tallied) NeedsMetadata() bool { return NeedsMetadata(t.decider) }

// MayRefuse answers for the Decider that is counted.
func (t *tallied) MayRefuse(ctx context.Context, r Request) bool { return MayRefuse(ctx, t.decider, r) }

func (t *tallied) allowsAnyOrigin() bool { return allowsAnyOrigin(t.decider) }
