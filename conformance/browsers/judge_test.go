package browsers

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/cases"
	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/browsers/site"
)

// update rewrites the files of measurements, and the page made from them.
var update = flag.Bool("update", false, "rewrite what is measured, and the tables made of it")

// only selects some cases, for work on these cases.
var only = flag.String("only", "", "run the cases in the engines whose names match this regular `expression`")

// record writes the messages of the engines' consoles into the tests of package pasted.
var record = flag.Bool("record", false, "rewrite ../pasted/testdata/console-*.txt")

// writeSaid writes the messages of an engine. Of messages that differ only in numbers, it
// writes the first.
func writeSaid(t *testing.T, engine, version string, messages []engine.Message) {
	t.Helper()
	numbers := regexp.MustCompile(`[0-9]+`)
	seen := make(map[string]bool)
	var b strings.Builder
	fmt.Fprintf(&b, "# Written by %s %s; see go test -run TestEngines -record in conformance/browsers.\n", engine, version)
	for _, m := range messages {
		shape := numbers.ReplaceAllString(m.Text, "0")
		if m.Text == "" || seen[shape] || strings.HasPrefix(m.Text, "XML Parsing Error") || !strings.Contains(m.Text, "//") && !strings.Contains(m.Text, "Access-Control") && !strings.Contains(m.Text, "reflight") {
			continue
		}
		seen[shape] = true
		b.WriteString(strings.ReplaceAll(m.Text, "\n", " ") + "\n")
	}
	require.NoError(t, os.WriteFile("../pasted/testdata/console-"+engine+".txt", []byte(b.String()), 0o644))
}

func chosen(all []*cases.Case) []*cases.Case {
	expression := regexp.MustCompile(*only)
	return slices.DeleteFunc(all, func(c *cases.Case) bool { return !expression.MatchString(c.Name) })
}

func readCases(t *testing.T) []*cases.Case {
	t.Helper()
	raw, err := cases.Read(os.DirFS("testdata/raw"))
	require.NoError(t, err)
	policy, err := cases.Read(os.DirFS("testdata/policy"))
	require.NoError(t, err)
	return slices.Concat(raw, policy)
}

func readDifferences(t *testing.T) []*cases.Difference {
	t.Helper()
	text, err := os.ReadFile("testdata/differences.txt")
	require.NoError(t, err)
	all, err := cases.ReadDifferences(string(text))
	require.NoError(t, err)
	return all
}

// result is the result of a run: what the page sees and what the server sees.
type result struct {
	steps []cases.Outcome
	wire  []string
}

// observed returns the result of a run. said returns the code of an error, or the wanted
// code if the engine's text fits it.
func observed(r *site.Run, want result, said func(want string) string) result {
	got := result{wire: r.Wire()}
	for i, seen := range r.Seen() {
		o := seen.Outcome()
		if o.Type == "error" {
			wanted := "-"
			if i < len(want.steps) {
				wanted = want.steps[i].Code
			}
			o.Code = said(wanted)
		}
		got.steps = append(got.steps, o)
	}
	return got
}

// standard returns the result that the standard requires.
func standard(c *cases.Case) result {
	want := result{wire: c.Wire}
	for _, s := range c.Steps {
		want.steps = append(want.steps, s.Want)
	}
	return want
}

// with returns the result of a case in which a difference shows.
func (r result) with(s cases.Shown) result {
	if s.Steps != nil {
		r.steps = s.Steps
	}
	if s.Wire != nil {
		r.wire = s.Wire
	}
	return r
}

// known returns the difference of an engine that shows in a case, if there is one.
func known(all []*cases.Difference, engine string, c *cases.Case) (*cases.Difference, cases.Shown) {
	for _, d := range all {
		if shown, ok := d.In(c); ok && d.Engine == engine {
			return d, shown
		}
	}
	return nil, cases.Shown{}
}

// differs describes how r differs from want, or returns "".
func (r result) differs(want result) string {
	if len(r.steps) != len(want.steps) {
		return fmt.Sprintf("\n  reported %d of %d fetches", len(r.steps), len(want.steps))
	}
	var b strings.Builder
	for i, o := range r.steps {
		if !o.Same(want.steps[i]) || o.Code != want.steps[i].Code {
			fmt.Fprintf(&b, "\n  fetch %d %v\n     want %v", i+1, o, want.steps[i])
		}
	}
	if !slices.Equal(r.wire, want.wire) {
		fmt.Fprintf(&b, "\n  wire: %s\n  want: %s", strings.Join(r.wire, " | "), strings.Join(want.wire, " | "))
	}
	return b.String()
}
