package lab

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/policydiff"
)

// maxRepaired is how many of a policy's problems get a fix: each holds the whole text.
const maxRepaired = 10

// unknownField finds the name that a hint proposes for an unknown field.
var unknownField = regexp.MustCompile(`; write "([A-Za-z.]+)"$`)

// repair offers for each problem what makes it go away, where that is certain.
func (p *policy) repair() {
	if p.document == nil {
		return
	}
	for i := range p.problems {
		if i == maxRepaired {
			return
		}
		problem := &p.problems[i]
		for _, try := range p.repairs(*problem) {
			text, err := apply(p.format, p.text, try.edits...)
			if err != nil || text == p.text {
				continue
			}
			if fixed := readPolicy(p.format, text); p.better(fixed, *problem) {
				problem.Fixes = append(problem.Fixes, Fix{Label: try.label, Policy: text})
			}
		}
	}
}

// repairs are the fixes that a problem may have.
func (p *policy) repairs(problem Problem) []candidate {
	var list []candidate
	if len(problem.repair) > 0 {
		var quoted []string
		for _, r := range problem.repair {
			quoted = append(quoted, strconv.Quote(r))
		}
		list = append(list, candidate{label: "write " + strings.Join(quoted, ", "), edits: []edit{replace(problem.Field, problem.repair...)}})
	}
	if found := unknownField.FindStringSubmatch(problem.Hint); found != nil && problem.Code == "json-unknown-field" {
		list = append(list, candidate{label: fmt.Sprintf("write %q", found[1]), edits: []edit{rename(problem.Field, found[1])}})
	}
	if problem.Code == "json-type" && problem.Value != "" && strings.HasPrefix(problem.Hint, "write a list of strings") {
		list = append(list, candidate{label: "write a list", edits: []edit{asList(problem.Field)}})
	}
	if strings.HasSuffix(problem.Field, "]") && problem.Severity == severityWarning {
		list = append(list, candidate{label: "remove " + strconv.Quote(shortened(problem.Value)) + ", which has no effect", edits: []edit{replace(problem.Field)}})
	}
	if problem.Code == "content-type-missing" {
		list = append(list, candidate{label: "add content-type to allowHeaders", edits: []edit{add("allowHeaders", "content-type")}})
	}
	return list
}

// asList writes a string that a list is wanted of as the list.
func asList(path string) edit {
	return func(d *document) ([]splice, error) {
		_, node := d.find(path)
		if node == nil {
			return nil, errNoPlace
		}
		elements := strings.FieldsFunc(node.Value, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
		return []splice{{d.start(node), d.end(node), pad(d, node) + d.write(elements)}}, nil
	}
}

// better reports whether a text is without a problem, and has no new error. Where only a
// warning goes, no page may gain or lose by it, unless what was added is what the warning asks for.
func (p *policy) better(fixed *policy, problem Problem) bool {
	count := func(of *policy, severity string) (n, same int) {
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
	before, sameBefore := count(p, severityError)
	after, sameAfter := count(fixed, severityError)
	if problem.Severity == severityError {
		return after < before
	}
	if after > before || sameAfter >= sameBefore {
		return false
	}
	if problem.Code == "content-type-missing" || len(problem.repair) > 0 {
		return true
	}
	for _, change := range policydiff.Diff(p.compiled, fixed.compiled) {
		if change.Direction != policydiff.Other {
			return false
		}
	}
	return true
}
