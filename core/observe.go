package cors

import "context"

// Observe returns a Decider that decides as d does and calls report after each
// decision, before the handler runs, for logs and metrics. Its arguments are
// copies that report may keep. report must be safe for concurrent use, and
// quick: the request waits for it.
func Observe(d Decider, report func(Request, Decision)) Decider {
	return observer{d, report}
}

type observer struct {
	Decider
	report func(Request, Decision)
}

func (o observer) Decide(ctx context.Context, r Request) Decision {
	decision := o.Decider.Decide(ctx, r)
	o.report(r.Clone(), decision.Clone())
	return decision
}

// Shadow returns a Decider that decides as active does, and asks candidate too:
// a stricter policy is tried on real traffic before it is put into force. report
// is called, with active's decision first, for each request on which the two
// differ in Kind, Reason, Status or Headers. Its arguments are copies that it may keep. report must
// be safe for concurrent use, and quick: the request waits for it.
//
// A callback of candidate's (AllowOriginFunc) is called for real.
func Shadow(active, candidate Decider, report func(r Request, active, candidate Decision)) Decider {
	return shadow{active, candidate, report}
}

type shadow struct {
	active, candidate Decider
	report            func(r Request, active, candidate Decision)
}

func (s shadow) Decide(ctx context.Context, r Request) Decision {
	decision := s.active.Decide(ctx, r)
	if other := s.candidate.Decide(ctx, r); !decision.equal(other) {
		s.report(r.Clone(), decision.Clone(), other.Clone())
	}
	return decision
}
