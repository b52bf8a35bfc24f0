package peers

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	gincors "github.com/gin-contrib/cors"
	chicors "github.com/go-chi/cors"
	fibercors "github.com/gofiber/fiber/v2/middleware/cors"
	jub0bscors "github.com/jub0bs/cors"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	rscors "github.com/rs/cors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	// The other imports of the guides' programs.
	_ "github.com/crossgate/cors/adapters/corschi"
	_ "github.com/crossgate/cors/adapters/corsecho"
	_ "github.com/crossgate/cors/adapters/corsfiber"
	_ "github.com/crossgate/cors/adapters/corsgin"

	cors "github.com/crossgate/cors/core"
)

// guide is a page of migrate: how to move from a system to Crossgate. The test extracts
// its two programs from the page, and runs them.
type guide struct {
	file    string // in migrate, without .md
	column  string // the system's column in DIFFERENCES.md
	options func(testing.TB) []string

	// differs holds all differences between the two programs that a browser's pages see.
	differs []difference
}

func guides() []guide {
	return []guide{
		{file: "rs-cors", column: "rs", options: fieldsOfStruct(rscors.Options{}), differs: []difference{unlistedHEAD()}},
		{file: "gin-contrib", column: "gin-contrib", options: fieldsOfStruct(gincors.Config{})},
		{file: "go-chi", column: "go-chi", options: fieldsOfStruct(chicors.Options{}), differs: []difference{unlistedHEAD()}},
		{file: "echo", column: "echo", options: fieldsOfStruct(echomiddleware.CORSConfig{})},
		{file: "fiber", column: "fiber", options: fieldsOfStruct(fibercors.Config{}), differs: []difference{{
			when: from("https://deep.app.example.com"), what: "Pages of subdomains", allowedThere: false,
			why: "fiber cuts the pattern in two before it trims the space after the comma, so a wildcard with a space before it matches nothing",
		}}},
		{file: "jub0bs", column: "jub0bs", options: fieldsOfStruct(jub0bscors.Config{})},
		{file: "express", column: "Express", options: expressOptions, differs: []difference{
			{
				when: from("https://evilexample.com"), what: "Pages of `https://evilexample.com`", allowedThere: true,
				why: "the regular expression has no boundary before the name, so it matches every name that ends like yours",
			},
			{
				when: from("http://app.example.com"), what: "Pages of `http://app.example.com`", allowedThere: true,
				why: "the regular expression does not check the scheme, so anyone who controls a visitor's network could read the visitor's data. With credentials, Crossgate allows this only with `Dangerously.InsecureOrigins`",
			},
		}},
		{file: "flask-cors", column: "Flask-CORS", options: flaskOptions, differs: []difference{
			{
				when: from("https://app.example.com.evil.test"), what: "Pages of `https://app.example.com.evil.test`", allowedThere: true,
				why: "`re.match` only compares the beginning, so without `$` any domain may follow",
			},
			{
				when: from("https://app.example.com:8443"), what: "Pages of other ports", allowedThere: true,
				why: "for the same reason. If you mean other ports, list `https://*.example.com:*`",
			},
			unknownPath("/missing", "/error"),
		}},
		{file: "php", column: "PHP", options: phpOptions},
	}
}

// unknownPath is a difference from Flask, which answers OPTIONS itself.
func unknownPath(paths ...string) difference {
	return difference{
		when: func(f fetch) bool { return slices.Contains(paths, f.path) && (f.header != "" || f.method == "PUT") },
		what: "Preflights for paths that do not exist", allowedThere: false,
		why: "Flask answers the preflight with 404 too, but a preflight's status must be ok (Fetch, CORS-preflight fetch, step 7); with Crossgate the page can read the 404",
	}
}

// TestGuides runs the two programs of every guide, lets a browser's pages fetch from
// both, and compares the results with the guide.
func TestGuides(t *testing.T) {
	t.Parallel()
	pages := make(map[string]string)
	for _, g := range guides() {
		text, err := os.ReadFile(g.path())
		require.NoError(t, err)
		pages[g.file] = string(text)
	}
	built := buildGuides(t, pages)
	for _, g := range guides() {
		t.Run(g.file, func(t *testing.T) {
			t.Parallel()
			before, after := runProgram(t, built[g.file+"-before"]), runProgram(t, built[g.file+"-after"])
			compared := profile{differs: g.differs}
			wrong, err := compared.compare(t.Context(), before, after)
			require.NoError(t, err)
			assert.Empty(t, wrong, strings.Join(wrong, "\n"))

			text := between(t, pages[g.file], "pages", seen(t, before, after)+"\n"+compared.changes())
			text = between(t, text, "differences", departures(t, g.column))
			golden(t, g.path(), text)
		})
	}
}

