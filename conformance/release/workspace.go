package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A module is one module of the workspace.
type module struct {
	path      string
	dir       string   // below the workspace's root, with slashes
	siblings  []string // the paths of the workspace's modules that it requires
	published bool     // whether it gets a tag
}

// isCommand reports whether users install m instead of importing it.
func (m module) isCommand() bool { return path.Dir(m.dir) == "conformance/cmd" }

// sharesTests reports whether a package of m, by its folder or path, has tests that several
// modules of the workspace share, such as corsgin/corsgintest. Such a package promises
// nothing to users.
func sharesTests(m module, dir string) bool {
	return path.Dir(m.dir) == "adapters" && strings.HasSuffix(dir, "test")
}

// A workspace is the set of modules that go.work names.
type workspace struct {
	root    string
	prefix  string   // the common prefix of the modules' paths, before their folders
	modules []module // sorted by folder, but each module after the modules that it requires
	others  bool     // whether a module requires one outside the workspace
}

// openWorkspace reads the workspace that contains folder.
func openWorkspace(folder string) (*workspace, error) {
	root, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.work")); err == nil {
			break
		}
		if filepath.Dir(root) == root {
			return nil, fmt.Errorf("there is no go.work in %s or above it; run this inside the repository", folder)
		}
		root = filepath.Dir(root)
	}
	w := &workspace{root: root}
	file := filepath.Join(root, "go.work")
	data, err := os.ReadFile(file) //nolint:gosec // the tree's own
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return nil, err
	}
	var all []module
	files := make(map[string]*modfile.File)
	for _, use := range work.Use {
		f, err := readGoMod(filepath.Join(root, use.Path, "go.mod"))
		if err != nil {
			return nil, err
		}
		m := module{path: f.Module.Mod.Path, dir: path.Clean(filepath.ToSlash(use.Path))}
		files[m.path] = f
		all = append(all, m)
	}
	if err := w.checkAdapters(all); err != nil {
		return nil, err
	}
	for i, m := range all {
		for _, r := range files[m.path].Require {
			if files[r.Mod.Path] != nil {
				all[i].siblings = append(all[i].siblings, r.Mod.Path)
			} else {
				w.others = true
			}
		}
	}
	if w.modules, err = inOrder(all); err != nil {
		return nil, err
	}
	w.publish()
	return w, w.checkModules(files)
}

func readGoMod(file string) (*modfile.File, error) {
	data, err := os.ReadFile(file) //nolint:gosec // the tree's own
	if err != nil {
		return nil, err
	}
	return modfile.Parse(file, data, nil)
}

// inOrder sorts modules by folder, but puts each module after the modules that it
// requires.
func inOrder(all []module) ([]module, error) {
	left := slices.SortedFunc(slices.Values(all), func(a, b module) int { return strings.Compare(a.dir, b.dir) })
	var sorted []module
	placed := func(p string) bool {
		return slices.ContainsFunc(sorted, func(m module) bool { return m.path == p })
	}
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(m module) bool {
			return !slices.ContainsFunc(m.siblings, func(p string) bool { return !placed(p) })
		})
		if i < 0 {
			return nil, fmt.Errorf("%s/go.mod: this module and another one require each other; neither can be tagged first", left[0].dir)
		}
		sorted = append(sorted, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return sorted, nil
}

// publish marks the modules that users get, and the modules that these require.
func (w *workspace) publish() {
	for i := len(w.modules) - 1; i >= 0; i-- {
		m := &w.modules[i]
		if m.dir == "core" || m.dir == "conformance" || path.Dir(m.dir) == "adapters" || m.isCommand() {
			m.published = true
		}
		if !m.published {
			continue
		}
		for j := range w.modules[:i] {
			if slices.Contains(m.siblings, w.modules[j].path) {
				w.modules[j].published = true
			}
		}
	}
}

// publishedModules returns the modules that get a tag, in the order of their tags.
func (w *workspace) publishedModules() []module {
	return slices.DeleteFunc(slices.Clone(w.modules), func(m module) bool { return !m.published })
}

// checkAdapters finds adapters that are missing in go.work.
func (w *workspace) checkAdapters(all []module) error {
	found, err := filepath.Glob(filepath.Join(w.root, "adapters", "*", "go.mod"))
	if err != nil {
		return err
	}
	var problems []error
	for _, file := range found {
		dir := path.Join("adapters", filepath.Base(filepath.Dir(file)))
		if !slices.ContainsFunc(all, func(m module) bool { return m.dir == dir }) {
			problems = append(problems, fmt.Errorf("go.work: %s is missing; add ./%s to its use lines", dir, dir))
		}
	}
	return errors.Join(problems...)
}

// checkModules finds mistakes that would make a module's tag or zip useless.
func (w *workspace) checkModules(files map[string]*modfile.File) error {
	var problems []error
	required := "" // the first version at which a sibling is required
	for i, m := range w.modules {
		problem := func(file, format string, args ...any) {
			problems = append(problems, fmt.Errorf("%s/%s: %s", m.dir, file, fmt.Sprintf(format, args...)))
		}
		prefix, ok := strings.CutSuffix(m.path, "/"+m.dir)
		if i == 0 {
			w.prefix = prefix
		}
		if !ok || prefix != w.prefix {
			problem("go.mod", "the module's path is %s; go get finds the folder only by the path %s/%s", m.path, w.prefix, m.dir)
		}
		for _, r := range files[m.path].Require {
			if !slices.Contains(m.siblings, r.Mod.Path) {
				continue
			}
			if required == "" {
				required = r.Mod.Version
			}
			if r.Mod.Version != required {
				problem("go.mod", "requires %s %s, but other modules require their siblings at %s; write that version", r.Mod.Path, r.Mod.Version, required)
			}
		}
		if !m.published {
			continue
		}
		for _, r := range files[m.path].Replace {
			if !slices.Contains(w.paths(), r.Old.Path) {
				problem("go.mod", "replaces %s, but users would not get the replacement; require a version that needs no replace line", r.Old.Path)
			}
		}
		if _, err := os.Stat(filepath.Join(w.root, m.dir, "LICENSE")); err != nil {
			problem("LICENSE", "is missing; copy the file of the root")
		}
	}
	return errors.Join(problems...)
}

// paths returns the paths of all modules.
func (w *workspace) paths() []string {
	var paths []string
	for _, m := range w.modules {
		paths = append(paths, m.path)
	}
	return paths
}
