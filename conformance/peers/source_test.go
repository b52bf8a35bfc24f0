package peers

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// source is the text of a table's element, by field.
type source map[string]string

// profileSources reads the source text of the profiles, which MIGRATION.md prints. The
// page therefore shows what was compiled and compared.
func profileSources(tb testing.TB) map[string]source {
	tb.Helper()
	files, err := filepath.Glob("profiles_*_test.go")
	require.NoError(tb, err)
	all := make(map[string]source)
	for _, file := range files {
		maps.Copy(all, sourcesOf(tb, file))
	}
	return all
}

// sourcesOf reads the composite literals of a file that have a field "name". The keys are
// the enclosing function, a slash, and the name.
func sourcesOf(tb testing.TB, file string) map[string]source {
	tb.Helper()
	content, err := os.ReadFile(file)
	require.NoError(tb, err)
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, content, parser.SkipObjectResolution)
	require.NoError(tb, err)
	text := func(n ast.Expr) string {
		if literal, ok := n.(*ast.BasicLit); ok {
			value, err := strconv.Unquote(literal.Value)
			require.NoError(tb, err)
			return value
		}
		return goText(tb, content[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	found := make(map[string]source)
	for _, declaration := range parsed.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(function, func(n ast.Node) bool {
			fields := fieldsOf(n)
			if fields["name"] == nil {
				return true
			}
			texts := make(source)
			for name, value := range fields {
				texts[name] = text(value)
			}
			key := function.Name.Name + "/" + texts["name"]
			require.NotContains(tb, found, key, "names must be unique")
			found[key] = texts
			return true
		})
	}
	return found
}

// fieldsOf returns the fields of a composite literal, if n is one.
func fieldsOf(n ast.Node) map[string]ast.Expr {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	fields := make(map[string]ast.Expr)
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				fields[key.Name] = pair.Value
			}
		}
	}
	return fields
}

// goText formats an expression as code of its own, with the package names that users see.
func goText(tb testing.TB, source []byte) string {
	tb.Helper()
	formatted, err := format.Source(append([]byte("var _ = "), source...))
	require.NoError(tb, err)
	text := string(bytes.TrimPrefix(formatted, []byte("var _ = ")))
	for _, alias := range []string{"gincors", "chicors", "rscors", "jub0bscors", "fibercors"} {
		text = strings.ReplaceAll(text, alias+".", "cors.")
	}
	text = strings.ReplaceAll(text, "echomiddleware.", "middleware.")
	text = strings.ReplaceAll(text, "guarded{", "cors.Config{")
	if strings.HasPrefix(text, "map[string]cors.Decider") {
		return "cors.NewRoutes(" + text + ")"
	}
	return text
}
