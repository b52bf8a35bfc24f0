package configlibs

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the recipes do into docs/recipes/configuration.md")

const pageFile = "../../docs/recipes/configuration.md"

// checkPage compares docs/recipes/configuration.md with the results.
func checkPage(t *testing.T, outcomes, usual map[string]outcome) {
	t.Helper()
	want := page(t, outcomes, usual)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(pageFile), 0o750))
		require.NoError(t, os.WriteFile(pageFile, []byte(want), 0o600))
	}
	text, err := os.ReadFile(pageFile)
	require.NoError(t, err)
	assert.Equal(t, want, string(text), "if the change is intended, run: go test ./conformance/configlibs -run TestRecipes -update")
}

// In these texts, ~ is replaced by a backtick.
const pageHead = `<!-- Written by go test -run TestRecipes -update, in conformance/configlibs; do not edit. -->
# A policy in your application's configuration

Operators set the policy in a file, in variables or by flags, with the library that you use already. This page has code to copy for
fifteen libraries, and what each does with a mistake. Make ~cors.Config~ a field of your configuration:

<!-- app -->

An operator then writes, in YAML:

<!-- yaml -->

Read it with [your library's recipe](#what-each-recipe-does). Then compile the policy at start, and stop if it is wrong:

~~~go
policy, err := cors.CompileDocument(app.CORS)
if err != nil {
	log.Fatal(err)
}
~~~

- ~CompileDocument~ is ~Compile~ for documents: errors, warnings and ~Explain~ say ~allowOrigins~ as the document does. With variables
  and flags use ~Compile~, which says ~AllowOrigins~.
- A field that the document does not name keeps your program's value. A list in the document replaces your program's list.
- Inside the policy, misspelt names, wrong types and repeated names are errors, even if your library ignores them elsewhere.
- ~maxAge~ is a duration (~"10m"~) or a number of seconds. viper, variables and flags have durations only.
- If your operators may switch CORS off, use a nil ~*cors.Policy~: it allows no origin and sends no headers.
- ~cors.ConfigErrors(err)~ lists the errors of ~Compile~ with field, value and hint, if you want to print the names of your variables.
- If a JSON file holds the policy and nothing else, read it with ~cors.ParsePolicy~: all errors have line and column, those of
  ~Compile~ too. Name the [JSON Schema](../../core/policy.schema.json) as ~$schema~ in the file, and your editor completes names and
  marks mistakes.

## What each recipe does

| library | good | misspelt | wrong type | empty | over defaults |
|---|---|---|---|---|---|
`

const pageCells = `
The links lead to the code. A test runs each recipe on five inputs and writes this table:

- **good**: a policy with every kind of value. "Works" means that every value arrives.
- **misspelt**: ~allowCredential~, ~APP_CORS_CREDENTIAL~ or ~--cors-credential~. "With the fix" means that the error has the right name.
- **wrong type**: ~maybe~ instead of ~true~ or ~false~. "With the fix" means that the error says what to write.
- **empty**: origins without a value. "Compile's error" means that the library accepts it and ~cors.Compile~ does not.
- **over defaults**: one origin, over a program's ~Config~ that has a value in every field. "Kept" means that all other fields stay.

## What happens without a recipe

The libraries' own calls, which decode into the ~Config~ without a recipe:

| call | good | misspelt | wrong type | empty | over defaults |
|---|---|---|---|---|---|
`

const pageRest = `
"Loses allowOrigins" comes from a space after a comma: these libraries split ~https://a.example, https://b.example~ at the comma alone,
and the second origin begins with a space. ~cors.SplitList~ splits at commas and white space.

"The program's list is written to" means: if two policies share a list of defaults, the library changes both. Use the recipe.
`

func page(t *testing.T, outcomes, usual map[string]outcome) string {
	t.Helper()
	source := readSources(t)
	var b strings.Builder
	head := strings.Replace(code(pageHead), "<!-- app -->", goBlock(source, []string{"App"}), 1)
	b.WriteString(strings.Replace(head, "<!-- yaml -->", "```yaml\n"+shownYAML+"```", 1))
	for _, l := range libraries {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", l.name, anchorOf(l.title()), outcomes[l.name].cells())
	}
	b.WriteString(code(pageCells))
	for _, l := range usualCalls {
		fmt.Fprintf(&b, "| %s | %s |\n", l.name, usual[l.name].cells())
	}
	b.WriteString(code(pageRest))
	for _, l := range libraries {
		o := outcomes[l.name]
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", l.title(), goBlock(source, l.functions))
		for _, line := range []struct{ what, says string }{{"A misspelt name", o.misspeltSays}, {"A wrong type", o.wrongSays}, {"No value", o.emptySays}} {
			fmt.Fprintf(&b, "\n%s:\n\n```text\n%s\n```\n", line.what, strings.TrimSpace(line.says))
		}
	}
	return b.String()
}

func code(text string) string { return strings.ReplaceAll(text, "~", "`") }

// title is the library's heading: its form and what it is imported as.
func (l library) title() string { return l.name + " (" + l.form.name + ")" }

func (o outcome) cells() string {
	return strings.Join([]string{o.good, o.misspelt, o.wrong, o.empty, o.overDefaults}, " | ")
}

// anchorOf is the anchor that GitHub gives a heading.
func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case strings.ContainsRune("./()", r):
			return -1
		}
		return r
	}, strings.ToLower(heading))
}

// sources is the Go of this package, by the names of its declarations.
type sources struct {
	text    map[string]string
	imports map[string][]string // that a declaration uses, and an application has to add
}

func readSources(t *testing.T) sources {
	t.Helper()
	s := sources{map[string]string{}, map[string][]string{}}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, content, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			name, comment := "", (*ast.CommentGroup)(nil)
			switch d := d.(type) {
			case *ast.FuncDecl:
				name, comment = d.Name.Name, d.Doc
			case *ast.GenDecl:
				if spec, ok := d.Specs[0].(*ast.TypeSpec); ok {
					name, comment = spec.Name.Name, d.Doc
				}
			}
			if name == "" {
				continue
			}
			require.NotNil(t, comment, name)
			s.text[name] = string(content[set.Position(comment.Pos()).Offset:set.Position(d.End()).Offset])
			s.imports[name] = importsOf(parsed, d)
		}
	}
	return s
}

var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// importsOf returns the imports that a declaration uses, but for the standard library's.
func importsOf(file *ast.File, declaration ast.Decl) []string {
	used := make(map[string]bool)
	ast.Inspect(declaration, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := selector.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	var imports []string
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		parts := strings.Split(majorVersion.ReplaceAllString(path, ""), "/")
		name, line := parts[len(parts)-1], spec.Path.Value
		if spec.Name != nil {
			name, line = spec.Name.Name, spec.Name.Name+" "+spec.Path.Value
		}
		if used[name] && strings.Contains(path, ".") {
			imports = append(imports, line)
		}
	}
	return imports
}

func goBlock(s sources, names []string) string {
	var imports, texts []string
	for _, name := range names {
		imports = append(imports, s.imports[name]...)
		texts = append(texts, s.text[name])
	}
	slices.Sort(imports)
	imports = slices.Compact(imports)
	text := strings.Join(texts, "\n\n")
	switch len(imports) {
	case 0:
	case 1:
		text = "import " + imports[0] + "\n\n" + text
	default:
		text = "import (\n\t" + strings.Join(imports, "\n\t") + "\n)\n\n" + text
	}
	return "```go\n" + text + "\n```"
}