// If the code of a guide is changed, TestGuides must fail, for either of the two
// programs.
func TestGuidesNotice(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(migrate, "rs-cors.md"))
	require.NoError(t, err)
	text := string(content)
	first, last := strings.Index(text, `"https://admin.example.com"`), strings.LastIndex(text, `"https://admin.example.com"`)
	require.Less(t, first, last, "the text must occur once in each program")
	changed := func(at int) string {
		return text[:at] + `"https://evilexample.com"` + text[at+len(`"https://admin.example.com"`):]
	}
	built := buildGuides(t, map[string]string{"before": changed(first), "after": changed(last)})
	for _, file := range []string{"before", "after"} {
		wrong, err := profile{differs: []difference{unlistedHEAD()}}.compare(t.Context(), runProgram(t, built[file+"-before"]), runProgram(t, built[file+"-after"]))
		require.NoError(t, err)
		assert.Contains(t, strings.Join(wrong, "\n"), "PUT /items from https://admin.example.com with Content-Type and credentials", "the %s changed", file)
	}
}

// TestGuideOptions checks the guides' tables of options: they must have every option of
// the system, and name only fields that Config has.
func TestGuideOptions(t *testing.T) {
	t.Parallel()
	ours := fieldsOfStruct(cors.Config{})(t)
	for _, g := range guides() {
		t.Run(g.file, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(g.path())
			require.NoError(t, err)
			_, table, found := strings.Cut(string(content), "\n## Option by option\n")
			require.True(t, found)
			table, _, _ = strings.Cut(table, "\n## ")
			var named, targets []string
			for line := range strings.Lines(table) {
				cells := strings.SplitN(line, " | ", 2)
				if !strings.HasPrefix(line, "| `") {
					continue
				}
				require.Len(t, cells, 2, line)
				for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[0], -1) {
					named = append(named, m[1])
				}
				for _, m := range regexp.MustCompile(`\b((?:Allow|Expose)[A-Z]\w+|MaxAge\w*|Preflight[A-Z]\w+|PassPreflight|Dangerously|Enforce|VaryBy)\b`).FindAllStringSubmatch(cells[1], -1) {
					targets = append(targets, m[1])
				}
			}
			assert.ElementsMatch(t, g.options(t), named)
			require.NotEmpty(t, targets)
			for _, target := range targets {
				assert.True(t, slices.Contains(ours, target) || target == "AllowsOrigin" || target == "AllowAll", "%s is not a field of Config", target)
			}
		})
	}
}

// TestGuidesAreAll compares the list of guides with the folder and its index.
func TestGuidesAreAll(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(migrate, "*.md"))
	require.NoError(t, err)
	index, err := os.ReadFile(filepath.Join(migrate, "README.md"))
	require.NoError(t, err)
	assert.Len(t, files, len(guides())+1)
	assert.Len(t, guides(), len(peers()), "there must be one guide for each system")
	for _, g := range guides() {
		assert.Contains(t, files, g.path())
		assert.Contains(t, string(index), "]("+g.file+".md)")
	}
}

// migrate is the folder of the guides.
const migrate = "../../docs/migrate"

func (g guide) path() string { return filepath.Join(migrate, g.file+".md") }

// programs returns the two programs of a guide and the language of the first one: the
// block after "Before" and the block after "After".
func programs(tb testing.TB, text string) (language, before, after string) {
	tb.Helper()
	match := regexp.MustCompile("(?s)\n## Before\n.*?\n```(\\w+)\n(.*?\n)```\n.*?\n## After\n.*?\n```go\n(.*?\n)```\n").FindStringSubmatch(text)
	require.NotNil(tb, match, "the guide needs a block below Before, and a Go block below After")
	return match[1], match[2], match[3]
}

