package examples_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root     = ".."
	ourPath  = "github.com/crossgate/cors/"
	document = root + "/docs/architecture.md"
)

var update = flag.Bool("update", false, "write what the sources say into docs/architecture.md")

// module is what the sources of a module import from this repository's other modules.
type module struct {
	uses, tests map[string]bool // by folder: what its packages import, and what only its tests import
}

// TestArchitectureDiagram compares the diagram and the table of docs/architecture.md with
// the imports of the sources.
func TestArchitectureDiagram(t *testing.T) {
	t.Parallel()
	modules := modulesOf(t)
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	want := replaced(t, string(text), "arrows", diagram(modules))
	want = replaced(t, want, "modules", moduleTable(modules))
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "if the change is meant, run: go test ./examples -run TestArchitectureDiagram -update")
}

// The page says what may depend on what.
func TestArchitectureRules(t *testing.T) {
	t.Parallel()
	modules := modulesOf(t)
	assert.Empty(t, modules["core"].uses)
	assert.Empty(t, modules["core"].tests)
	assert.Equal(t, map[string]bool{"core": true}, modules["conformance"].uses)
	for name, m := range modules {
		for used := range maps.Keys(m.uses) {
			if layer(modules, name) != leaves {
				assert.NotEqual(t, leaves, layer(modules, used), "%s imports %s, which no module for users may", name, used)
			}
		}
		if strings.HasPrefix(name, "adapters/") {
			assert.Subset(t, []string{"core", "adapters/corshttp", "adapters/corsfasthttp"}, slices.Collect(maps.Keys(m.uses)), name)
			assert.Subset(t, []string{"core", "adapters/corshttp", "adapters/corsfasthttp", "conformance"}, slices.Collect(maps.Keys(m.tests)), name)
		}
	}
}

// If an arrow is added or removed, the diagram changes.
func TestArchitectureNotices(t *testing.T) {
	t.Parallel()
	modules := modulesOf(t)
	drawn := diagram(modules)
	modules["core"].uses["conformance"] = true
	assert.NotEqual(t, drawn, diagram(modules))
	delete(modules["core"].uses, "conformance")
	require.Equal(t, drawn, diagram(modules))
	for _, m := range modules {
		delete(m.uses, "adapters/corshttp")
	}
	assert.NotEqual(t, drawn, diagram(modules))
}

// TestArchitectureStandard checks the table of the standard's rules: each file exists and
// names the section.
func TestArchitectureStandard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "\n## Where the standard's rules are\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## ")
	plain := strings.NewReplacer("-", " ", `"`, "") // as in a fragment of its address
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.Contains(line, "](") {
			continue
		}
		rows++
		section := strings.TrimPrefix(cells[0], "| ")
		for _, m := range regexp.MustCompile(`\]\(([^)]+\.go)\)`).FindAllStringSubmatch(line, -1) {
			content, err := os.ReadFile(filepath.Join(root, "docs", m[1]))
			if assert.NoError(t, err) {
				comments := strings.Join(strings.Fields(strings.ReplaceAll(string(content), "//", " ")), " ")
				assert.True(t, strings.Contains(plain.Replace(strings.ToLower(comments)), plain.Replace(strings.ToLower(section))), "%s does not speak of %q", m[1], section)
			}
		}
	}
	assert.Greater(t, rows, 5)
}

const (
	nethttp = "adapters on net/http"
	fiber   = "adapters of fiber"
	leaves  = "leaf modules"
)

// layer returns the box of a module in the diagram.
func layer(modules map[string]module, name string) string {
	switch {
	case name == "core", name == "conformance", name == "adapters/corshttp", name == "adapters/corsfasthttp", strings.HasPrefix(name, "conformance/cmd/"):
		return path.Base(name)
	case !strings.HasPrefix(name, "adapters/"):
		return leaves
	case modules[name].uses["adapters/corshttp"]:
		return nethttp
	}
	return fiber
}

