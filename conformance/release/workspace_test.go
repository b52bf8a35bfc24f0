package main

import (
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fake copies testdata/workspace to a new folder and commits it there. It is a small
// workspace with the structure of this repository.
func fake(t *testing.T) (root string, repo place) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "fake")
	if err := os.CopyFS(root, os.DirFS("testdata/workspace")); err != nil {
		t.Fatal(err)
	}
	repo = place{dir: root}
	git(t, repo, "init", "--quiet", "--initial-branch=main")
	git(t, repo, "add", "--all")
	git(t, repo, "commit", "--quiet", "-m", "Begin")
	return root, repo
}

// TestMain hides the network and the user's settings from the tools.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GOPROXY": "off", "GOFLAGS": "", "GOWORK": "", "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "A Tester", "GIT_AUTHOR_EMAIL": "tester@example.com",
		"GIT_COMMITTER_NAME": "A Tester", "GIT_COMMITTER_EMAIL": "tester@example.com",
	} {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
	}
	os.Exit(m.Run())
}

func git(t *testing.T, repo place, args ...string) string {
	t.Helper()
	out, err := repo.run(t.Context(), "git", args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// edit replaces old in a file. If old is empty, it replaces the whole file.
func edit(t *testing.T, root, name, old, replacement string) {
	t.Helper()
	file := filepath.Join(root, name)
	if old != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), old) {
			t.Fatalf("%s has no %q", name, old)
		}
		replacement = strings.ReplaceAll(string(data), old, replacement)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(replacement), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTagOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		modules []module
		want    string // the order, or an error
	}{
		{"core, then what needs it, then by folder", []module{
			{path: "b", dir: "adapters/corsb", siblings: []string{"a", "conf", "core"}},
			{path: "a", dir: "adapters/corsa", siblings: []string{"conf", "core"}},
			{path: "conf", dir: "conformance", siblings: []string{"core"}},
			{path: "core", dir: "core"},
		}, "core conformance adapters/corsa adapters/corsb"},
		{"a needed one of a later folder", []module{
			{path: "a", dir: "adapters/corsa", siblings: []string{"z"}},
			{path: "z", dir: "adapters/corsz"},
		}, "adapters/corsz adapters/corsa"},
		{"a circle", []module{
			{path: "a", dir: "adapters/corsa", siblings: []string{"z"}},
			{path: "z", dir: "adapters/corsz", siblings: []string{"a"}},
		}, "adapters/corsa/go.mod: this module and another one require each other; neither can be tagged first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sorted, err := inOrder(c.modules)
			var dirs []string
			for _, m := range sorted {
				dirs = append(dirs, m.dir)
			}
			got := strings.Join(dirs, " ")
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The workspace of this repository must be ready for a release. The checks that take
// minutes are left out.
func TestThisWorkspace(t *testing.T) {
	t.Parallel()
	w, err := openWorkspace(".")
	if err != nil {
		t.Fatal(err)
	}
	tags := w.tags("v0.1.0")
	if len(tags) == 0 || tags[0] != "core/v0.1.0" {
		t.Fatalf("core is not the first of %v", tags)
	}
	for _, m := range w.publishedModules() {
		for _, sibling := range m.siblings {
			if i := slices.IndexFunc(w.modules, func(m module) bool { return m.path == sibling }); !w.modules[i].published {
				t.Errorf("%s is published, but %s, which it requires, is not", m.dir, sibling)
			}
		}
		needed := []string{"graphs/" + filepath.Base(m.dir) + ".txt"}
		if strings.HasPrefix(m.dir, "adapters/") {
			needed = append(needed, "strangers/"+filepath.Base(m.dir)+"/main.go", "strangers/"+filepath.Base(m.dir)+"/main_test.go")
		}
		for _, name := range needed {
			if _, err := os.Stat(filepath.Join("testdata", name)); err != nil {
				t.Errorf("release check would fail for %s: %v", m.dir, err)
			}
		}
	}
	if alone := testedAlone(t, w); !slices.Equal(alone, folders(w.publishedModules())) {
		t.Errorf("PUBLISHED in the Makefile is %v, and these get a tag: %v; make the two the same", alone, folders(w.publishedModules()))
	}
	for _, leaf := range []string{"conformance/release", "conformance/matrix", "examples"} {
		if slices.Contains(tags, leaf+"/v0.1.0") {
			t.Errorf("%s gets a tag, but no published module needs it", leaf)
		}
	}
}

// testedAlone returns the folders of the modules that PUBLISHED in the Makefile names.
// These are tested alone.
func testedAlone(t *testing.T, w *workspace) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(data), "\nPUBLISHED := $(filter ")
	patterns, _, ended := strings.Cut(rest, ",$(MODULES))\n")
	if !found || !ended {
		t.Fatal("the Makefile has no line `PUBLISHED := $(filter …,$(MODULES))`")
	}
	return folders(slices.DeleteFunc(slices.Clone(w.modules), func(m module) bool {
		return !slices.ContainsFunc(strings.Fields(patterns), func(pattern string) bool {
			start, wild := strings.CutSuffix(pattern, "%") // as make reads a pattern
			return "./"+m.dir == pattern || wild && strings.HasPrefix("./"+m.dir, start)
		})
	}))
}

