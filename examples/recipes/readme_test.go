package recipes_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEachRecipeIsShown checks that a page below docs shows everything that this package
// exports. TestPages of the module's root compares the pages with the sources.
func TestEachRecipeIsShown(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/recipes/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	index, err := os.ReadFile("../../docs/recipes/README.md")
	require.NoError(t, err)
	var shown []string
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`<!-- source: examples/recipes/\S+ (\S+) -->`).FindAllStringSubmatch(string(text), -1) {
			shown = append(shown, m[1])
		}
		if name := filepath.Base(page); name != "README.md" {
			assert.Contains(t, string(index), "]("+name+")", "the index has each page")
		}
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				assert.Contains(t, shown, f.Name.Name)
			}
		}
	}
}
