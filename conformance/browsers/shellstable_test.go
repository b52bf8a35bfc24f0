//go:build unix

package browsers

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

const (
	// shellsFile holds the results of TestShells, one line each: "engine | page | what |
	// version".
	shellsFile = "testdata/shells.txt"
	shellsPage = "../../docs/recipes/desktop-and-extensions.md"

	beginShells = "<!-- measured by conformance/browsers: go test -run 'TestShells' -update -->\n"
	endShells   = "<!-- end of what is measured -->\n"
)

// row returns the result as cells of the guide's table.
func (s seen) row() string {
	origin := func(o string) string {
		if o == "" {
			return "no Origin"
		}
		if strings.ContainsAny(o, ":/") || o == "null" {
			return "`" + o + "`"
		}
		return o
	}
	origins := origin(s.put)
	if s.get != s.put {
		origins += "; " + origin(s.get) + " in a GET"
	}
	says := func(yes bool) string { return map[bool]string{true: "yes", false: "no"}[yes] }
	reads := "nothing"
	switch {
	case s.free:
		reads = "every response"
	case s.credentials:
		reads = "responses that allow its origin, with credentials too"
	case s.accepts:
		reads = "responses that allow its origin, not with credentials"
	}
	refuses := map[bool]string{true: "403", false: "passes"}[s.refused]
	return strings.Join([]string{origins, says(s.preflight), reads, "`" + s.fetchSite + "`", refuses}, " | ")
}

// shellRow is a line of shellsFile.
type shellRow struct{ engine, page, cells, version string }

func readShells(t *testing.T) []shellRow {
	t.Helper()
	text, err := os.ReadFile(shellsFile)
	require.NoError(t, err)
	var rows []shellRow
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSpace(line), " | ")
		require.Greater(t, len(fields), 3, "%q", line)
		last := len(fields) - 1
		rows = append(rows, shellRow{fields[0], fields[1], strings.Join(fields[2:last], " | "), fields[last]})
	}
	return rows
}

// holdShell compares the result for a page with the file, or writes it to the file. A
// version says where it was observed, and is not compared.
func holdShell(t *testing.T, e *engine.Engine, page string, got seen) {
	t.Helper()
	measuredMu.Lock()
	defer measuredMu.Unlock()
	rows := readShells(t)
	i := slices.IndexFunc(rows, func(r shellRow) bool { return r.engine == e.Name && r.page == page })
	if !*update {
		require.GreaterOrEqual(t, i, 0, "%s has no line for %s: %s", shellsFile, e.Name, page)
		assert.Equal(t, rows[i].cells, got.row(), "%s %s: %s; see README.md for -update", e.Name, e.Version, page)
		return
	}
	if i < 0 {
		i, rows = len(rows), append(rows, shellRow{engine: e.Name, page: page})
	}
	rows[i].cells, rows[i].version = got.row(), e.Version
	slices.SortFunc(rows, func(a, b shellRow) int { return strings.Compare(a.engine+a.page, b.engine+b.page) })
	text := "# Written by go test -run TestShells -update.\n"
	for _, r := range rows {
		text += strings.Join([]string{r.engine, r.page, r.cells, r.version}, " | ") + "\n"
	}
	require.NoError(t, os.WriteFile(shellsFile, []byte(text), 0o644))
}

// unmeasured are pages that the engines of the test machine cannot show.
var unmeasured = []string{
	"Electron, with a scheme that the application registers",
	"Tauri on Windows, macOS, iOS and Android",
	"Capacitor, Ionic and Cordova",
	"an extension in Safari",
	"a webview in VS Code",
}

// The guide's table must show the results of TestShells.
func TestShellsPage(t *testing.T) {
	text, err := os.ReadFile(shellsPage)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), beginShells)
	require.True(t, found, "%s has no %q", shellsPage, beginShells)
	_, after, found := strings.Cut(rest, endShells)
	require.True(t, found, "%s has no %q", shellsPage, endShells)
	var table strings.Builder
	table.WriteString("\n" + row("page", "Origin", "preflight", "can read", "Sec-Fetch-Site",
		"`EnforceAll`, not listed", "measured in") + "|---|---|---|---|---|---|---|\n")
	names := map[string]string{"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKitGTK"}
	rows := readShells(t)
	for i, r := range rows {
		alike := func(other shellRow) bool { other.page = r.page; return other == r }
		if slices.ContainsFunc(rows[:i], alike) {
			continue // it is named in the row of the first one
		}
		var pages []string
		for _, other := range rows {
			if alike(other) {
				pages = append(pages, other.page)
			}
		}
		table.WriteString(row(strings.Join(pages, "<br>"), r.cells, names[r.engine]+" "+r.version))
	}
	for _, page := range unmeasured {
		table.WriteString(row(page, "–", "–", "–", "–", "–", "not measured"))
	}
	page := before + beginShells + table.String() + "\n" + endShells + after
	if *update {
		require.NoError(t, os.WriteFile(shellsPage, []byte(page), 0o644))
		return
	}
	assert.Equal(t, page, string(text), "rewrite it with -update")
}
