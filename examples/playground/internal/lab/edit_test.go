package lab

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	cors "github.com/crossgate/cors/core"
)

// layouts are different ways to write a policy of three lists and a bool.
func layouts() map[string]struct{ format, text string } {
	return map[string]struct{ format, text string }{
		"JSON in one line":   {formatJSON, `{"allowOrigins":["https://a.example","https://b.example"],"allowMethods":["PUT"],"allowCredentials":false}`},
		"JSON in lines":      {formatJSON, "{\n\t\"allowOrigins\": [\n\t\t\"https://a.example\",\n\t\t\"https://b.example\"\n\t],\n\t\"allowMethods\" : [ \"PUT\" ] ,\n\t\"allowCredentials\": false\n}\n"},
		"JSON with CRLF":     {formatJSON, "{\r\n  \"allowOrigins\": [\"https://a.example\",\r\n    \"https://b.example\"],\r\n  \"allowMethods\": [\"PUT\"],\r\n  \"allowCredentials\": false\r\n}\r\n"},
		"YAML in lines":      {formatYAML, "# the policy\nallowOrigins: # who\n  - https://a.example # one\n  # and\n  - \"https://b.example\"\nallowMethods:\n- PUT # to edit\nallowCredentials: false # never\n# the end\n"},
		"YAML with CRLF":     {formatYAML, "# the policy\r\nallowOrigins:\r\n  - https://a.example # one\r\n  - 'https://b.example'\r\nallowMethods: [PUT]\r\nallowCredentials: false\r\n"},
		"YAML with a BOM":    {formatYAML, "\ufeff# the policy\nallowOrigins:\n  - https://a.example # one\n  - https://b.example\nallowMethods: [PUT]\nallowCredentials: false\n"},
		"YAML with anchors":  {formatYAML, "allowOrigins: &o\n  - &a https://a.example # one\n  - https://b.example\nallowMethods: &m [PUT] # two\nallowCredentials: false\n"},
		"YAML in brackets":   {formatYAML, "allowOrigins: [https://a.example, 'https://b.example'] # who\nallowMethods: [PUT]\nallowCredentials: no-not-really\n"},
		"YAML, no last line": {formatYAML, "---\nallowOrigins: [https://a.example, https://b.example]\nallowCredentials: false\nallowMethods:\n    - PUT"},
		"YAML in braces":     {formatYAML, "{allowOrigins: [https://a.example, https://b.example], # who\n allowMethods: [PUT],\n allowCredentials: false}\n"},
		"YAML, odd brackets": {formatYAML, "allowOrigins: [\n  https://a.example, # it's one [\n  'https://b.example' # ]\n]\nallowMethods: [\"PUT\"]\nallowCredentials: false\n"},
	}
}

