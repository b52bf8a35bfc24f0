package conformance

import (
	"fmt"
	"strings"
	"testing"
)

// Option changes how Run and RunMount judge results.
type Option func(*options)

type options struct {
	known   map[string]string // why, by case name
	leftOut map[string]string // why, by case name or its beginning; only for RunMount
	routes  map[string]string // why, by path; only for RunMount
}

func newOptions(opts []Option) options {
	o := options{known: make(map[string]string), leftOut: make(map[string]string), routes: make(map[string]string)}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// KnownDivergence tells Run or RunMount that a case is known to fail, and why. The case
// is then reported as skipped, with the reason. If the case passes, or if no case has
// that name, the test fails, so that the list stays correct. You may write the name as go
// test prints it, with underscores for spaces.
func KnownDivergence(caseName, why string) Option {
	return func(o *options) { o.known[plainName(caseName)] = why }
}

// plainName undoes how package testing rewrites the names of subtests.
func plainName(name string) string { return strings.ReplaceAll(name, "_", " ") }

// Run checks every case against the adapter that start serves. Each case is a subtest
// "rule/name". Rules run in parallel.
func Run(t *testing.T, start Start, opts ...Option) {
	t.Helper()
	o := newOptions(opts)
	if len(o.leftOut)+len(o.routes) > 0 {
		t.Error("LeaveOut and WithoutRoute are options of RunMount only")
	}
	var rules []string
	byRule := make(map[string][]Case)
	unknown := make(map[string]bool)
	for name := range o.known {
		unknown[name] = true
	}
	for c := range Cases() {
		rule := c.Rule()
		if byRule[rule] == nil {
			rules = append(rules, rule)
		}
		byRule[rule] = append(byRule[rule], c)
		delete(unknown, plainName(c.Name))
	}
	for name := range unknown {
		t.Errorf("KnownDivergence names %q, but there is no such case", name)
	}
	for _, rule := range rules {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			rig := NewRig(t, start)
			for _, c := range byRule[rule] {
				if err := rig.prepare(c); err != nil {
					t.Error(err)
					continue
				}
				t.Run(strings.TrimPrefix(c.Name, rule+"/"), func(t *testing.T) {
					err := rig.checkFor(t, c)
					why, known := o.known[plainName(c.Name)]
					skip, fail := judge(err, why, known)
					switch {
					case fail != "":
						t.Error(fail)
					case skip != "":
						t.Skip(skip)
					}
				})
			}
		})
	}
}

// judge turns a case's result into a reason to skip, a failure, or neither.
func judge(err error, why string, known bool) (skip, fail string) {
	switch {
	case !known && err != nil:
		return "", err.Error()
	case !known:
		return "", ""
	case err != nil:
		return fmt.Sprintf("known divergence: %s\n%v", why, err), ""
	default:
		return "", fmt.Sprintf("this case is listed as a known divergence (%s), but it passes: remove it from the list", why)
	}
}