// probes returns the fetches that the guides print. They are a part of all compared
// fetches.
func probes() []fetch {
	app := origins()[0]
	return []fetch{
		{origin: app, method: "GET", path: "/items"},
		{origin: app, method: "PUT", path: "/items", header: "Content-Type", include: true},
		{origin: app, method: "GET", path: "/items", header: "X-Unlisted"},
		{origin: app, method: "HEAD", path: "/items"},
		{origin: app, method: "GET", path: "/missing", header: "X-Requested-With", include: true},
		{origin: "https://admin.example.com", method: "PUT", path: "/items", header: "Content-Type", include: true},
		{origin: "https://deep.app.example.com", method: "GET", path: "/items", include: true},
		{origin: "https://app.example.com:8443", method: "GET", path: "/items"},
		{origin: "http://app.example.com", method: "GET", path: "/items"},
		{origin: "https://evilexample.com", method: "GET", path: "/items"},
		{origin: "https://app.example.com.evil.test", method: "GET", path: "/items"},
		{origin: "null", method: "GET", path: "/items"},
	}
}

// seen writes what the pages see in the fetches of probes.
func seen(tb testing.TB, before, after string) string {
	tb.Helper()
	var b strings.Builder
	b.WriteString("| a page fetches | before | after |\n|---|---|---|\n")
	known := fetches()
	for _, f := range probes() {
		assert.Contains(tb, known, f, "compared as well")
		row := []string{strings.Replace(f.String(), f.origin, "`"+f.origin+"`", 1)}
		for _, addr := range []string{before, after} {
			outcome, err := f.outcome(tb.Context(), addr)
			require.NoError(tb, err)
			outcome, headers, _ := strings.Cut(outcome, " ")
			if headers != "" {
				outcome += ", may read " + headers
			}
			row = append(row, outcome)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

// departures lists the scenarios of DIFFERENCES.md in which the system's answers are
// wrong, and Crossgate's answers with Guard are not.
func departures(tb testing.TB, system string) string {
	tb.Helper()
	content, err := os.ReadFile("DIFFERENCES.md")
	require.NoError(tb, err)
	_, glance, found := strings.Cut(string(content), "\n## At a glance\n")
	require.True(tb, found)
	var column int
	var b strings.Builder
	for line := range strings.Lines(glance) {
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		switch {
		case strings.HasPrefix(line, "## "):
			require.Positive(tb, column, system)
			if b.Len() == 0 {
				return "Nothing in [DIFFERENCES.md](../../conformance/peers/DIFFERENCES.md) says that its answers are wrong.\n"
			}
			return b.String()
		case strings.HasPrefix(line, "| request |"):
			column = slices.Index(cells, system)
		case strings.HasPrefix(line, "| [") && cells[column] == "✗":
			assert.Equal(tb, "✓", cells[len(cells)-1], line)
			fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(cells[0], "](#", "](../../conformance/peers/DIFFERENCES.md#"))
		}
	}
	require.FailNow(tb, "no end of the table")
	return ""
}

// between puts content between the comments <!-- name --> and <!-- /name -->.
func between(tb testing.TB, text, name, content string) string {
	tb.Helper()
	head, rest, found := strings.Cut(text, "<!-- "+name+" -->\n")
	require.True(tb, found, name)
	_, tail, found := strings.Cut(rest, "<!-- /"+name+" -->")
	require.True(tb, found, name)
	return head + "<!-- " + name + " -->\n" + content + "<!-- /" + name + " -->" + tail
}

// fieldsOfStruct returns the names of the exported fields.
func fieldsOfStruct(config any) func(testing.TB) []string {
	return func(testing.TB) []string {
		var names []string
		for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
			if field.IsExported() {
				names = append(names, field.Name)
			}
		}
		return names
	}
}

// expressOptions returns the options that the package itself reads.
func expressOptions(tb testing.TB) []string {
	tb.Helper()
	source, err := os.ReadFile(filepath.Join(nodeModules(tb), "cors", "lib", "index.js"))
	require.NoError(tb, err)
	var names []string
	for _, m := range regexp.MustCompile(`\b(?:options|corsOptions)\.(\w+)`).FindAllStringSubmatch(string(source), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// flaskOptions returns the options that the package itself lists.
func flaskOptions(tb testing.TB) []string {
	tb.Helper()
	flaskVersion(tb)
	out := pythonSays(tb, "from flask_cors.core import CONFIG_OPTIONS; print(*(o[5:].lower() for o in CONFIG_OPTIONS))")
	return strings.Fields(out)
}

// phpOptions returns the headers that such scripts send: the response headers of the
// protocol (Fetch, HTTP responses), and the headers for caches and preflights.
func phpOptions(testing.TB) []string {
	return []string{
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
		"Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Vary", "http_response_code",
	}
}
