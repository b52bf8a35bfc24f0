package matrix

import (
	"flag"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
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
	for name, folder := range publishedPackages(t) {
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

// publishedPackages returns the folders of all packages that users of the published modules
// can import, by the name of their golden file. It leaves out the packages with tests for
// several adapters, such as corsgin/corsgintest: they promise nothing.
func publishedPackages(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	modules, err := filepath.Glob("../../adapters/*")
	require.NoError(t, err)
	for _, module := range append(modules, "../../core", "../../conformance", "../../conformance/cmd/corsdoctor") {
		require.NoError(t, filepath.WalkDir(module, func(folder string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			name, parent := entry.Name(), filepath.Base(filepath.Dir(folder))
			_, missing := os.Stat(filepath.Join(folder, "go.mod"))
			switch {
			case folder != module && missing == nil, name == "internal", name == "testdata": // another module, or for nobody
				return filepath.SkipDir
			case strings.HasSuffix(name, "test") && filepath.Dir(module) == "../../adapters":
				return nil
			case name == "adapt": // several packages have this name
				name = parent + "-adapt"
			}
			if sources, err := filepath.Glob(filepath.Join(folder, "*.go")); err != nil || len(sources) == 0 || isCommand(t, sources) {
				return err
			}
			require.Empty(t, found[name], "two packages have the name %s", name)
			found[name] = folder
			return nil
		}))
	}
	return found
}

// isCommand reports whether the sources are those of a command.
func isCommand(t *testing.T, sources []string) bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), sources[0], nil, parser.PackageClauseOnly)
	require.NoError(t, err)
	return strings.TrimSuffix(file.Name.Name, "_test") == "main"
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
