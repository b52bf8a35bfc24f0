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

// Each fix holds the whole text and is compiled, so fixes are tried for at most maxFixes
// problems, and with at most maxFixed bytes together.
const (
	maxFixes = 20
	maxFixed = 256 << 10
)

// maxNamed is how many policies of a set have a click.
const maxNamed = 5

// maxRead bounds, in bytes, what is read to repair all errors.
const maxRead = 1 << 20

// maxProblems is how many problems are listed. Each wrong byte of a text can be one.
const maxProblems = 100

// findings returns the policy's problems, each with its fixes, if there are certain ones.
func (p *policy) findings() []Problem {
	list := []Problem{}
	tried, left := 0, maxFixed
	otherwise := p.otherFormat() // for the first problem of the syntax
	misread := p.misread()
	for _, found := range errorsFirst(p.problems) {
		if misread && found.Code == "json-syntax" && !isNotJSON(found) {
			continue
		}
		if len(list) == maxProblems && len(p.problems) > maxProblems+1 {
			message := fmt.Sprintf("there are more problems: %d in all", len(p.problems))
			return append(list, Problem{
				Severity: string(found.Severity), Line: found.Line, Column: found.Column, Code: "more", Message: message, Hint: message, Fixes: []Fix{},
			})
		}
		problem := Problem{
			Severity: string(found.Severity), Line: found.Line, Column: found.Column, Code: found.Code,
			Field: found.Field, Value: found.Value, Message: found.Message, Hint: found.Hint, Fixes: []Fix{},
		}
		if tried < maxFixes && left > len(p.text) {
			problem.Fixes = append(problem.Fixes, p.repairs(found)...)
			tried, left = tried+1, left-len(p.text)
		}
		if strings.HasSuffix(found.Code, "-syntax") {
			problem.Fixes = append(problem.Fixes, otherwise...)
			otherwise = nil
		}
		list = append(list, problem)
	}
	return list
}

// errorsFirst returns problems in their order, and errors before warnings if not all of them
// are listed.
func errorsFirst(problems []policyfile.Problem) []policyfile.Problem {
	if len(problems) <= maxProblems+1 {
		return problems
	}
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b policyfile.Problem) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	return sorted
}

// more is in the last of over 100 problems, which says how many are left out.
var more = regexp.MustCompile(`(\d+) more`)

// afterTheLast puts each problem of the form "200 more elements like the last" after the last,
// and at its place.
func afterTheLast(problems []policyfile.Problem) []policyfile.Problem {
	isRest := func(q policyfile.Problem) bool {
		return q.Value == "" && strings.HasSuffix(q.Hint, " more elements like the last")
	}
	list := slices.DeleteFunc(slices.Clone(problems), isRest)
	for _, rest := range problems {
		if !isRest(rest) {
			continue
		}
		at := len(list) - 1
		for at >= 0 && list[at].Code != rest.Code {
			at--
		}
		if at >= 0 {
			rest.Line, rest.Column = list[at].Line, list[at].Column
		}
		list = slices.Insert(list, at+1, rest)
	}
	return list
}

// count returns the number of problems that counted accepts, including those that are left
// out.
func (p *policy) count(counted func(policyfile.Problem) bool) (n int) {
	for _, problem := range p.problems {
		if !counted(problem) {
			continue
		}
		n++
		if parts := more.FindStringSubmatch(problem.Hint); parts != nil && problem.Value == "" {
			left, _ := strconv.Atoi(parts[1]) // 0 if it is not a number
			n += left
		}
	}
	return n
}

func isError(problem policyfile.Problem) bool { return problem.Severity == policyfile.Error }

// capped reports whether the text has more errors than are known.
func (p *policy) capped() bool {
	return slices.ContainsFunc(p.problems, func(q policyfile.Problem) bool { return q.Code == "json-problems" })
}

