package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A listed module is one of a module graph.
type listed struct {
	Path, Version string
	Sum           string // of its zip, if that was needed
	Main          bool
	built         bool // some of its packages are compiled into programs that use the module, on linux/amd64
}

func (l listed) name() string { return l.Path + "@" + l.Version }

// A graph is what comes with one module.
type graph struct {
	modules []listed            // by path; the module itself is one of them
	needs   map[string][]string // path@version to those that its go.mod requires
}

// resolve is the graph of a project that uses m, and nothing else.
func resolve(ctx context.Context, project place, m module, version string) (graph, error) {
	g := graph{needs: make(map[string][]string)}
	uses, get := ".", []string{m.path + "@" + version}
	if m.isCommand() { // which no program can import
		// go get asks no proxy for m while the module that its folder lies in is in the cache.
		if _, err := project.run(ctx, "go", "mod", "download", get[0]); err != nil {
			return g, err
		}
		uses, get = m.path, append([]string{"-tool"}, get...)
	} else {
		source := fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", m.path)
		if err := os.WriteFile(filepath.Join(project.dir, "main.go"), []byte(source), 0o600); err != nil {
			return g, err
		}
	}
	if err := startProject(ctx, project, get...); err != nil {
		return g, err
	}
	// On one system, whatever this one is, since the graphs are files of the tree.
	linux := place{dir: project.dir, env: append(slices.Clone(project.env), "GOOS=linux", "GOARCH=amd64")}
	built, err := linux.run(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", uses)
	if err != nil {
		return g, err
	}
	out, err := project.run(ctx, "go", "list", "-m", "-json", "all")
	if err != nil {
		return g, err
	}
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return g, err
		}
		if l.Main {
			continue
		}
		l.built = slices.Contains(lines(built), l.Path)
		g.modules = append(g.modules, l)
	}
	out, err = project.run(ctx, "go", "mod", "graph")
	if err != nil {
		return g, err
	}
	for _, line := range lines(out) {
		from, to, _ := strings.Cut(line, " ")
		g.needs[from] = append(g.needs[from], to)
	}
	return g, nil
}

// startProject makes a module of project and gets what it says.
func startProject(ctx context.Context, project place, get ...string) error {
	if _, err := project.run(ctx, "go", "mod", "init", "stranger.example/project"); err != nil {
		return err
	}
	_, err := project.run(ctx, "go", append([]string{"get"}, get...)...)
	return err
}

// text lists g for people: siblings without their version, which is the release's.
func (g graph) text(w *workspace) string {
	var built, named strings.Builder
	for _, l := range g.modules {
		line := l.Path + " " + l.Version + "\n"
		if slices.Contains(w.paths(), l.Path) {
			line = l.Path + " (this release)\n"
		}
		if l.built {
			built.WriteString(line)
		} else {
			named.WriteString(line)
		}
	}
	return "# compiled into programs that use it, on linux/amd64\n" + built.String() + "# only named by the module graph\n" + named.String()
}

// compareGraph holds got against the golden file, or writes it.
func compareGraph(golden, name, got string, update bool) error {
	if update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil { //nolint:gosec // a folder of the tree
			return err
		}
		return os.WriteFile(golden, []byte(got), 0o644) //nolint:gosec // a file of the tree
	}
	data, err := os.ReadFile(golden) //nolint:gosec // the tree's own
	if os.IsNotExist(err) {
		return fmt.Errorf("%s is missing; write it with -update, and read it", name)
	}
	if err != nil || string(data) == got {
		return err
	}
	var difference strings.Builder
	had, has := lines(string(data)), lines(got)
	for _, line := range had {
		if !slices.Contains(has, line) {
			fmt.Fprintf(&difference, "\n  gone: %s", line)
		}
	}
	for _, line := range has {
		if !slices.Contains(had, line) {
			fmt.Fprintf(&difference, "\n  new:  %s", line)
		}
	}
	if difference.Len() == 0 {
		difference.WriteString("\n  the same modules, but not each where it was: one is compiled in now, or no more")
	}
	return fmt.Errorf("%s: the modules that come with it have changed:%s\nif that is meant, run with -update, and read the difference", name, difference.String())
}