// diagram draws the layers, with an arrow from one to another if a module of the first
// imports a module of the second. The arrow is dotted if only tests do.
func diagram(modules map[string]module) string {
	ids := map[string]string{leaves: "leaf", "corsdoctor": "corsdoctor", "conformance": "conformance", nethttp: "nethttp", fiber: "fiber", "corshttp": "corshttp", "corsfasthttp": "corsfasthttp", "core": "core"}
	members := make(map[string][]string)
	arrows := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		from := layer(modules, name)
		members[from] = append(members[from], path.Base(name))
		for used := range modules[name].uses {
			arrows[from+"\n"+layer(modules, used)] = true
		}
		for used := range modules[name].tests {
			arrows[from+"\n"+layer(modules, used)] = arrows[from+"\n"+layer(modules, used)] // false, unless it is there
		}
	}
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	for _, name := range []string{leaves, "corsdoctor", nethttp, fiber, "corshttp", "corsfasthttp", "conformance", "core"} {
		label := name
		if ids[name] != name {
			label += ":<br>" + strings.Join(members[name], ", ")
		}
		fmt.Fprintf(&b, "    %s[\"%s\"]\n", ids[name], label)
	}
	for _, arrow := range slices.Sorted(maps.Keys(arrows)) {
		from, to, _ := strings.Cut(arrow, "\n")
		line := "-.->"
		if arrows[arrow] {
			line = "-->"
		}
		if from != to {
			fmt.Fprintf(&b, "    %s %s %s\n", ids[from], line, ids[to])
		}
	}
	return b.String() + "```\n"
}

// moduleTable has a row for each module, with the other modules that it imports.
func moduleTable(modules map[string]module) string {
	var b strings.Builder
	b.WriteString("| module | imports | only its tests import |\n|---|---|---|\n")
	bases := func(set map[string]bool) string {
		var names []string
		adapters := 0
		for name := range set {
			if strings.HasPrefix(name, "adapters/") {
				adapters++
			}
			names = append(names, path.Base(name))
		}
		slices.Sort(names)
		all := 0
		for name := range modules {
			if strings.HasPrefix(name, "adapters/") {
				all++
			}
		}
		if adapters == all {
			names = slices.DeleteFunc(names, func(n string) bool { return modules["adapters/"+n].uses != nil })
			names = append(names, "all adapters")
		}
		return strings.Join(names, ", ")
	}
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		fmt.Fprintf(&b, "| [%s](../%s) | %s | %s |\n", name, name, bases(modules[name].uses), bases(modules[name].tests))
	}
	return b.String()
}

// modulesOf reads the modules of go.work and the imports of all their files.
func modulesOf(t *testing.T) map[string]module {
	t.Helper()
	work, err := os.ReadFile(filepath.Join(root, "go.work"))
	require.NoError(t, err)
	modules := make(map[string]module)
	for lines := bufio.NewScanner(bytes.NewReader(work)); lines.Scan(); {
		if name, found := strings.CutPrefix(strings.TrimSpace(lines.Text()), "./"); found {
			modules[name] = module{uses: map[string]bool{}, tests: map[string]bool{}}
		}
	}
	require.NotEmpty(t, modules)
	for name, m := range modules {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, name), func(file string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			base := entry.Name()
			if entry.IsDir() {
				_, nested := modules[filepath.ToSlash(strings.TrimPrefix(file, root+"/"))]
				if file != filepath.Join(root, name) && nested || base == "testdata" || strings.HasPrefix(base, "_") {
					return fs.SkipDir
				}
				return nil
			}
			if filepath.Ext(base) != ".go" {
				return nil
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			// Packages for tests have names such as corsgintest.
			set := m.uses
			if strings.HasSuffix(base, "_test.go") || strings.HasSuffix(parsed.Name.Name, "test") {
				set = m.tests
			}
			for _, spec := range parsed.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				if used := moduleOf(modules, imported); used != "" && used != name {
					set[used] = true
				}
			}
			return nil
		}))
		for used := range m.uses {
			delete(m.tests, used)
		}
	}
	return modules
}

// moduleOf returns the folder of the module that has the package.
func moduleOf(modules map[string]module, imported string) string {
	folder, ours := strings.CutPrefix(imported, ourPath)
	for ours && folder != "." {
		if _, found := modules[folder]; found {
			return folder
		}
		folder = path.Dir(folder)
	}
	return ""
}

// replaced puts content between the comments <!-- name --> and <!-- /name -->.
func replaced(t *testing.T, text, name, content string) string {
	t.Helper()
	head, rest, found := strings.Cut(text, "<!-- "+name+" -->\n")
	require.True(t, found, name)
	_, tail, found := strings.Cut(rest, "<!-- /"+name+" -->")
	require.True(t, found, name)
	return head + "<!-- " + name + " -->\n" + content + "<!-- /" + name + " -->" + tail
}
