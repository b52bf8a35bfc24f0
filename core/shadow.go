package cors

import (
	"context"

	"github.com/crossgate/cors/core/internal/contain"
)

// Shadow returns a Decider that decides as active does, and asks candidate too:
// a stricter policy is tried on real traffic before it is put into force. report
// is called, with active's decision first, for each request on which the two
// differ in Kind, Reason, Status or Headers. Its arguments are copies that it may keep.
// report must be safe for concurrent use, and quick: the request waits for it. If
// candidate or report panics, slog.Default says so at error level, once a minute at most,
// and active's decision stands.
//
// A callback of candidate's (AllowOriginFunc) is called for real. Shadow panics if
// active, candidate or report is nil (see [CheckDecider]).
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

// NeedsMetadata says yes, for the report.
func (s *shadow) NeedsMetadata() bool { return true }

// MayRefuse answers for the Decider in force.
func (s *shadow) MayRefuse(ctx context.Context, r Request) bool { return MayRefuse(ctx, s.active, r) }

func (s *shadow) allowsAnyOrigin() bool { return allowsAnyOrigin(s.active) }
