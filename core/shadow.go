package cors

import (
	"context"

	"github.com/crossgate/cors/core/internal/contain"
)

// Shadow returns a Decider that decides as active does and also asks candidate. Use it to
// try a stricter policy on real traffic before you put it into force. Shadow calls report
// for each request for which the two decisions differ in Kind, Reason, Status or Headers.
// report may keep its arguments: they are copies. It must be safe for concurrent use, and
// quick, because the request waits for it. A panic of candidate or report does not change
// active's decision; slog.Default logs it at error level, at most once a minute.
//
// The AllowOriginFunc of candidate is really called. Shadow panics if active, candidate or
// report is nil (see [CheckDecider]).
func Shadow(active, candidate Decider, report func(r Request, active, candidate Decision)) Decider {
	CheckDecider("cors.Shadow", active)
	CheckDecider("cors.Shadow", candidate)
	if report == nil {
		panic("cors.Shadow: the report is nil; pass a function, or use the active Decider as it is")
	}
	return &shadow{active: active, candidate: candidate, report: report}
}

type shadow struct {
	active, candidate Decider
	report            func(r Request, active, candidate Decision)
	panics            contain.Reporter
}

func (s *shadow) Decide(ctx context.Context, r Request) Decision {
	decision := s.active.Decide(ctx, r)
	s.compare(ctx, r, decision)
	return decision
}

func (s *shadow) compare(ctx context.Context, r Request, decision Decision) {
	defer s.panics.Panic("a shadow's candidate or its report panicked")
	if other := s.candidate.Decide(ctx, r); !decision.equal(other) {
		s.report(r.Clone(), decision.Clone(), other.Clone())
	}
}

// NeedsMetadata returns true: the report gets the whole Request.
func (s *shadow) NeedsMetadata() bool { return true }

// MayRefuse answers for the Decider in force.
func (s *shadow) MayRefuse(ctx context.Context, r Request) bool { return MayRefuse(ctx, s.active, r) }

func (s *shadow) allowsAnyOrigin() bool { return allowsAnyOrigin(s.active) }
