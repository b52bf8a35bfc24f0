package cors_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// sources parses the package's files, and those of the packages below it, except tests. The
// packages in leaveOut have their own tests for their codes.
func sources(t *testing.T, leaveOut ...string) []*ast.File {
	t.Helper()
	var files []*ast.File
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if slices.Contains(leaveOut, path) {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 30 {
		t.Fatalf("found only %d files", len(files))
	}
	return files
}

// writtenCodes finds the codes of errors and warnings in the source. A code is written
// before the hint in a call of fail or warn, in the field Code of a literal, first in an
// element of mistakes, or in a risk. A risk is an error, and a warning if a Danger lifts
// it.
func writtenCodes(t *testing.T, leaveOut ...string) (failures, warnings []string) {
	t.Helper()
	literal := func(e ast.Expr) string {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return ""
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	add := func(list *[]string, e ast.Expr, where string) {
		if code := literal(e); code != "" {
			*list = append(*list, code)
			return
		}
		// These pass on a code that is written elsewhere.
		if s, ok := e.(*ast.SelectorExpr); !ok || s.Sel.Name != "code" && s.Sel.Name != "Code" {
			if id, ok := e.(*ast.Ident); !ok || id.Name != "code" {
				t.Errorf("a code in %s is no literal: %#v", where, e)
			}
		}
	}
	looksLikeCode := regexp.MustCompile(`\A[a-z0-9]+(-[a-z0-9]+)+\z`)
	isCode := func(e ast.Expr) bool { // one that is passed on
		if s, ok := e.(*ast.SelectorExpr); ok {
			return s.Sel.Name == "code" || s.Sel.Name == "Code"
		}
		id, ok := e.(*ast.Ident)
		return ok && id.Name == "code"
	}
	addRisk := func(lit *ast.CompositeLit) {
		add(&failures, lit.Elts[0], "a risk")
		if danger, ok := lit.Elts[len(lit.Elts)-1].(*ast.Ident); !ok || danger.Name != "never" {
			add(&warnings, lit.Elts[0], "a risk")
		}
	}
	for _, file := range sources(t, leaveOut...) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || f.Sel.Name != "fail" && f.Sel.Name != "failToken" && f.Sel.Name != "warn" {
					return true
				}
				// A hint follows its code. A hint that is one word is not a code.
				for i, arg := range n.Args[:len(n.Args)-1] {
					if looksLikeCode.MatchString(literal(arg)) || isCode(arg) {
						add(map[bool]*[]string{true: &warnings, false: &failures}[f.Sel.Name == "warn"], n.Args[i], "a call of "+f.Sel.Name)
						return true
					}
				}
				if len(n.Args) > 1 {
					t.Errorf("a call of %s has no code: %#v", f.Sel.Name, n.Args)
				}
			case *ast.CompositeLit:
				typ, _ := n.Type.(*ast.Ident)
				if other, ok := n.Type.(*ast.SelectorExpr); ok { // in another package: cors.ConfigError
					typ = other.Sel
				}
				if typ != nil && typ.Name == "risk" {
					addRisk(n)
				} else if list, ok := n.Type.(*ast.ArrayType); ok {
					if of, ok := list.Elt.(*ast.Ident); ok && of.Name == "risk" {
						for _, e := range n.Elts {
							addRisk(e.(*ast.CompositeLit))
						}
					}
				}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && typ != nil {
						if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Code" {
							add(map[bool]*[]string{true: &warnings, false: &failures}[typ.Name == "Warning"], kv.Value, typ.Name)
						}
					}
				}
			case *ast.ValueSpec:
				if n.Names[0].Name == "mistakes" {
					for _, e := range n.Values[0].(*ast.CompositeLit).Elts {
						add(&failures, e.(*ast.CompositeLit).Elts[0], "mistakes")
					}
				}
			}
			return true
		})
	}
	slices.Sort(failures)
	slices.Sort(warnings)
	return slices.Compact(failures), slices.Compact(warnings)
}

// No known input leads to the unreachable codes: "origin-syntax" is for mistakes that no
// other check explains.
var unreachable = []string{"origin-syntax"}

// reachedElsewhere are codes that only tests without a table reach.
var reachedElsewhere = []string{
	"config-problems", // TestManyProblems
	"json-problems",   // TestHostileDocuments
	"origin-null",     // TestParseOrigin
	"origin-url",      // TestOriginOf
	"origins-many",    // TestTooManyOrigins
}

