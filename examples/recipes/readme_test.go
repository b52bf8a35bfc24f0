package recipes_test

import (
	"flag"
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

var update = flag.Bool("update", false, "write the sources into README.md")

// TestReadme holds the blocks of README.md against the sources that stand here.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)(<!-- source: (\\S+) (\\S+) -->\n```go\n)(.*?)```|(<!-- file: (\\S+) -->\n```json\n)(.*?)```")
	var found []string
	written := shown.ReplaceAllStringFunc(string(text), func(block string) string {
		m := shown.FindStringSubmatch(block)
		if m[6] != "" {
			content, err := os.ReadFile(m[6])
			require.NoError(t, err)
			return m[5] + string(content) + "```"
		}
		found = append(found, m[3])
		return m[1] + function(t, m[2], m[3]) + "\n```"
	})
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(written), 0o600))
	} else {
		assert.Equal(t, written, string(text), "if the change is meant, run: go test -update")
	}
	assert.Equal(t, strings.Count(string(text), "```go\n"), len(found), "no block of Go without a source")

	// What is exported here is shown, or it is no recipe.
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
				assert.Contains(t, found, f.Name.Name)
			}
		}
	}
}

// function returns the source of a function, comment included.
func function(t *testing.T, file, name string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, content, parser.ParseComments)
	require.NoError(t, err)
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
			return string(content[fset.Position(f.Doc.Pos()).Offset:fset.Position(f.End()).Offset])
		}
	}
	require.FailNow(t, "no such function", "%s in %s", name, file)
	return ""
}