// Each edit of each layout changes only its field: every other field and every comment
// stays.
func TestEdits(t *testing.T) {
	t.Parallel()
	base := cors.Config{AllowOrigins: []string{"https://a.example", "https://b.example"}, AllowMethods: []string{"PUT"}}
	for layout, in := range layouts() {
		text := strings.Replace(in.text, "no-not-really", "false", 1)
		for name, tt := range map[string]struct {
			edits  []edit
			change func(*cors.Config)
		}{
			"add to a list":                {[]edit{addTo("allowOrigins", "https://c.example")}, func(c *cors.Config) { c.AllowOrigins = append(c.AllowOrigins, "https://c.example") }},
			"add two":                      {[]edit{addTo("allowMethods", "DELETE", "PATCH")}, func(c *cors.Config) { c.AllowMethods = append(c.AllowMethods, "DELETE", "PATCH") }},
			"add to a list of one":         {[]edit{addTo("allowMethods", "yes")}, func(c *cors.Config) { c.AllowMethods = append(c.AllowMethods, "yes") }},
			"add what needs quotes":        {[]edit{addTo("allowMethods", "*")}, func(c *cors.Config) { c.AllowMethods = append(c.AllowMethods, "*") }},
			"add what looks like a number": {[]edit{addTo("allowMethods", "0x10")}, func(c *cors.Config) { c.AllowMethods = append(c.AllowMethods, "0x10") }},
			"make a list":                  {[]edit{addTo("allowHeaders", "x-a", "x-b")}, func(c *cors.Config) { c.AllowHeaders = []string{"x-a", "x-b"} }},
			"set what is there":            {[]edit{set("allowCredentials", true)}, func(c *cors.Config) { c.AllowCredentials = true }},
			"set what is not":              {[]edit{set("enforce", "all")}, func(c *cors.Config) { c.Enforce = cors.EnforceAll }},
			"set within":                   {[]edit{set("dangerously.nullOrigin", true)}, func(c *cors.Config) { c.Dangerously.NullOrigin = true }},
			"set within, twice":            {[]edit{set("dangerously.nullOrigin", true), set("dangerously.fileOrigin", true)}, func(c *cors.Config) { c.Dangerously.NullOrigin, c.Dangerously.FileOrigin = true, true }},
			"remove the first":             {[]edit{without("allowOrigins[0]")}, func(c *cors.Config) { c.AllowOrigins = c.AllowOrigins[1:] }},
			"remove the last":              {[]edit{without("allowOrigins[1]")}, func(c *cors.Config) { c.AllowOrigins = c.AllowOrigins[:1] }},
			"remove the only":              {[]edit{without("allowMethods[0]")}, func(c *cors.Config) { c.AllowMethods = []string{} }},
			"remove, and add again":        {[]edit{without("allowMethods[0]"), addTo("allowMethods", "QUERY")}, func(c *cors.Config) { c.AllowMethods = []string{"QUERY"} }},
			"replace the first":            {[]edit{replace("allowOrigins[0]", "https://z.example")}, func(c *cors.Config) { c.AllowOrigins = []string{"https://z.example", "https://b.example"} }},
			"replace the last":             {[]edit{replace("allowOrigins[1]", "tauri://localhost")}, func(c *cors.Config) { c.AllowOrigins = []string{"https://a.example", "tauri://localhost"} }},
		} {
			t.Run(layout+"/"+name, func(t *testing.T) {
				t.Parallel()
				want := base
				want.AllowOrigins, want.AllowMethods = slices.Clone(base.AllowOrigins), slices.Clone(base.AllowMethods)
				tt.change(&want)
				got, err := apply(in.format, text, tt.edits...)
				require.NoError(t, err)
				assert.Equal(t, want, decode(t, in.format, got), got)
				removed := strings.HasPrefix(name, "remove") || strings.HasPrefix(name, "replace")
				for line := range strings.Lines(text) {
					if _, comment, found := strings.Cut(line, "#"); found && !removed {
						assert.Contains(t, got, strings.TrimSpace(comment))
					}
				}
				assert.Equal(t, strings.Contains(text, "\r\n"), strings.Contains(got, "\r\n"), "the same line ends")
				assert.NotContains(t, strings.ReplaceAll(got, "\r\n", ""), map[bool]string{true: "\n", false: "\r"}[strings.Contains(text, "\r\n")])
			})
		}
	}
}

