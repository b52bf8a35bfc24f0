package matrix_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// The origins and policies of the tables in the frameworks' guides.
const (
	page  = "https://app.example.com"
	admin = "https://admin.example.com"
	evil  = "https://evil.example"
)

var (
	policy       = cors.MustCompile(cors.Config{AllowOrigins: []string{page}, AllowMethods: []string{"PUT"}})
	adminPolicy  = cors.MustCompile(cors.Config{AllowOrigins: []string{admin}, AllowMethods: []string{"PUT"}, AllowCredentials: true})
	publicPolicy = cors.MustCompile(cors.AllowAll())
)

// placements returns the tests of each adapter's table, by row.
func placements() map[string]map[string]func(*testing.T) {
	return map[string]map[string]func(*testing.T){
		"corschi":      placementsChi(),
		"corsecho":     placementsEcho(),
		"corsechov5":   placementsEchoV5(),
		"corsfasthttp": placementsFasthttp(),
		"corsfiber":    placementsFiber(),
		"corsfiberv3":  placementsFiberV3(),
		"corsgin":      placementsGin(),
		"corshttp":     placementsHTTP(),
	}
}

// guideOf returns the page of docs/frameworks that is an adapter's guide.
func guideOf(adapter string) string {
	name := strings.TrimPrefix(adapter, "cors")
	if name == "http" {
		name = "nethttp"
	}
	return "../../docs/frameworks/" + name + ".md"
}

// TestPlacement runs a test for each row of the tables in each framework's guide. The
// test serves the row's app over a socket, built with the row's code. It checks what a
// browser would do, and checks the symptom that the row describes.
func TestPlacement(t *testing.T) {
	t.Parallel()
	modules, err := filepath.Glob("../../adapters/*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, modules)
	for _, module := range modules {
		name := filepath.Base(filepath.Dir(module))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tests, sources := placements()[name], placementSources(t, name)
			require.NotEmpty(t, tests, "%s has no tests in placements()", name)
			rows := guideRows(t, guideOf(name))
			assert.ElementsMatch(t, slices.Collect(maps.Keys(rows)), slices.Collect(maps.Keys(tests)),
				"the rows of the tables, and the tests in placements()")
			for situation, test := range tests {
				t.Run(situation, func(t *testing.T) {
					t.Parallel()
					for _, code := range codeSpans(rows[situation]) {
						for part := range strings.SplitSeq(code, "…") {
							assert.Contains(t, sources[situation], part, "the test does not do what the table says")
						}
					}
					test(t)
				})
			}
		})
	}
}

// TestGuidesOpenWithTheRule checks that each guide begins with a program and the rule,
// and that each adapter's README is short and links to its guide.
func TestGuidesOpenWithTheRule(t *testing.T) {
	t.Parallel()
	for name := range placements() {
		text := fileText(t, guideOf(name))
		program, rule, groups := strings.Index(text, "```go\npackage main\n"), strings.Index(text, "\n**The rule:** "), strings.Index(text, "\n## ")
		assert.Positive(t, program, "%s has no program", name)
		assert.Less(t, program, rule, "%s: the program, then the rule", name)
		assert.Less(t, rule, groups, "%s: the rule, then the sections", name)
		readme := fileText(t, "../../adapters/"+name+"/README.md")
		assert.LessOrEqual(t, strings.Count(readme, "\n"), 30, name)
		assert.Contains(t, readme, "]("+guideOf(name)+")")
	}
}

// guideRows returns the second column of a guide's tables, by the first.
func guideRows(t *testing.T, document string) map[string]string {
	t.Helper()
	rows := make(map[string]string)
	for heading, columns := range map[string]int{"Groups and routes|Paths": 3, "With other middleware and handlers": 3, "Mistakes and their symptoms": 4} {
		for situation, write := range tableRows(t, document, heading, columns) {
			require.NotContains(t, rows, situation, "the row must occur only once")
			rows[situation] = write
		}
	}
	return rows
}

// placementRows returns the middle column of the table "Where do I put it", by the
// first.
func placementRows(t *testing.T, document string) map[string]string {
	t.Helper()
	return tableRows(t, document, "Where do I put it", 3)
}

// tableRows returns the second column of the table in a section, by the first. The heading
// may be one of several, with | between them.
func tableRows(t *testing.T, document, headings string, columns int) map[string]string {
	t.Helper()
	text, section, found := fileText(t, document), "", false
	for heading := range strings.SplitSeq(headings, "|") {
		if _, after, is := strings.Cut(text, "\n## "+heading+"\n"); is {
			section, found = after, true
		}
	}
	require.True(t, found, "%s has no section %q", document, headings)
	section, _, _ = strings.Cut(section, "\n## ")
	rows := make(map[string]string)
	head := true
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		require.Len(t, cells, columns, line)
		if head {
			head = false
			continue
		}
		require.NotContains(t, rows, cells[0], "the row must occur only once")
		require.NotEmpty(t, codeSpans(cells[1]), "no code says what to write: %s", line)
		rows[cells[0]] = cells[1]
	}
	require.NotEmpty(t, rows)
	return rows
}

func fileText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

func codeSpans(markdown string) []string {
	var all []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(markdown, -1) {
		all = append(all, oneLine(m[1]))
	}
	return all
}

func oneLine(code string) string { return strings.Join(strings.Fields(code), " ") }

// placementSources returns the source of each test of an adapter, by row.
func placementSources(t *testing.T, adapter string) map[string]string {
	t.Helper()
	name := "placement_" + adapter + "_test.go"
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, 0)
	require.NoError(t, err)
	sources := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.BasicLit); ok && key.Kind == token.STRING {
				situation, err := strconv.Unquote(key.Value)
				require.NoError(t, err)
				sources[situation] = oneLine(string(text[fset.Position(pair.Value.Pos()).Offset:fset.Position(pair.Value.End()).Offset]))
			}
		}
		return true
	})
	return sources
}
