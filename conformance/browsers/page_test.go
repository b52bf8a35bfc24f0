//go:build unix

package browsers

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/cases"
	"github.com/crossgate/cors/conformance/browsers/engine"
)

// The generated part of README.md is between these lines.
const (
	begin = "<!-- generated from testdata by go test -run TestPage -update -->\n"
	end   = "<!-- end of what is generated -->\n"
)

// README.md must show what the tests check: its tables are made from the files of
// TestEngines and TestLimits.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, "README.md has no %q", begin)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "README.md has no %q", end)
	page := before + begin + limitsTable(readMeasured(t)) + textsTable(readTexts(t)) + differencesTable(readDifferences(t)) + end + after
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(page), 0o644))
		return
	}
	assert.Equal(t, page, string(text), "README.md differs from the files: rewrite it with -update")
}

func row(cells ...string) string {
	return "| " + strings.ReplaceAll(strings.Join(cells, " | "), "\n", " ") + " |\n"
}

func limitsTable(all measures) string {
	var b strings.Builder
	b.WriteString("\n## Limits\n\n" + row("", "Chromium", "Firefox", "WebKit") + "|---|---|---|---|\n")
	for _, what := range []string{heads, responses, redirects, unsaid, capped, answers, version} {
		cells := []string{what}
		for _, name := range engine.Names() {
			value := all[[2]string{name, what}]
			if value == "" {
				value = "not measured"
			}
			cells = append(cells, value)
		}
		b.WriteString(row(cells...))
	}
	return b.String()
}

// textsTable has a row for each name of an error, with each engine's text for it.
func textsTable(all []*cases.Text) string {
	said := make(map[string]map[string][]string) // texts by code and engine
	for _, text := range all {
		for _, code := range text.Codes {
			if said[code] == nil {
				said[code] = make(map[string][]string)
			}
			words := "silence"
			if len(text.Says) > 0 {
				words = "`" + strings.ReplaceAll(text.Says[0].String(), "|", "\\|") + "`"
			}
			if !slices.Contains(said[code][text.Engine], words) {
				said[code][text.Engine] = append(said[code][text.Engine], words)
			}
		}
	}
	var b strings.Builder
	b.WriteString("\n## Error texts\n\n" + row("error", "Chromium", "Firefox", "WebKit") + "|---|---|---|---|\n")
	for _, code := range slices.Sorted(maps.Keys(said)) {
		cells := []string{code}
		if code == "-" {
			cells[0] = "no CORS error"
		}
		for _, name := range engine.Names() {
			cells = append(cells, strings.Join(said[code][name], "<br>"))
		}
		b.WriteString(row(cells...))
	}
	return b.String()
}

// differencesTable has a row for each difference, and shows it for each engine.
func differencesTable(all []*cases.Difference) string {
	var names []string
	sections, shown := make(map[string]string), make(map[[2]string]string)
	for _, d := range all {
		if strings.HasPrefix(d.Engine, "model") {
			continue
		}
		if _, ok := sections[d.Name]; !ok {
			names, sections[d.Name] = append(names, d.Name), d.Section
		}
		shown[[2]string{d.Name, d.Engine}] = d.Evidence
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Where engines differ from the standard\n\n%s|---|---|---|---|---|\n",
		row("difference", "from", "Chromium", "Firefox", "WebKit"))
	for _, name := range names {
		cells := []string{name, sections[name]}
		for _, engine := range engine.Names() {
			cells = append(cells, shown[[2]string{name, engine}])
		}
		b.WriteString(row(cells...))
	}
	b.WriteString("\n")
	return b.String()
}