// fixAll repairs all errors at once. It returns nil if there are fewer than two, or if no error
// goes away. Of many errors in a long text it repairs some.
func (p *policy) fixAll() *Fix {
	if p.misread() {
		return nil
	}
	fixed, n := p, 0
	for left := maxRead; left > 0; left -= len(fixed.text) {
		var certain []policyfile.Problem
		for _, problem := range fixed.problems {
			if isError(problem) && len(problem.Repair) > 0 {
				certain = append(certain, problem)
			}
		}
		text := string(policyfile.Fix([]byte(fixed.text), certain))
		if len(certain) == 0 || fixed == p && len(certain) < 2 || text == fixed.text {
			break
		}
		next := readPolicy(p.format, text)
		if after, before := next.count(isError), fixed.count(isError); after > before || after == before && !fixed.capped() {
			break
		}
		fixed, n = next, n+len(certain)
		if len(certain) < 100 { // there were no more
			break
		}
	}
	if fixed == p {
		return nil
	}
	return &Fix{Label: fmt.Sprintf("all %d errors that have one right spelling", n), Policy: fixed.text}
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
	case strings.ContainsAny(p.text, typeset) && !p.straightened:
		p.straightened = true // one click for the whole text
		add("write straight quotation marks and plain spaces", straight.Replace(p.text), nil)
	case strings.Contains(problem.Hint, "tab"):
		add("indent with spaces", tabs.ReplaceAllStringFunc(p.text, func(indent string) string { return strings.ReplaceAll(indent, "\t", "  ") }), nil)
	}
	if strings.HasSuffix(problem.Field, "]") && problem.Severity == policyfile.Warning {
		text, err := apply(p.format, p.text, without(problem.Field))
		add("remove "+strconv.Quote(shortened(problem.Value))+", which has no effect", text, err)
	}
	if problem.Code == "policy-set" {
		for _, one := range p.named[:min(len(p.named), maxNamed)] {
			if one.Compiled != nil {
				text, err := asDocument(p.format, one.Compiled.Config())
				add("take "+strconv.Quote(shortened(one.Name))+" alone, without comments", text, err)
			}
		}
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

// isNotJSON reports whether a problem is that a text is not JSON, even after the usual
// mistakes are corrected.
func isNotJSON(problem policyfile.Problem) bool {
	return strings.HasPrefix(problem.Hint, "this is not JSON")
}

// misread reports whether a text is YAML that is read as JSON. Missing commas and comments
// are then no mistakes, and what looks like a comment may be the // of a URL.
func (p *policy) misread() bool {
	return slices.ContainsFunc(p.problems, isNotJSON) && len(p.otherFormat()) > 0
}

// typeset are characters that word processors and chats write in place of plain ones.
const typeset = "“”„‟‘’‚‛\u00a0\u200b"

var straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "‘", `"`, "’", `"`, "‚", `"`, "‛", `"`, "\u00a0", " ", "\u200b", "")

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
	if p.other == nil {
		p.other = p.readOtherwise()
	}
	return p.other
}

func (p *policy) readOtherwise() []Fix {
	other, name := formatYAML, "YAML"
	if p.format == formatYAML {
		other, name = formatJSON, "JSON"
	}
	syntax := func(problem policyfile.Problem) bool {
		return strings.HasSuffix(problem.Code, "-syntax") || problem.Field == "document" && problem.Code != "json-problems"
	}
	if strings.TrimSpace(p.text) == "" || !slices.ContainsFunc(p.problems, syntax) ||
		slices.ContainsFunc(readPolicy(other, p.text).problems, syntax) {
		return []Fix{}
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
	same := func(q policyfile.Problem) bool { return q.Code == problem.Code }
	before, sameBefore := p.count(isError), p.count(same)
	after, sameAfter := fixed.count(isError), fixed.count(same)
	switch {
	case problem.Code == "json-unknown-field": // a field with its right name may have errors of its own
		return after < before || after == before && sameAfter < sameBefore && !fixed.repeats()
	case problem.Severity == policyfile.Error:
		return after < before || after == before && p.capped() && len(problem.Repair) > 0
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