// TestEveryCodeIsReached checks that each code in the source has a case in the
// tables of these tests, and each code in the tables is in the source.
func TestEveryCodeIsReached(t *testing.T) {
	t.Parallel()
	failures, warnings := writtenCodes(t, "mount", "policies", "corslog", "policydiff")
	reached := slices.Concat(unreachable, reachedElsewhere)
	for _, m := range slices.Concat(originMistakes, credentialMistakes) {
		reached = append(reached, m.code)
	}
	for _, m := range configMistakes {
		reached = append(reached, m.code)
	}
	for _, m := range parseMistakes {
		reached = append(reached, m.code)
	}
	if len(routeMistakes) > 0 {
		reached = append(reached, "route-path")
	}
	var warned []string
	for _, w := range warningCases {
		warned = append(warned, w.code)
	}
	for _, d := range dangerous {
		warned = append(warned, d.code)
	}
	for _, tt := range []struct {
		what         string
		source, mine []string
	}{{"error", failures, reached}, {"warning", warnings, warned}} {
		slices.Sort(tt.mine)
		if mine := slices.Compact(tt.mine); !slices.Equal(mine, tt.source) {
			t.Errorf("%s codes\nin the source: %q\nin the tables: %q", tt.what, tt.source, mine)
		}
		if len(tt.source) < 20 {
			t.Errorf("found only %d %s codes", len(tt.source), tt.what)
		}
	}
	n := len(originMistakes) + len(credentialMistakes) + len(configMistakes)
	if n < 60 {
		t.Errorf("only %d bad configurations", n)
	}
}

// TestCodesAreKept compares the codes with testdata/codes.txt, so that a reviewer sees a
// change. Codes are stable.
func TestCodesAreKept(t *testing.T) {
	t.Parallel()
	failures, warnings := writtenCodes(t)
	var b strings.Builder
	for _, code := range failures {
		b.WriteString("error " + code + "\n")
	}
	for _, code := range warnings {
		b.WriteString("warning " + code + "\n")
	}
	const golden = "testdata/codes.txt"
	if updating() {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil || string(kept) != b.String() {
		t.Errorf("the codes are (%v)\n%s\nif that is meant, run: go test -run TestCodesAreKept -update", err, b.String())
	}
}

// TestTextForms checks the stable text of each value of each enumeration, and that there
// are no other values.
func TestTextForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ    string
		want   []string
		value  func(i int) interface{ String() string }
		beyond string
	}{
		{"Kind", []string{"not-cors", "actual", "preflight"}, func(i int) interface{ String() string } { return cors.Kind(i) }, "Kind(3)"},
		{"Reason", []string{
			"no-policy", "allowed", "origin-not-allowed", "origin-malformed", "origin-check-failed", "origin-missing",
			"method-not-allowed", "header-not-allowed", "header-malformed", "headers-too-long",
			"mount-unattached", "mount-uncertain",
		}, func(i int) interface{ String() string } { return cors.Reason(i) }, "Reason(12)"},
		{"Enforcement", []string{"none", "unsafe", "all"}, func(i int) interface{ String() string } { return cors.Enforcement(i) }, "Enforcement(3)"},
	} {
		for i, want := range append(slices.Clone(tt.want), tt.beyond) {
			if got := tt.value(i).String(); got != want {
				t.Errorf("%s %d is %q, want %q", tt.typ, i, got, want)
			}
			got, err := json.Marshal(tt.value(i))
			if tt.typ == "Enforcement" && want == tt.beyond {
				if err == nil {
					t.Errorf("as JSON, %s %d is %s, and could not be read", tt.typ, i, got)
				}
				continue
			}
			if err != nil || string(got) != strconv.Quote(want) {
				t.Errorf("as JSON, %s %d is %s (%v), want %q", tt.typ, i, got, err, want)
			}
		}
		if n := len(constants(t, tt.typ)); n != len(tt.want) {
			t.Errorf("the source has %d values of %s, and this test %d", n, tt.typ, len(tt.want))
		}
	}
	if cors.NoPolicy != 0 || cors.Allowed != 1 || cors.MountUncertain != 11 || cors.Preflight != 2 || cors.EnforceAll != 2 {
		t.Error("the text forms belong to other values")
	}
}

// constants lists the constants of the named type, declared in one block.
func constants(t *testing.T, typ string) []string {
	t.Helper()
	var names []string
	for _, file := range sources(t) {
		for _, decl := range file.Decls {
			block, ok := decl.(*ast.GenDecl)
			if !ok || block.Tok != token.CONST {
				continue
			}
			first, _ := block.Specs[0].(*ast.ValueSpec)
			if id, ok := first.Type.(*ast.Ident); !ok || id.Name != typ {
				continue
			}
			for _, spec := range block.Specs {
				names = append(names, spec.(*ast.ValueSpec).Names[0].Name)
			}
		}
	}
	return names
}
