package cors

import (
	"context"

	"github.com/crossgate/cors/core/internal/contain"
)

// Observe returns a Decider that decides as d does and calls report after each decision,
// before the handler runs. Use it for logs and metrics. report may keep its arguments: they
// are copies. It must be safe for concurrent use, and quick, because the request waits for
// it. A panic of report does not change the decision; slog.Default logs it at error level,
// at most once a minute.
//
// Observe panics if d or report is nil (see [CheckDecider]).
func Observe(d Decider, report func(Request, Decision)) Decider {
	CheckDecider("cors.Observe", d)
	if report == nil {
		panic("cors.Observe: the report is nil; pass a function, or use the Decider as it is")
	}
	return &observer{decider: d, report: report}
}

type observer struct {
	decider Decider
	report  func(Request, Decision)
	panics  contain.Reporter
}

func (o *observer) Decide(ctx context.Context, r Request) Decision {
	decision := o.decider.Decide(ctx, r)
	o.tell(r, decision)
	return decision
}

func (o *observer) tell(r Request, d Decision) {
	defer o.panics.Panic("an observer panicked")
	o.report(r.Clone(), d.Clone())
}

// NeedsMetadata returns true: the report gets the whole Request.
func (o *observer) NeedsMetadata() bool { return true }

// MayRefuse answers for the Decider that is observed.
func (o *observer) MayRefuse(ctx context.Context, r Request) bool {
	return MayRefuse(ctx, o.decider, r)
}

func (o *observer) allowsAnyOrigin() bool { return allowsAnyOrigin(o.decider) }
