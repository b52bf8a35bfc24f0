package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
	"github.com/crossgate/cors/core/policydiff"
)

// Each fix holds the whole text and is compiled, so there are at most maxFixes of them, with
// at most maxFixed bytes together.
const (
	maxFixes = 20
	maxFixed = 128 << 10
)

// findings returns the policy's problems, each with its fixes, if there are certain ones.
func (p *policy) findings() []Problem {
	list := []Problem{}
	fixes, fixed := 0, 0
	otherwise := p.otherFormat() // for the first problem of the syntax
	misread := p.misread()
	for _, found := range p.problems {
		if misread && found.Code == "json-syntax" && !isNotJSON(found) {
			continue
		}
		problem := Problem{
			Severity: string(found.Severity), Line: found.Line, Column: found.Column, Code: found.Code,
			Field: found.Field, Value: found.Value, Message: found.Message, Hint: found.Hint, Fixes: []Fix{},
		}
		if fixes < maxFixes && fixed < maxFixed {
			problem.Fixes = append(problem.Fixes, p.repairs(found)...)
			fixes, fixed = fixes+1, fixed+len(problem.Fixes)*len(p.text)
		}
		if strings.HasSuffix(found.Code, "-syntax") {
			problem.Fixes = append(problem.Fixes, otherwise...)
			otherwise = nil
		}
		list = append(list, problem)
	}
	return list
}

// fixAll repairs all errors at once. It returns nil if there are fewer than two, or if no error goes away.
func (p *policy) fixAll() *Fix {
	var certain []policyfile.Problem
	for _, problem := range p.problems {
		if problem.Severity == policyfile.Error && len(problem.Repair) > 0 {
			certain = append(certain, problem)
		}
	}
	if len(certain) < 2 || p.misread() {
		return nil
	}
	text := string(policyfile.Fix([]byte(p.text), certain))
	errors := func(of *policy) (n int) {
		for _, problem := range of.problems {
			if problem.Severity == policyfile.Error {
				n++
			}
		}
		return n
	}
	if fixed := readPolicy(p.format, text); text == p.text || errors(fixed) >= errors(p) {
		return nil
	}
	return &Fix{Label: fmt.Sprintf("all %d errors that have one right spelling", len(certain)), Policy: text}
}

// repairs returns the fixes of a problem.
func (p *policy) repairs(problem policyfile.Problem) (list []Fix) {
	add := func(label, text string, err error) {
		if err == nil && text != "" && text != p.text && p.better(readPolicy(p.format, text), problem) {
			list = append(list, Fix{Label: label, Policy: text})
		}
	}
	if len(problem.Repair) > 0 {
		text := string(policyfile.Fix([]byte(p.text), []policyfile.Problem{problem}))
		add(p.label(problem.Repair), text, nil)
	}
	switch {
	case problem.Severity != policyfile.Error:
	case commented(problem):
		add("remove the comment", p.withoutComment(problem), nil)
	case strings.Contains(problem.Hint, "tab"):
		add("indent with spaces", tabs.ReplaceAllStringFunc(p.text, func(indent string) string { return strings.ReplaceAll(indent, "\t", "  ") }), nil)
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

// commented reports whether a problem is about a comment in JSON.
func commented(problem policyfile.Problem) bool {
	return strings.HasPrefix(problem.Hint, "JSON has no comments")
}

// isNotJSON reports whether a problem is that a text is not JSON, with all put right that is
// most often wrong in it.
func isNotJSON(problem policyfile.Problem) bool {
	return strings.HasPrefix(problem.Hint, "this is not JSON")
}

// misread reports whether a text is YAML that is read as JSON. Its missing commas and its
// comments are no mistakes then; what looks like a comment may be the // of a URL.
func (p *policy) misread() bool {
	return slices.ContainsFunc(p.problems, isNotJSON) && len(p.otherFormat()) > 0
}

// tabs are indents with tabs, which YAML does not have.
var tabs = regexp.MustCompile(`(?m)^ *\t[ \t]*`)

// withoutComment is the text without the comment that a problem is about.
func (p *policy) withoutComment(problem policyfile.Problem) string {
	at := 0
	for range problem.Line - 1 {
		at += strings.IndexByte(p.text[at:], '\n') + 1
	}
	at = min(at+problem.Column-1, len(p.text))
	before, rest := p.text[:at], p.text[at:]
	if behind, block := strings.CutPrefix(rest, "/*"); block {
		if _, after, closed := strings.Cut(behind, "*/"); closed {
			return strings.TrimRight(before, " \t") + after
		}
		return before
	}
	if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
		return strings.TrimRight(before, " \t") + rest[i:]
	}
	return before
}

// otherFormat is the fix of a text that can be read in the other format; nil if it cannot.
func (p *policy) otherFormat() []Fix {
	other, name := formatYAML, "YAML"
	if p.format == formatYAML {
		other, name = formatJSON, "JSON"
	}
	if strings.TrimSpace(p.text) == "" {
		return nil
	}
	for _, problem := range readPolicy(other, p.text).problems {
		if strings.HasSuffix(problem.Code, "-syntax") || problem.Field == "document" {
			return nil
		}
	}
	return []Fix{{Label: "read it as " + name, Policy: p.text, Format: other}}
}

// label says in one line what a Repair does.
func (p *policy) label(repair []policyfile.Edit) string {
	switch insert := written(repair); insert {
	case "":
	case ",":
		return "add the comma"
	default:
		return "write " + insert
	}
	var removed []string
	for _, e := range repair {
		removed = append(removed, p.text[e.Start:e.End])
	}
	switch gone := strings.Join(removed, " "); gone {
	case ",":
		return "remove the comma"
	case "\ufeff":
		return "remove the byte order mark"
	default:
		return "remove " + shortened(gone)
	}
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

// better reports whether a text no longer has a problem and has no new error. If the problem
// is only a warning, the change must not allow or deny anything to any page, except what the
// warning asks for.
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
	switch {
	case problem.Code == "json-unknown-field": // a field with its right name may have errors of its own
		return after < before || after == before && sameAfter < sameBefore && !fixed.repeats()
	case problem.Severity == policyfile.Error:
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

// repeats reports whether a field occurs twice.
func (p *policy) repeats() bool {
	return slices.ContainsFunc(p.problems, func(q policyfile.Problem) bool { return q.Code == "json-repeated-field" })
}
