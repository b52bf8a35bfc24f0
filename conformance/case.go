package conformance

import (
	"embed"
	"fmt"
	"iter"
	"path"
	"strings"
	"testing"
)

//go:embed testdata/cases/*.txt
var caseFiles embed.FS

// Case is one thing that every adapter must get right: requests, and the answers
// to them that the rule demands. Cases are data; testdata/cases/README.md explains
// their form.
type Case struct {
	Name    string // "rule/what is to happen"; no two cases have the same
	Section string // where the rule is written
	Why     string // what goes wrong where the rule is broken

	setup     setup
	steps     []step
	keepAlive bool // all steps on one connection
	mayRefuse bool // a server may refuse the request before any middleware sees it

	err error // why the case could not be read
}

// step is one request of a case and what is wanted in answer to it.
type step struct {
	store   string // where not empty: the policy to put into force first
	request []byte
	want    want
}

// want is the answer that a case demands.
type want struct {
	by     Answerer
	status int     // 0: whatever the application answers without CORS
	fields []Field // all Access-Control-* and Vary fields; and of other names, those that must be there
	body   *string // nil: whatever the application answers without CORS, or none
}

// Cases yields all cases, grouped by rule.
func Cases() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		// The directory is part of the program, and ReadDir sorts it.
		entries, _ := caseFiles.ReadDir("testdata/cases")
		for _, entry := range entries {
			file := path.Join("testdata/cases", entry.Name())
			text, _ := caseFiles.ReadFile(file)
			for _, c := range parseCases(file, string(text)) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// Rule returns the first part of the case's name.
func (c Case) Rule() string {
	rule, _, _ := strings.Cut(c.Name, "/")
	return rule
}

// Check starts the case's application with start, with the adapter and without,
// and returns an error if the adapter breaks the case's rule. The error names the
// rule and its section, and shows the raw request, the raw response and the
// difference to what is wanted.
func (c Case) Check(tb testing.TB, start Start) error {
	tb.Helper()
	_, err := NewRig(tb, start).Check(c)
	return err
}

// failure wraps what is wrong with step i in all that one needs to understand it.
func (c Case) failure(i int, e Exchange, problem string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", c.Name)
	if len(c.steps) > 1 {
		fmt.Fprintf(&b, "request %d of %d\n", i+1, len(c.steps))
	}
	fmt.Fprintf(&b, "section:  %s\nrule:     %s\npolicy:   %s\n", c.Section, c.Why, c.setup)
	if store := c.steps[i].store; store != "" {
		fmt.Fprintf(&b, "replaced: %s\n", store)
	}
	fmt.Fprintf(&b, "request:\n%s", quoted(string(e.Request)))
	fmt.Fprintf(&b, "response:\n%s", quoted(e.Response.Head+e.Response.Body))
	if e.By != ByAdapter {
		fmt.Fprintf(&b, "response without CORS:\n%s", quoted(e.Baseline.Head+e.Baseline.Body))
	}
	fmt.Fprintf(&b, "difference:\n%s", problem)
	return fmt.Errorf("%s", b.String())
}

// quoted indents text and makes bytes visible that a terminal would not show. The
// end of a line stays a line's end.
func quoted(text string) string {
	const maxLine = 300
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if len(line) > maxLine {
			line = fmt.Sprintf("%s… (%d bytes)", line[:maxLine], len(line))
		}
		line = strings.Trim(fmt.Sprintf("%q", line), `"`)
		fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(line, `\"`, `"`))
	}
	return b.String()
}
