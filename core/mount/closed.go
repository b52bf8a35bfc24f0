package mount

import (
	"context"

	cors "github.com/crossgate/cors/core"
)

// closed is a Decider that lets no page read. cors.Around wraps it like every other
// Decider, so logs and counts include its decisions.
type closed struct {
	table  *Table
	reason cors.Reason
	// refuses says that closed refuses a request if any attached policy refuses it.
	refuses bool
}

// Decide implements cors.Decider.
func (c *closed) Decide(ctx context.Context, r cors.Request) cors.Decision {
	status := 0
	switch kind := r.Kind(); {
	case kind == cors.Preflight:
		status = 403
	case c.refuses && c.table.current().enforcers.refuse(ctx, r):
		status = 403
	}
	return cors.Withheld(r, c.reason, status)
}

// NeedsMetadata implements cors.MetadataNeeder.
func (c *closed) NeedsMetadata() bool {
	return c.refuses && c.table.current().enforcers.active()
}

// enforcers holds the Scopes whose policies may refuse a request.
type enforcers struct {
	scopes []*Scope
	always bool // one of them has a Policy that needs metadata, for good
}

// add adds the Scope, unless its policy never refuses a request.
func (e *enforcers) add(s *Scope) {
	if p, ok := s.decider.(*cors.Policy); ok {
		if !p.NeedsMetadata() {
			return // a Policy is immutable, so this never changes
		}
		e.always = true
	}
	e.scopes = append(e.scopes, s)
}

// active reports whether a policy may refuse requests now. A policy that enforces always
// needs metadata, so a policy that needs none refuses nothing.
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

// Refuses reports whether any of the attached policies may refuse r (see [cors.MayRefuse]).
func (t *Table) Refuses(ctx context.Context, r cors.Request) bool {
	for _, s := range t.current().enforcers.scopes {
		if cors.NeedsMetadata(s.decider) && cors.MayRefuse(ctx, s.decider, r) {
			return true
		}
	}
	return false
}