// If a field's value is an alias, an edit of it does not change the anchor's field.
func TestAliases(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text  string
		edits []edit
		want  string // "" if the field cannot be edited
	}{
		"a list": {
			"exposeHeaders: &h\n  - x-a # one\n  - 'true'\n  - \"*\"\nallowHeaders: *h # the same\n", []edit{addTo("allowHeaders", "x-b"), addTo("allowHeaders", "x-c")},
			"exposeHeaders: &h\n  - x-a # one\n  - 'true'\n  - \"*\"\nallowHeaders: [x-a, 'true', \"*\", \"x-b\", \"x-c\"] # the same\n",
		},
		"a list in braces":     {"{exposeHeaders: &h [x-a], allowHeaders: *h , maxAge: 10m}", []edit{addTo("allowHeaders", "x-b")}, "{exposeHeaders: &h [x-a], allowHeaders: [x-a, x-b] , maxAge: 10m}"},
		"an element of a list": {"allowMethods: &m [PUT]\nallowHeaders: *m\n", []edit{replace("allowHeaders[0]", "x-b")}, "allowMethods: &m [PUT]\nallowHeaders: [x-b]\n"},
		"the * of a list":      {"exposeHeaders: &m ['*']\nallowOrigins: *m\n", []edit{listed("https://a.example")}, "exposeHeaders: &m ['*']\nallowOrigins: ['https://a.example']\n"},
		"an anchor's list":     {"exposeHeaders: &h [x-a]\nallowHeaders: *h\n", []edit{addTo("exposeHeaders", "x-b")}, "exposeHeaders: &h [x-a, x-b]\nallowHeaders: *h\n"},
		"aliases in a list":    {"allowHeaders: [&h x-a, *h]\n", []edit{addTo("allowHeaders", "x-b")}, "allowHeaders: [&h x-a, *h, \"x-b\"]\n"},
		"aliases in lines":     {"allowHeaders:\n  - &h x-a\n  - *h # again\n", []edit{addTo("allowHeaders", "x-b")}, "allowHeaders:\n  - &h x-a\n  - *h # again\n  - \"x-b\"\n"},
		"anchors in a list":    {"allowHeaders: [x-a, &h x-b ]\n", []edit{addTo("allowHeaders", "x-c")}, "allowHeaders: [x-a, &h x-b, x-c ]\n"},
		"anchors and tags":     {"allowHeaders: [x-a, &h !!str 'x]b' ]\n", []edit{addTo("allowHeaders", "x-c")}, "allowHeaders: [x-a, &h !!str 'x]b', 'x-c' ]\n"},
		"aliases of aliases":   {"a: &a x-a\nexposeHeaders: &h [*a]\nallowHeaders: *h\n", []edit{addTo("allowHeaders", "x-b")}, "a: &a x-a\nexposeHeaders: &h [*a]\nallowHeaders: [x-a, x-b]\n"},
		"a value":              {"passPreflight: &f false\nallowCredentials: *f\n", []edit{set("allowCredentials", true)}, "passPreflight: &f false\nallowCredentials: true\n"},
		"a mapping":            {"a: &d {fileOrigin: true}\ndangerously: *d\n", []edit{set("dangerously.nullOrigin", true)}, "a: &d {fileOrigin: true}\ndangerously: {fileOrigin: true, nullOrigin: true}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(formatYAML, tt.text, tt.edits...)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// decode reads a text without the code of the edits.
func decode(t *testing.T, format, text string) (c cors.Config) {
	t.Helper()
	var err error
	if format == formatJSON {
		c, err = cors.ParseConfig([]byte(text))
	} else {
		err = yaml.Load([]byte(text), &c)
	}
	require.NoError(t, err, text)
	return c
}

// After random additions to random documents, the lists contain the additions in order, and
// nothing else has changed.
func TestRandomEdits(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same sequence in every run
	words := []string{"PUT", "yes", "x-a", "*", "https://a.example", "https://*.a.example", "tauri://localhost", "null", "1e3", "a: b", "it's", `say "a"`, "ä", "#", "- x", "{a}", "@", "true"}
	for range 500 {
		var c cors.Config
		for _, list := range []*[]string{&c.AllowOrigins, &c.AllowMethods, &c.AllowHeaders} {
			for range r.IntN(3) {
				*list = append(*list, words[r.IntN(len(words))])
			}
		}
		c.PassPreflight = true // so the document has at least one field
		format := []string{formatJSON, formatYAML}[r.IntN(2)]
		text, err := asDocument(format, c)
		require.NoError(t, err)
		var done []string
		for range 1 + r.IntN(4) {
			word := words[r.IntN(len(words))]
			to := []struct {
				name string
				list *[]string
			}{{"allowOrigins", &c.AllowOrigins}, {"allowMethods", &c.AllowMethods}, {"allowHeaders", &c.AllowHeaders}}[r.IntN(3)]
			if text, err = apply(format, text, addTo(to.name, word)); !assert.NoError(t, err) {
				return
			}
			*to.list = append(*to.list, word)
			done = append(done, fmt.Sprintf("%s to %s", word, to.name))
		}
		assert.Equal(t, c, decode(t, format, text), "%v\n%s", done, text)
	}
}
