package diagnose

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestSuffixParents compares suffixparents.txt with the rules of the public suffix list in
// the version of the publicsuffix package that is in use.
func TestSuffixParents(t *testing.T) {
	t.Parallel()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	rules := publicSuffixRules(t, filepath.Join(strings.TrimSpace(string(dir)), "publicsuffix", "table_test.go"))
	if len(rules) < 5000 {
		t.Fatalf("found only %d rules", len(rules))
	}
	var parents []string
	for rule := range rules {
		name := strings.TrimPrefix(rule, "!")
		for {
			_, parent, found := strings.Cut(name, ".")
			if !found {
				break
			}
			if !rules[parent] {
				parents = append(parents, parent)
			}
			name = parent
		}
	}
	slices.Sort(parents)
	want := "\n" + strings.Join(slices.Compact(parents), "\n") + "\n"
	if *update {
		if err := os.WriteFile("suffixparents.txt", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if suffixParents != want {
		t.Error("suffixparents.txt is not that of the publicsuffix package in use; run: go test -run TestSuffixParents -update")
	}
}

// publicSuffixRules reads the literal `var rules` of the named Go file.
func publicSuffixRules(t *testing.T, file string) map[string]bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	rules := make(map[string]bool)
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "rules" {
			return true
		}
		ast.Inspect(spec, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				rule, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				rules[rule] = true
			}
			return true
		})
		return false
	})
	return rules
}
