package cors

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// cuts keeps the places that RouteMethods has made, by the place and pattern that
// they were made of. Both come from the application, so there is an end to them.
type cuts struct {
	mu   sync.RWMutex
	made map[cutKey]*cut
}

type cutKey struct {
	of      *Place
	pattern string
}

// cut is a place at which fewer methods are allowed.
type cut struct {
	table  *mountTable // the attachments that it was made under
	place  *Place
	served []string // sorted; what is registered with the pattern
	any    bool     // the route serves any method
}

func (c *cuts) get(k cutKey) *cut {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.made[k]
}

func (c *cuts) put(k cutKey, made *cut) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		c.made = make(map[cutKey]*cut)
	}
	c.made[k] = made
}

// noMethod is a method that nobody registers, so a route that serves it serves any.
const noMethod = "ANY-METHOD-AT-ALL"

// usualMethods are what a policy that allows any method is cut to, beside those that
// preflights have asked for. Those that need no preflight are never listed.
var usualMethods = [...]string{"DELETE", "OPTIONS", "PATCH", "PUT"}

// cut returns the place at which p decides for the methods that are registered
// with pattern, of which method is one.
func (m *Mounts) cut(t *mountTable, p *Place, method, pattern string, route func(string) (string, bool)) *Place {
	k := cutKey{p, pattern}
	old := m.cuts.get(k)
	if old != nil && old.table != t {
		old = nil
	}
	if old != nil && (old.any || slices.Contains(old.served, method)) {
		return old.place
	}
	candidates, ok := listedMethods(p.decider)
	if !ok {
		return p
	}
	serves := func(method string) bool {
		found, served := route(method)
		return served && found == pattern && m.lookup(t, method, pattern) == p
	}
	made := &cut{table: t, any: serves(noMethod)}
	n := &narrowed{of: p.decider, any: made.any}
	if made.any {
		n.except = t.methodsOf(pattern)
	} else {
		if old != nil {
			candidates = append(candidates, old.served...)
		}
		for _, candidate := range append(candidates, usualMethods[:]...) {
			if serves(candidate) {
				made.served = append(made.served, candidate)
			}
		}
		// The router serves it, so there is an end to what clients can add here.
		made.served = sorted(append(made.served, strings.Clone(method)))
		n.served = made.served
	}
	made.place = &Place{decider: n}
	m.cuts.put(k, made)
	return made.place
}

// methodsOf returns the methods of the pattern that have a place of their own.
func (t *mountTable) methodsOf(pattern string) []string {
	var methods []string
	for k := range t.routes {
		if k.pattern == pattern && k.method != "" {
			methods = append(methods, k.method)
		}
	}
	return methods
}

// listedMethods returns the methods that d's policy lists, and false if d has none
// that could be narrowed.
func listedMethods(d Decider) ([]string, bool) {
	switch d := d.(type) {
	case *Policy:
		return slices.Clone(d.methods.names), true
	case *Live:
		if p := d.Load(); p != nil {
			return slices.Clone(p.methods.names), true
		}
	}
	return nil, false
}

// narrowed decides as a *Policy or *Live does, with fewer methods. It writes the
// narrower policy once for each policy in force.
type narrowed struct {
	of     Decider
	served []string // what is left of them, unless
	any    bool     // all are served
	except []string // but for these
	made   atomic.Pointer[narrowPolicy]
}

type narrowPolicy struct{ from, to *Policy }

// Decide implements Decider.
func (n *narrowed) Decide(ctx context.Context, r Request) Decision {
	from, ok := n.of.(*Policy)
	if live, isLive := n.of.(*Live); isLive {
		from, ok = live.Load(), true
	}
	if !ok || from == nil {
		return n.of.Decide(ctx, r)
	}
	made := n.made.Load()
	if made == nil || made.from != from {
		made = &narrowPolicy{from: from, to: n.narrow(from)}
		n.made.Store(made)
	}
	return made.to.Decide(ctx, r)
}

// narrow returns p with no methods but those that are served, or p itself if any
// method is. The origins, which may be many, are shared.
func (n *narrowed) narrow(p *Policy) *Policy {
	names := n.served
	switch {
	case n.any && len(n.except) == 0:
		return p
	case n.any:
		names = append(slices.Clone(p.methods.names), usualMethods[:]...)
	}
	q := *p
	q.config.AllowMethods = slices.DeleteFunc(sorted(slices.Clone(names)), func(method string) bool {
		allowed, _ := p.methods.allows(method)
		needless := slices.Contains(safelistedMethods, method) && !slices.Contains(p.config.AllowMethods, method)
		return needless || slices.Contains(n.except, method) || !allowed
	})
	q.methods = methodSet{names: q.config.AllowMethods}
	q.writeOutcomes()
	return &q
}
