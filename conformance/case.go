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

// Case is one thing that every adapter must get right: requests, and the answers that the
// rule requires. Cases are data; testdata/cases/README.md explains the format.
type Case struct {
	Name    string // "rule/what must happen"; unique
	Section string // the text that states the rule
	Why     string // what goes wrong if an adapter breaks the rule

	setup     setup
	steps     []step
	conn      connectionUse
	mayRefuse bool // a server may refuse the request before any middleware sees it

	err error // why the case could not be read
}

// connectionUse says how the requests of a case share connections.
type connectionUse uint8

const (
	separate  connectionUse = iota // each request has its own connection
	keptAlive                      // all use one connection, each sent after the previous answer
	pipelined                      // all use one connection, and are sent before any answer is read
)

// step is one request of a case and the answer that it must get.
type step struct {
	store   string // if not empty: the policy to put into force first
	request []byte
	abort   abort
	want    want // of a request that is not aborted
}

// abort is the point at which a client disconnects without waiting for the whole answer.
type abort string

// aborts reports whether a client disconnects early in some step.
func (c Case) aborts() bool {
	return slices.ContainsFunc(c.steps, func(s step) bool { return s.abort != "" })
}

// want is the answer that a case requires.
type want struct {
	by     Answerer
	status int     // 0: the status that the application sends without CORS
	fields []Field // all Access-Control-* and Vary fields, and other fields that must be present
	body   *string // nil: the body that the application sends without CORS, or no body
}

// Cases yields all cases, grouped by rule.
func Cases() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		// The directory is embedded in the program, and ReadDir sorts it.
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

// Check starts the case's application with start, once with the adapter and once without,
// and returns an error if the adapter breaks the case's rule. The error names the rule
// and its section, and shows the raw request, the raw response and how the response
// differs from the required one.
func (c Case) Check(tb testing.TB, start Start) error {
	tb.Helper()
	_, err := NewRig(tb, start).Check(c)
	return err
}

// failure wraps the problem in step i with everything that you need to understand it.
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
			fmt.Fprintf(&b, "before, the client disconnected from request %d %s\n", j+1, s.abort)
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

// quoted indents text and escapes bytes that a terminal would not show, except line ends.
// It cuts long lines and long texts.
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
