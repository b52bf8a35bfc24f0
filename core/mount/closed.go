package mount

import (
	"context"

	cors "github.com/crossgate/cors/core"
)

// closed decides that no page reads. As it is a Decider like any other, cors.Around wraps
// it, and logs and counts know of it.
type closed struct {
	table  *Table
	reason cors.Reason
	// refuses says that a request is refused if any policy that is attached would.
	refuses bool
}

// Decide implements cors.Decider.
func (c *closed) Decide(ctx context.Context, r cors.Request) cors.Decision {
	status := 0
	switch kind := r.Kind(); {
	case kind == cors.Preflight:
		status = 403
	case c.refuses && c.table.current.Load().enforcers.refuse(ctx, r):
		status = 403
	}
	return cors.Withheld(r, c.reason, status)
}

// NeedsMetadata implements cors.MetadataNeeder.
func (c *closed) NeedsMetadata() bool {
	return c.refuses && c.table.current.Load().enforcers.active()
}

// enforcers are the Scopes whose policies may refuse a request.
type enforcers struct {
	scopes []*Scope
	always bool // one of them is a policy that always reads what enforcement needs
}

// add adds the Scope, unless its policy is known to refuse nothing.
func (e *enforcers) add(s *Scope) {
	if p, ok := s.decider.(*cors.Policy); ok {
		if !p.NeedsMetadata() {
			return // for good: a policy is immutable
		}
		e.always = true
	}
	e.scopes = append(e.scopes, s)
}

// active reports whether a policy may refuse requests now. No policy that enforces does
// without metadata.
func (e *enforcers) active() bool { return len(e.scopes) > 0 && e.some() }

func (e *enforcers) some() bool {
	if e.always {
		return true
	}
	for _, s := range e.scopes {
		if cors.NeedsMetadata(s.decider) {
			return true
		}
	}
	return false
}

// refuse reports whether a policy refuses r.
func (e *enforcers) refuse(ctx context.Context, r cors.Request) bool {
	for _, s := range e.scopes {
		if cors.NeedsMetadata(s.decider) && s.decider.Decide(ctx, r).Status() != 0 {
			return true
		}
	}
	return false
}

// Refuses reports whether any of the attached policies would refuse r, as [cors.MayRefuse] has it.
func (t *Table) Refuses(ctx context.Context, r cors.Request) bool {
	for _, s := range t.current.Load().enforcers.scopes {
		if cors.NeedsMetadata(s.decider) && cors.MayRefuse(ctx, s.decider, r) {
			return true
		}
	}
	return false
}
