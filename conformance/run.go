package conformance

import (
	"fmt"
	"strings"
	"testing"
)

// Option changes how Run and RunMount judge.
type Option func(*options)

type options struct {
	known   map[string]string // why, by case name
	leftOut map[string]string // why, by case name or the beginning of one; of RunMount alone
	routes  map[string]string // why, by path; of RunMount alone
}

func newOptions(opts []Option) options {
	o := options{known: make(map[string]string), leftOut: make(map[string]string), routes: make(map[string]string)}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// KnownDivergence tells Run or RunMount that a case is known to fail, and why. The case is
// reported as skipped, with the reason; once it passes, or if there is no case of
// that name, that is a failure, so that the list stays true. The name may be written as
// go test prints it, with underscores for spaces.
func KnownDivergence(caseName, why string) Option {
	return func(o *options) { o.known[plainName(caseName)] = why }
}

// plainName undoes what package testing does to the names of subtests.
func plainName(name string) string { return strings.ReplaceAll(name, "_", " ") }

// Run checks every case against the adapter that start serves, each as a subtest
// "rule/name". Rules run in parallel.
func Run(t *testing.T, start Start, opts ...Option) {
	t.Helper()
	o := newOptions(opts)
	if len(o.leftOut)+len(o.routes) > 0 {
		t.Error("LeaveOut and WithoutRoute are options of RunMount: Run leaves nothing out")
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
		t.Errorf("KnownDivergence names %q, and there is no such case", name)
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

// judge turns a case's result into a reason to skip or to fail, or neither.
func judge(err error, why string, known bool) (skip, fail string) {
	switch {
	case !known && err != nil:
		return "", err.Error()
	case !known:
		return "", ""
	case err != nil:
		return fmt.Sprintf("known divergence: %s\n%v", why, err), ""
	default:
		return "", fmt.Sprintf("this case is listed as a known divergence (%s), and it passes: take it off the list", why)
	}
}
