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

// A listed module is one module of a module graph.
type listed struct {
	Path, Version string
	Sum           string // the sum of its zip, if the zip was needed
	Main          bool
	built         bool // whether any of its packages is compiled into programs that use the module, on linux/amd64
}

func (l listed) name() string { return l.Path + "@" + l.Version }

// A graph is the module graph of one module.
type graph struct {
	modules []listed            // sorted by path, including the module itself
	needs   map[string][]string // path@version of a module to the modules that its go.mod requires
}

// resolve returns the graph of a project that uses only m.
func resolve(ctx context.Context, project place, m module, version string) (graph, error) {
	g := graph{needs: make(map[string][]string)}
	uses, get := ".", []string{m.path + "@" + version}
	if m.isCommand() { // a program cannot import a command
		// While the cache holds the module that contains m's folder, go get does not ask a
		// proxy for m.
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
	// The graphs are files of the tree, so they are always made for the same system.
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

// startProject makes a module in project and gets the packages in its arguments.
func startProject(ctx context.Context, project place, get ...string) error {
	if _, err := project.run(ctx, "go", "mod", "init", "stranger.example/project"); err != nil {
		return err
	}
	_, err := project.run(ctx, "go", append([]string{"get"}, get...)...)
	return err
}

// text returns g as readable text. Siblings have no version in it, because their version
// is the release's.
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

// compareGraph compares got with the golden file, or writes the file.
func compareGraph(golden, name, got string, update bool) error {
	if update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil { //nolint:gosec // it is a folder of the tree
			return err
		}
		return os.WriteFile(golden, []byte(got), 0o644) //nolint:gosec // it is a file of the tree
	}
	data, err := os.ReadFile(golden) //nolint:gosec // the tree's own
	if os.IsNotExist(err) {
		return fmt.Errorf("%s is missing; write it with -update, and review it", name)
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
		difference.WriteString("\n  the same modules, but one of them is now compiled in, or no longer compiled in")
	}
	return fmt.Errorf("%s: the modules that come with it have changed:%s\nif the change is intended, run with -update, and review the difference", name, difference.String())
}
