package lab

import (
	"strconv"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
	"github.com/crossgate/cors/core/policydiff"
)

// Each fix holds the whole text, and is read again: so there are at most maxFixes of them,
// which hold maxFixed bytes together.
const (
	maxFixes = 20
	maxFixed = 128 << 10
)

// findings are a policy's problems, each with what makes it go away, where that is certain.
func (p *policy) findings() []Problem {
	list := []Problem{}
	fixes, fixed := 0, 0
	for _, found := range p.problems {
		problem := Problem{
			Severity: string(found.Severity), Line: found.Line, Column: found.Column, Code: found.Code,
			Field: found.Field, Value: found.Value, Message: found.Message, Hint: found.Hint, Fixes: []Fix{},
		}
		if fixes < maxFixes && fixed < maxFixed {
			problem.Fixes = append(problem.Fixes, p.repairs(found)...)
			fixes, fixed = fixes+1, fixed+len(problem.Fixes)*len(p.text)
		}
		list = append(list, problem)
	}
	return list
}

// repairs are the fixes that a problem has.
func (p *policy) repairs(problem policyfile.Problem) (list []Fix) {
	add := func(label, text string, err error) {
		if err == nil && text != p.text && p.better(readPolicy(p.format, text), problem) {
			list = append(list, Fix{Label: label, Policy: text})
		}
	}
	if len(problem.Repair) > 0 {
		text := string(policyfile.Fix([]byte(p.text), []policyfile.Problem{problem}))
		add("write "+written(problem.Repair), text, nil)
	}
	if strings.HasSuffix(problem.Field, "]") && problem.Severity == policyfile.Warning {
		text, err := apply(p.format, p.text, without(problem.Field))
		add("remove "+strconv.Quote(shortened(problem.Value))+", which has no effect", text, err)
	}
	if problem.Code == "content-type-missing" {
		text, err := apply(p.format, p.text, addTo("allowHeaders", "content-type"))
		add("add content-type to allowHeaders", text, err)
	}
	return list
}

// written is what a Repair writes, in one line.
func written(repair []policyfile.Edit) string {
	var all []string
	for _, e := range repair {
		all = append(all, strings.Join(strings.Fields(e.New), " "))
	}
	// The elements of a list may be on lines of their own.
	return shortened(strings.ReplaceAll(strings.Join(all, ", "), " - ", ", "))
}

// better reports whether a text is without a problem, and has no new error. Where only a
// warning goes, no page may gain or lose by it, unless what was added is what the warning asks for.
func (p *policy) better(fixed *policy, problem policyfile.Problem) bool {
	count := func(of *policy, severity policyfile.Severity) (n, same int) {
		for _, q := range of.problems {
			if q.Severity == severity {
				n++
			}
			if q.Code == problem.Code {
				same++
			}
		}
		return n, same
	}
	before, sameBefore := count(p, policyfile.Error)
	after, sameAfter := count(fixed, policyfile.Error)
	if problem.Severity == policyfile.Error {
		return after < before
	}
	if after > before || sameAfter >= sameBefore {
		return false
	}
	if problem.Code == "content-type-missing" || len(problem.Repair) > 0 {
		return true
	}
	if p.compiled == nil || fixed.compiled == nil {
		return false // what it has an effect on is not known
	}
	for _, change := range policydiff.Diff(p.compiled, fixed.compiled) {
		if change.Direction != policydiff.Other {
			return false
		}
	}
	return true
}
