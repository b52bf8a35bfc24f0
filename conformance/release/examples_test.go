package main

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fmt, errors and encoding/json call the standardMethods, and their documentation shows
// how. An example of them would teach nothing.
var standardMethods = []string{"String", "Error", "Unwrap", "MarshalText", "MarshalJSON", "UnmarshalJSON", "UnmarshalText", "MarshalYAML"}

// TestEverythingIsShown finds exported functions, types and methods without a comment or
// without an example.
//
// An example shows a symbol if the example is named after it (ExampleLive), or if any
// example of the package uses it in its code. A type that is only a result, such as Step,
// is best shown where it is returned, and NewMount where a Mount is used. An example
// shows a method by calling it. It shows a type also by using a constant, constructor or
// method of the type, because documentation lists these with the type. Readers judge the
// text of a comment; revive checks that it begins with the name.
func TestEverythingIsShown(t *testing.T) {
	t.Parallel()
	w, err := openWorkspace(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range w.importable(t) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(w.root, folder)
			p, shown := documented(t, folder)
			if p.Doc == "" {
				t.Error("the package has no comment")
			}
			check := func(name, comment string, examples []*doc.Example) {
				if comment == "" {
					t.Errorf("%s has no comment", name)
				}
				if len(examples) == 0 && !shown[name] {
					t.Errorf("no example shows %s", name)
				}
			}
			functions := func(list []*doc.Func) {
				for _, f := range list {
					if f.Recv == "" || !slices.Contains(standardMethods, f.Name) {
						check(f.Name, f.Doc, f.Examples)
					}
				}
			}
			functions(p.Funcs)
			for _, typ := range p.Types {
				for _, member := range members(typ) {
					shown[typ.Name] = shown[typ.Name] || shown[member]
				}
				if isAlias(typ) { // shown with the type that it names
					shown[typ.Name] = true
				}
				check(typ.Name, typ.Doc, typ.Examples)
				functions(typ.Funcs)
				functions(typ.Methods)
			}
		})
	}
}

// importable returns the folders of the packages that users of the published modules import.
func (w *workspace) importable(t *testing.T) (folders []string) {
	t.Helper()
	for _, m := range w.publishedModules() {
		module := filepath.Join(w.root, m.dir)
		err := filepath.WalkDir(module, func(folder string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			_, missing := os.Stat(filepath.Join(folder, "go.mod"))
			if folder != module && missing == nil || entry.Name() == "internal" || entry.Name() == "testdata" {
				return filepath.SkipDir
			}
			below, err := filepath.Rel(w.root, folder)
			if err != nil || sharesTests(m, filepath.ToSlash(below)) {
				return err
			}
			sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
			if err != nil || len(sources) == 0 {
				return err
			}
			first, err := parser.ParseFile(token.NewFileSet(), sources[0], nil, parser.PackageClauseOnly)
			if err == nil && strings.TrimSuffix(first.Name.Name, "_test") != "main" {
				folders = append(folders, filepath.ToSlash(below))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return folders
}

func isAlias(typ *doc.Type) bool {
	spec, ok := typ.Decl.Specs[0].(*ast.TypeSpec)
	return ok && spec.Assign.IsValid()
}

// members returns the names of a type's constants, constructors and methods.
func members(typ *doc.Type) (names []string) {
	for _, c := range typ.Consts {
		names = append(names, c.Names...)
	}
	for _, f := range slices.Concat(typ.Funcs, typ.Methods) {
		if !slices.Contains(standardMethods, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// documented reads a package with its examples. It also returns the names of other
// packages' symbols, fields and methods that the examples use.
func documented(t *testing.T, folder string) (p *doc.Package, shown map[string]bool) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if p, err = doc.NewFromFiles(fset, files, "example.com/"+filepath.Base(folder)); err != nil {
		t.Fatal(err)
	}
	shown = make(map[string]bool)
	for i, file := range files {
		// In a file of examples, the other declarations belong to the examples.
		if len(doc.Examples(file)) == 0 || !strings.Contains(filepath.Base(names[i]), "example") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				shown[s.Sel.Name] = true
			}
			return true
		})
	}
	return p, shown
}
