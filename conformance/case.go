package conformance

import (
	"embed"
	"fmt"
	"iter"
	"path"
	"slices"
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
	conn      connectionUse
	mayRefuse bool // a server may refuse the request before any middleware sees it

	err error // why the case could not be read
}

// connectionUse says how the requests of a case share connections.
type connectionUse uint8

const (
	separate  connectionUse = iota // each has a connection, which is closed after it
	keptAlive                      // all go through one, each after the answer to the one before
	pipelined                      // all go through one, and are sent before any answer is read
)

// step is one request of a case and what is wanted in answer to it.
type step struct {
	store   string // where not empty: the policy to put into force first
	request []byte
	abort   abort
	want    want // of a request that is not aborted
}

// abort is where a client leaves that does not wait for the whole answer.
type abort string

// aborts reports whether a client leaves early in some step.
func (c Case) aborts() bool {
	return slices.ContainsFunc(c.steps, func(s step) bool { return s.abort != "" })
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
		together := map[connectionUse]string{keptAlive: ", through one connection", pipelined: ", sent at once"}[c.conn]
		fmt.Fprintf(&b, "request %d of %d%s\n", i+1, len(c.steps), together)
	}
	fmt.Fprintf(&b, "section:  %s\nrule:     %s\nin force: %s\n", c.Section, c.Why, c.setup)
	for j, s := range c.steps[:i+1] {
		if s.store != "" {
			fmt.Fprintf(&b, "replaced before request %d by: %s\n", j+1, s.store)
		}
		if s.abort != "" {
			fmt.Fprintf(&b, "before, request %d was left %s\n", j+1, s.abort)
		}
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
// end of a line stays a line's end. Long lines and long texts are cut.
func quoted(text string) string {
	const maxLines = 60
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > maxLines {
			fmt.Fprintf(&b, "    … (%d lines)\n", strings.Count(text, "\n"))
			break
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		fmt.Fprintf(&b, "    %s\n", visible(line))
	}
	return b.String()
}