func folders(modules []module) []string {
	var dirs []string
	for _, m := range modules {
		dirs = append(dirs, m.dir)
	}
	return dirs
}

func TestWorkspacesThatCannotBeReleased(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		edit func(t *testing.T, root string)
		want string
	}{
		{"an adapter that go.work lacks", func(t *testing.T, root string) {
			edit(t, root, "adapters/corsnew/go.mod", "", "module project.example/fake/adapters/corsnew\n")
		}, "go.work: adapters/corsnew is missing; add ./adapters/corsnew"},
		{"a module whose path is not its folder", func(t *testing.T, root string) {
			edit(t, root, "tools/go.mod", "module project.example/fake/tools", "module project.example/tools")
		}, "tools/go.mod: the module's path is project.example/tools; go get finds the folder only by the path project.example/fake/tools"},
		{"siblings at several versions", func(t *testing.T, root string) {
			edit(t, root, "conformance/go.mod", "v0.0.0", "v0.1.0")
		}, "go.mod: requires project.example/fake/core v0.0.0, but other modules require their siblings at v0.1.0"},
		{"a replaced dependency", func(t *testing.T, root string) {
			edit(t, root, "core/go.mod", "go 1.26.0", "go 1.26.0\nreplace dependency.example/one => dependency.example/two v1.0.0")
		}, "core/go.mod: replaces dependency.example/one"},
		{"no licence", func(t *testing.T, root string) {
			if err := os.Remove(filepath.Join(root, "core/LICENSE")); err != nil {
				t.Fatal(err)
			}
		}, "core/LICENSE: is missing; copy the file of the root"},
		{"no go.work", func(t *testing.T, root string) {
			if err := os.Remove(filepath.Join(root, "go.work")); err != nil {
				t.Fatal(err)
			}
		}, "there is no go.work"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := filepath.Join(t.TempDir(), "fake")
			if err := os.CopyFS(root, os.DirFS("testdata/workspace")); err != nil {
				t.Fatal(err)
			}
			c.edit(t, root)
			_, err := openWorkspace(root)
			wants(t, err, c.want)
		})
	}
}

// A module that a published module requires must be published too, wherever it is.
func TestNeededModulesArePublished(t *testing.T) {
	t.Parallel()
	w := &workspace{modules: []module{
		{path: "deep", dir: "internal/deep"},
		{path: "lib", dir: "internal/lib", siblings: []string{"deep"}},
		{path: "a", dir: "adapters/corsa", siblings: []string{"lib"}},
		{path: "leaf", dir: "conformance/leaf", siblings: []string{"a"}},
	}}
	w.publish()
	got := strings.Join(w.tags("v1.0.0"), " ")
	if want := "internal/deep/v1.0.0 internal/lib/v1.0.0 adapters/corsa/v1.0.0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
