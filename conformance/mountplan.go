package conformance

import (
	"slices"
	"strings"
	"testing"
)

// LeaveOut tells RunMount to leave out the subtest of that name, or all whose names begin with
// name and a colon, since the framework has no way to do what they are about. why says
// which. They are reported as skipped, with the reason.
func LeaveOut(name, why string) Option {
	return func(o *options) { o.leftOut[plainName(name)] = why }
}

// WithoutRoute tells RunMount to leave a route out of its applications, by its Path, for a router that
// cannot have it next to the others. LeaveOut what is about that route.
func WithoutRoute(path, why string) Option {
	return func(o *options) { o.routes[path] = why }
}

// mountPlan is what RunMount's options come to.
type mountPlan struct {
	options
	unknown map[string]bool // names in the options that no subtest has had
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

// run runs a subtest, unless it is left out. check returns what is wrong.
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

// finish reports names that no subtest has had.
func (p *mountPlan) finish(t *testing.T) {
	t.Helper()
	for name := range p.unknown {
		t.Errorf("an option of RunMount names %q, and there is no such subtest", name)
	}
	for path := range p.routes {
		if !slices.ContainsFunc(scenarioRoutes(), func(r Route) bool { return r.Path == path }) {
			t.Errorf("WithoutRoute names %q, and there is no such route", path)
		}
	}
}

// keep returns the routes without those that are left out.
func (p *mountPlan) keep(routes []Route) []Route {
	return slices.DeleteFunc(routes, func(r Route) bool { return p.routes[r.Path] != "" })
}

// keepAttached returns the attachments without those to routes that are left out.
func (p *mountPlan) keepAttached(all []Attachment) []Attachment {
	return slices.DeleteFunc(all, func(a Attachment) bool { return a.Method != "" && p.routes[a.Pattern] != "" })
}
