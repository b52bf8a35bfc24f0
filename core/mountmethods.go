package cors

import (
	"context"
	"slices"
	"strings"
	"sync"
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
	case *observer:
		return listedMethods(d.decider)
	case *shadow:
		return listedMethods(d.active)
	case tallied:
		return listedMethods(d.decider)
	}
	return nil, false
}

// narrowed decides as another Decider does, with fewer methods.
type narrowed struct {
	of     Decider
	served []string // what is left of them, unless
	any    bool     // all are served
	except []string // but for these
}

// Decide implements Decider.
func (n *narrowed) Decide(ctx context.Context, r Request) Decision {
	d := n.of.Decide(ctx, r)
	if n.any && len(n.except) == 0 {
		return d
	}
	d.KeepMethods(func(method string) bool {
		if n.any {
			return !slices.Contains(n.except, method)
		}
		return slices.Contains(n.served, method)
	})
	return d
}

// NeedsMetadata implements MetadataNeeder.
func (n *narrowed) NeedsMetadata() bool { return NeedsMetadata(n.of) }
