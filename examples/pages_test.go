package examples_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPages compares the pages below docs with the sources that they show. A block after a
// comment "source: FILE NAME" is that function, type or method. A block after "file: FILE"
// is the whole file.
func TestPages(t *testing.T) {
	t.Parallel()
	var pages []string
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "docs"), func(file string, _ fs.DirEntry, err error) error {
		if filepath.Ext(file) == ".md" {
			pages = append(pages, file)
		}
		return err
	}))
	shown := regexp.MustCompile("(?s)(<!-- (source|file): (\\S+)(?: (\\S+))? -->\n```[a-z]*\n)(.*?)```")
	found := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		written := shown.ReplaceAllStringFunc(string(text), func(block string) string {
			found++
			m := shown.FindStringSubmatch(block)
			if m[2] == "file" {
				content, err := os.ReadFile(filepath.Join(root, m[3]))
				require.NoError(t, err, page)
				return m[1] + strings.TrimSpace(string(content)) + "\n```"
			}
			return m[1] + declared(t, filepath.Join(root, m[3]), m[4]) + "\n```"
		})
		if *update {
			require.NoError(t, os.WriteFile(page, []byte(written), 0o600))
			continue
		}
		assert.Equal(t, written, string(text), "if the change is meant, run: go test ./examples -run TestPages -update")
	}
	assert.Greater(t, found, 10)
}

// declared returns the source of a function with its comment. A method is written
// Type.Method. For an example it returns only the body, or the body of the function inside
// it: the code that a reader writes.
func declared(t *testing.T, file, name string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, content, parser.ParseComments)
	require.NoError(t, err)
	of := func(from, to token.Pos) string {
		return string(content[fset.Position(from).Offset:fset.Position(to).Offset])
	}
	for _, d := range parsed.Decls {
		f, isFunction := d.(*ast.FuncDecl)
		if !isFunction || nameOf(f) != name {
			continue
		}
		if strings.HasPrefix(name, "Example") {
			body, indent := f.Body, "\t"
			if inner, is := innerBody(f); is {
				body, indent = inner, "\t\t"
			}
			return unindented(of(body.Lbrace+1, body.Rbrace), indent)
		}
		from := f.Pos()
		if f.Doc != nil {
			from = f.Doc.Pos()
		}
		return of(from, f.End())
	}
	require.FailNow(t, "no such function", "%s in %s", name, file)
	return ""
}

// nameOf returns a function's name, after its receiver's type if it is a method.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if star, is := of.(*ast.StarExpr); is {
		of = star.X
	}
	if is, ok := of.(*ast.Ident); ok {
		return is.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

// innerBody returns the body of the function literal in an example that consists of only
// that: _ = func(t *testing.T) { … }.
func innerBody(f *ast.FuncDecl) (*ast.BlockStmt, bool) {
	if len(f.Body.List) != 1 {
		return nil, false
	}
	assignment, is := f.Body.List[0].(*ast.AssignStmt)
	if !is || len(assignment.Rhs) != 1 {
		return nil, false
	}
	literal, is := assignment.Rhs[0].(*ast.FuncLit)
	if !is {
		return nil, false
	}
	return literal.Body, true
}

// unindented removes an indent from each line, and the empty lines at both ends.
func unindented(body, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.Trim(body, "\n")) {
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return strings.TrimSpace(b.String())
}
