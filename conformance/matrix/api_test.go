package matrix

import (
	"flag"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestExportedAPI compares the exports of the modules with testdata/api, which shows
// every change. Every exported symbol must have a comment, which is not compared.
func TestExportedAPI(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../../adapters/*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	kits, err := filepath.Glob("../../adapters/*/adapt/adapt.go")
	require.NoError(t, err)
	folders = append(folders, kits...)
	for _, folder := range append(folders,
		"../../core/go.mod", "../../conformance/go.mod", "../../conformance/browser/doc.go", "../../conformance/attacks/attacks.go", "../../conformance/corstest/corstest.go",
		"../../conformance/pasted/doc.go", "../../conformance/diagnosis/doc.go", "../../conformance/cmd/corsdoctor/policyfile/policyfile.go",
		"../../core/policies/policies.go", "../../core/corslog/corslog.go", "../../core/policydiff/policydiff.go", "../../core/mount/doc.go") {
		folder = filepath.Dir(folder)
		name := filepath.Base(folder)
		if name == "adapt" { // several packages have this name
			name = filepath.Base(filepath.Dir(folder)) + "-adapt"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := exportedAPI(t, folder)
			golden := filepath.Join("testdata", "api", name+".txt")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got, "if the change is intended, run: go test -run TestExportedAPI -update")
		})
	}
}

// exportedAPI lists the exported declarations of the package in folder, without bodies,
// comments and unexported fields.
func exportedAPI(t *testing.T, folder string) string {
	t.Helper()
	fset := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	pkg, err := doc.NewFromFiles(fset, files, "x")
	require.NoError(t, err)
	require.NotEmpty(t, pkg.Doc, "%s has no package comment", folder)
	var b strings.Builder
	add := func(name, comment string, decl ast.Decl) {
		assert.NotEmpty(t, comment, "%s: %s has no comment", folder, name)
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				n.Doc = nil
			case *ast.Field:
				n.Doc, n.Comment = nil, nil
			case *ast.ValueSpec:
				n.Doc, n.Comment = nil, nil
			}
			return true
		})
		require.NoError(t, format.Node(&b, token.NewFileSet(), decl))
		b.WriteString("\n")
	}
	functions := func(list []*doc.Func) {
		for _, f := range list {
			f.Decl.Doc, f.Decl.Body = nil, nil
			add(f.Name, f.Doc, f.Decl)
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			add(strings.Join(v.Names, ", "), v.Doc, v.Decl)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	functions(pkg.Funcs)
	for _, typ := range pkg.Types {
		add(typ.Name, typ.Doc, typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
	return b.String()
}
