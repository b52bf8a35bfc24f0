package conformance

import (
	"slices"
	"strings"
	"testing"
)

// LeaveOut tells RunMount to leave out a subtest that the framework cannot support. name
// is the name of the subtest, or the part before its colon to leave out all subtests that
// begin so. why is the reason. RunMount reports these subtests as skipped, with the
// reason.
func LeaveOut(name, why string) Option {
	return func(o *options) { o.leftOut[plainName(name)] = why }
}

// WithoutRoute tells RunMount to leave a route, named by its Path, out of its
// applications. It is for a router that cannot have this route next to the others. Use
// LeaveOut for the subtests that need the route.
func WithoutRoute(path, why string) Option {
	return func(o *options) { o.routes[path] = why }
}

// mountPlan is the sum of RunMount's options.
type mountPlan struct {
	options
	unknown map[string]bool // names in the options that match no subtest so far
}

func newMountPlan(opts []Option) *mountPlan {
	p := &mountPlan{newOptions(opts), make(map[string]bool)}
	for name := range p.known {
		p.unknown[name] = true
	}
	for name := range p.leftOut {
		p.unknown[name] = true
	}
	return p
}

// run runs a subtest, unless it is left out. check returns the problem, if any.
func (p *mountPlan) run(t *testing.T, name string, check func(t *testing.T) error) {
	t.Helper()
	own, leave := plainName(name), ""
	for left, why := range p.leftOut {
		if own == left || strings.HasPrefix(own, left+":") {
			leave = why
			delete(p.unknown, left)
		}
	}
	delete(p.unknown, own)
	t.Run(name, func(t *testing.T) {
		if leave != "" {
			t.Skip("left out: " + leave)
		}
		err := check(t)
		why, known := p.known[own]
		switch skip, fail := judge(err, why, known); {
		case fail != "":
			t.Error(fail)
		case skip != "":
			t.Skip(skip)
		}
	})
}

// finish reports names that matched no subtest.
func (p *mountPlan) finish(t *testing.T) {
	t.Helper()
	for name := range p.unknown {
		t.Errorf("an option of RunMount names %q, but there is no such subtest", name)
	}
	for path := range p.routes {
		if !slices.ContainsFunc(scenarioRoutes(), func(r Route) bool { return r.Path == path }) {
			t.Errorf("WithoutRoute names %q, but there is no such route", path)
		}
	}
}

// keep returns the routes that are not left out.
func (p *mountPlan) keep(routes []Route) []Route {
	return slices.DeleteFunc(routes, func(r Route) bool { return p.routes[r.Path] != "" })
}

// keepAttached returns the attachments to routes that are not left out.
func (p *mountPlan) keepAttached(all []Attachment) []Attachment {
	return slices.DeleteFunc(all, func(a Attachment) bool { return a.Method != "" && p.routes[a.Pattern] != "" })
}
