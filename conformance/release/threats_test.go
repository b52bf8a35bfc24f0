package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// repository is the root of the repository, as seen from this module's tests.
const repository = "../.."

// threatRow matches a row of a table of docs/threat-model.md.
var (
	threatRow = regexp.MustCompile("(?m)^\\| (`[^|]*?) \\|.*$")
	quoted    = regexp.MustCompile("`([^`]+)`")
	heldBy    = regexp.MustCompile("`([a-z0-9/]+_test\\.go)` `([A-Z][A-Za-z0-9]+)`")
)

// TestThreatModel compares docs/threat-model.md with the code: each test that it names
// must exist, each setting of cors.Config and each code of its errors and warnings must
// have a row, and no other rows may exist.
func TestThreatModel(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/threat-model.md")
	named := heldBy.FindAllStringSubmatch(page, -1)
	if len(named) < 80 {
		t.Errorf("only %d tests are named", len(named))
	}
	files := make(map[string]*ast.File)
	for _, m := range named {
		file, name := m[1], m[2]
		if files[file] == nil {
			files[file] = parse(t, file)
		}
		if !declares(files[file], name) {
			t.Errorf("there is no %s in %s", name, file)
		}
	}

	var errorCodes, warningCodes []string
	for _, line := range lines(read(t, "core/testdata/codes.txt")) {
		kind, code, _ := strings.Cut(line, " ")
		switch kind {
		case "error":
			errorCodes = append(errorCodes, code)
		case "warning":
			warningCodes = append(warningCodes, code)
		default:
			t.Errorf("codes.txt has the line %q", line)
		}
	}
	fields, dangers := configFields(t, "Config"), configFields(t, "Dangers")
	if len(errorCodes) < 40 || len(warningCodes) < 20 || len(fields) < 10 || len(dangers) < 3 {
		t.Errorf("only %d errors, %d warnings, %d settings", len(errorCodes), len(warningCodes), len(fields))
	}
	for _, tt := range []struct {
		section string
		want    []string
		held    bool // whether each row must name its test
	}{{"Defaults", fields, true}, {"Refusals", errorCodes, true}, {"Dangers", dangers, false}, {"Warnings", warningCodes, false}} {
		compareRows(t, page, tt.section, tt.want, tt.held)
	}
}

// compareRows compares the quoted names in the first cells of a section's table with
// want.
func compareRows(t *testing.T, page, section string, want []string, held bool) {
	t.Helper()
	_, text, found := strings.Cut(page, "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	if !found {
		t.Errorf("there is no section %q", section)
	}
	rows := make(map[string]int)
	for _, m := range threatRow.FindAllStringSubmatch(text, -1) {
		if held && !heldBy.MatchString(m[0]) {
			t.Errorf("this row names no test: %s", m[0])
		}
		for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
			rows[q[1]]++
		}
	}
	for _, name := range want {
		if rows[name] != 1 {
			t.Errorf("%s: %s has %d rows, want one", section, name, rows[name])
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("%s: there is no %s in the core", section, name)
	}
}

// configFields returns the exported fields of a struct that core/config.go declares.
func configFields(t *testing.T, name string) (names []string) {
	t.Helper()
	ast.Inspect(parse(t, "core/config.go"), func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			for _, name := range f.Names {
				if name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
		return false
	})
	return names
}

func declares(file *ast.File, name string) bool {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
			return true
		}
	}
	return false
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(repository, filepath.FromSlash(file)), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestVersioning compares docs/versioning.md with the code: the tests that it names must
// exist, and each adapter must have a row with the framework version that its go.mod
// requires.
func TestVersioning(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/versioning.md")
	named := heldBy.FindAllStringSubmatch(page, -1)
	if len(named) < 6 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if !declares(parse(t, m[1]), m[2]) {
			t.Errorf("there is no %s in %s", m[2], m[1])
		}
	}
	adapters, err := filepath.Glob(repository + "/adapters/*/go.mod")
	if err != nil || len(adapters) < 7 {
		t.Fatalf("found %d adapters (%v)", len(adapters), err)
	}
	row := regexp.MustCompile(`(?m)^\| (cors[a-z0-9]+) \| (\S+) \| (.+) \|$`)
	rows := make(map[string][]string)
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		rows[m[1]] = m[2:]
	}
	for _, file := range adapters {
		name := filepath.Base(filepath.Dir(file))
		f, err := readGoMod(file)
		if err != nil {
			t.Fatal(err)
		}
		found := rows[name] != nil && rows[name][0] == "net/http" && rows[name][1] == "Go "+strings.TrimSuffix(f.Go.Version, ".0")
		for _, r := range f.Require {
			found = found || rows[name] != nil && !r.Indirect && r.Mod.Path == rows[name][0] && r.Mod.Version == rows[name][1]
		}
		if !found {
			t.Errorf("the row of %s is %q, which is not what its go.mod requires", name, rows[name])
		}
	}
	if len(rows) != len(adapters) {
		t.Errorf("%d rows for %d adapters", len(rows), len(adapters))
	}
}
