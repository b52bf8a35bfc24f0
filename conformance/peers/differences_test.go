package peers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDifferences sends every scenario's request to every system, and compares the
// answers with DIFFERENCES.md. Crossgate's answers must be right, with two exceptions:
// without Guard, a handler can overwrite Vary, or add a CORS header.
func TestDifferences(t *testing.T) {
	t.Parallel()
	var columns []column
	for _, s := range systems() {
		columns = append(columns, s.column(t))
	}
	for i, s := range scenarios() {
		for _, c := range columns {
			if c.name == "Crossgate with Guard" || c.name == "Crossgate" && s.path != "/vary" && s.path != "/own" {
				assert.Empty(t, c.cells[i].against, "%s: %s", c.name, s.name)
			}
		}
	}
	golden(t, "DIFFERENCES.md", differences(t, columns))
}

// column holds a system's answers to all scenarios.
type column struct {
	name, version string
	cells         []cell
}

// cell is an answer as the page prints it.
type cell struct{ status, fields, against string }

func (s system) column(t *testing.T) column {
	t.Helper()
	c := column{name: s.name, version: s.version(t)}
	addrs, refusals := s.serve(t, []any{listed: s.list, anyone: s.anyone, anyoneSignedIn: s.anyoneSignedIn})
	for _, scenario := range scenarios() {
		if err := refusals[scenario.setting]; err != nil {
			assert.Equal(t, anyoneSignedIn, scenario.setting, "%s: %v", s.name, err)
			c.cells = append(c.cells, cell{status: "refuses the setting"})
			continue
		}
		a := exchange(t, addrs[scenario.setting], scenario.method, scenario.path, scenario.fields)
		c.cells = append(c.cells, cell{fmt.Sprint(a.status), printed(a), scenario.against(a)})
	}
	return c
}

// printed returns the CORS headers of an answer, for a cell of a table.
func printed(a answer) string {
	var lines []string
	for _, f := range a.fields {
		if strings.HasPrefix(f.Name, "Access-Control-") || f.Name == "Vary" {
			value := f.Value
			if len(value) > 100 {
				value = fmt.Sprintf("%s… (%d bytes)", value[:20], len(value))
			}
			lines = append(lines, "`"+f.Name+": "+value+"`")
		}
	}
	return strings.Join(lines, "<br>")
}

const differencesHead = `<!-- Written by go test -run TestDifferences -update; do not edit. -->
# Where CORS libraries differ

This page sends the same requests, byte for byte, to applications behind different libraries with the same policy, and
compares the answers with the Fetch standard. The standard says what browsers do, and lets servers choose many answers. ✗ means that a browser would
do what the policy does not intend, that a shared cache could give one client the answer for another,
or that a request is confused with another kind of request. Whether a browser allows a page is decided by the steps of the standard (conformance/browser).

The policy lists two origins, ` + "`https://app.example.com` and `https://admin.example.com`" + `, allows credentials, the methods
GET, POST, PUT and DELETE, the request headers Content-Type and X-Requested-With, exposes X-Total-Count, and has a
maximum age of 600 seconds. "Any origin" is a library's default setting for all origins. The settings of each library
are at the end.
`

func differences(tb testing.TB, columns []column) string {
	tb.Helper()
	var b strings.Builder
	b.WriteString(differencesHead + "\n| column | what runs |\n|---|---|\n")
	for _, c := range columns {
		fmt.Fprintf(&b, "| %s | %s |\n", c.name, c.version)
	}
	b.WriteString("\n## At a glance\n\n| request |")
	for _, c := range columns {
		b.WriteString(" " + c.name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(columns)) + "\n")
	all := scenarios()
	for i, s := range all {
		fmt.Fprintf(&b, "| [%s](#%d) |", s.name, i+1)
		for _, c := range columns {
			b.WriteString(" " + mark(c.cells[i]) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Request by request\n")
	for i, s := range all {
		fmt.Fprintf(&b, "\n### <a id=\"%d\"></a>%d. %s\n\n%s\n", i+1, i+1, s.name, s.request())
		fmt.Fprintf(&b, "%s: %s\n\n| | status | headers | systems | what is wrong |\n|:-:|---|---|---|---|\n", s.section, s.rule)
		for _, group := range groups(columns, i) {
			c := group[0].cells[i]
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", mark(c), c.status, c.fields, names(group), c.against)
		}
	}
	b.WriteString("\n## The settings\n")
	sources := sourcesOf(tb, "systems_test.go")
	for _, s := range systems() {
		source := sources["systems/"+s.name]
		fmt.Fprintf(&b, "\n%s, for the list, for any origin, and for any origin with credentials:\n", s.name)
		for _, setting := range []string{"list", "anyone", "anyoneSignedIn"} {
			require.NotEmpty(tb, source[setting], s.name)
			fmt.Fprintf(&b, "\n```%s\n%s\n```\n", s.language, source[setting])
		}
	}
	return b.String()
}

func mark(c cell) string {
	if c.against == "" {
		return "✓"
	}
	return "✗"
}

// groups returns the columns in groups that have the same answer to scenario i.
func groups(columns []column, i int) [][]column {
	var all [][]column
	for _, c := range columns {
		same := slices.IndexFunc(all, func(g []column) bool { return g[0].cells[i] == c.cells[i] })
		if same < 0 {
			all = append(all, []column{c})
			continue
		}
		all[same] = append(all[same], c)
	}
	return all
}

func names(group []column) string {
	var all []string
	for _, c := range group {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}

// request returns the scenario's request as it is sent, without Host and Connection.
func (s scenario) request() string {
	var b strings.Builder
	fmt.Fprintf(&b, "```http\n%s %s HTTP/1.1\n", s.method, s.path)
	for _, f := range s.fields {
		value := f.Value
		if len(value) > 100 {
			value = fmt.Sprintf("%s… (%d bytes)", value[:20], len(value))
		}
		fmt.Fprintf(&b, "%s: %s\n", http.CanonicalHeaderKey(f.Name), value)
	}
	b.WriteString("```\n")
	return b.String()
}
