package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

const fakeTags = "adapters/corsfake/v0.1.0 conformance/cmd/fakedoctor/v0.1.0 conformance/v0.1.0 core/v0.1.0" // as git sorts them

func TestTag(t *testing.T) {
	t.Parallel()
	root, repo := fake(t)
	before := git(t, repo, "rev-parse", "HEAD")
	var out strings.Builder
	if err := run(t.Context(), root, []string{"tag", "v0.1.0"}, &out); err != nil {
		t.Fatal(err)
	}
	wantPush := "git push --atomic origin main core/v0.1.0 conformance/v0.1.0 adapters/corsfake/v0.1.0 conformance/cmd/fakedoctor/v0.1.0"
	if !strings.Contains(out.String(), wantPush) {
		t.Errorf("the output does not contain %q:\n%s", wantPush, out.String())
	}
	if tags := git(t, repo, "tag"); tags != "" || git(t, repo, "rev-parse", "HEAD") != before {
		t.Fatalf("without -do, there are the tags %q", tags)
	}

	if err := run(t.Context(), root, []string{"tag", "-do", "v0.1.0"}, &out); err != nil {
		t.Fatal(err)
	}
	if tags := strings.Join(strings.Fields(git(t, repo, "tag")), " "); tags != fakeTags {
		t.Errorf("the tags are %s", tags)
	}
	if log, want := git(t, repo, "log", "--format=%s"), "Build from the tree after v0.1.0\nRelease v0.1.0\nBegin"; log != want {
		t.Errorf("main is\n%s\nwant\n%s", log, want)
	}
	if status := git(t, repo, "status", "--porcelain"); status != "" || git(t, repo, "branch", "--show-current") != "main" {
		t.Errorf("the tree is left with\n%s", status)
	}
	if trees := git(t, repo, "worktree", "list"); strings.Contains(trees, "\n") {
		t.Errorf("a worktree is left:\n%s", trees)
	}
	for _, tag := range strings.Fields(fakeTags) {
		if git(t, repo, "rev-parse", tag+"^{commit}") != git(t, repo, "rev-parse", "HEAD~") {
			t.Errorf("%s is not at the release's commit", tag)
		}
		if got, want := git(t, repo, "tag", "--list", tag, "--format=%(contents)"), strings.Replace(tag, "/v0", " v0", 1); got != want {
			t.Errorf("the message of %s is %q, want %q", tag, got, want)
		}
	}
	checkTagged(t, repo)
	checkAfterTag(t, root, repo)
}

// checkTagged checks the trees of the tags.
func checkTagged(t *testing.T, repo place) {
	t.Helper()
	want := "module project.example/fake/adapters/corsfake\n\ngo 1.26.0\n\nrequire (\n" +
		"\tproject.example/fake/conformance v0.1.0\n\tproject.example/fake/core v0.1.0\n)"
	if got := git(t, repo, "show", "core/v0.1.0:adapters/corsfake/go.mod"); got != want {
		t.Errorf("the tagged go.mod is\n%s", got)
	}
	// The sums in the tree must be those of the zips made from the tags.
	archive := t.TempDir()
	if err := extract(t.Context(), repo.dir, "core/v0.1.0", archive); err != nil {
		t.Fatal(err)
	}
	goSum := git(t, repo, "show", "core/v0.1.0:adapters/corsfake/go.sum")
	for _, dir := range []string{"core", "conformance"} {
		path := "project.example/fake/" + dir
		name := filepath.Join(archive, "module.zip")
		file, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		// This is the go command's own code, independent of this package.
		err = zip.CreateFromVCS(file, xmodule.Version{Path: path, Version: "v0.1.0"}, repo.dir, "core/v0.1.0", dir)
		if err != nil || file.Close() != nil {
			t.Fatal(err)
		}
		sum, err := dirhash.HashZip(name, dirhash.Hash1)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(goSum, path+" v0.1.0 "+sum+"\n") || !strings.Contains(goSum, path+" v0.1.0/go.mod h1:") {
			t.Errorf("%s has the sum %s, and the tagged go.sum is\n%s", path, sum, goSum)
		}
	}
	if got := git(t, repo, "show", "core/v0.1.0:tools/go.mod"); !strings.Contains(got, "corsfake v0.1.0") || !strings.Contains(got, "=> ../core") {
		t.Errorf("the go.mod of a module that is not published is\n%s", got)
	}
}

// checkAfterTag checks the tree for development after the release.
func checkAfterTag(t *testing.T, root string, repo place) {
	t.Helper()
	goMod := git(t, repo, "show", "HEAD:adapters/corsfake/go.mod")
	for _, want := range []string{"project.example/fake/core v0.1.0\n", "project.example/fake/core => ../../core\n"} {
		if !strings.Contains(goMod, want) {
			t.Errorf("after the release, go.mod lacks %q:\n%s", want, goMod)
		}
	}
	if got := git(t, repo, "ls-files", "*go.sum"); got != "" {
		t.Errorf("after the release there are still %s", got)
	}
	for _, dir := range []string{"adapters/corsfake", "tools"} {
		alone := place{dir: filepath.Join(root, dir), env: []string{"GOWORK=off"}}
		if _, err := alone.run(t.Context(), "go", "vet", "./..."); err != nil {
			t.Errorf("after the release, a module does not build without go.work: %v", err)
		}
	}
}

func TestTagRefuses(t *testing.T) {
	t.Parallel()
	root, repo := fake(t)
	try := func(version string, parts ...string) {
		t.Helper()
		var out strings.Builder
		err := run(t.Context(), root, []string{"tag", "-do", version}, &out)
		for _, part := range parts {
			wants(t, err, part)
		}
	}
	commit := func(message string) {
		t.Helper()
		git(t, repo, "add", "--all")
		git(t, repo, "commit", "--quiet", "-m", message)
	}
	try("v0.2", "is not a version")
	try("v0.2.0", "CHANGELOG.md: v0.2.0 has no section")

	edit(t, root, "core/new.go", "", "package cors\n")
	try("v0.1.0", "the tree has uncommitted changes", "core/new.go")
	if err := os.Remove(filepath.Join(root, "core/new.go")); err != nil {
		t.Fatal(err)
	}
	git(t, repo, "checkout", "--quiet", "--detach")
	try("v0.1.0", "HEAD is not on a branch")
	git(t, repo, "checkout", "--quiet", "main")

	edit(t, root, ".gitattributes", "", "core/core.go export-subst\ncore/LICENSE export-ignore\n")
	commit("Hide a licence from archives")
	try("v0.1.0", "core: the files that git archives differ from the tree")
	if got := git(t, repo, "log", "-1", "--format=%s") + git(t, repo, "worktree", "list"); !strings.HasPrefix(got, "Hide") || strings.Contains(got, "\n") {
		t.Errorf("a release that failed left %s", got)
	}
	git(t, repo, "reset", "--quiet", "--hard", "HEAD~")

	for tag := range strings.FieldsSeq(fakeTags) {
		git(t, repo, "tag", tag)
	}
	try("v0.1.0", "the tag core/v0.1.0 exists; versions are final", "version v0.1.0 is not above v0.1.0")

	// A release that breaks the API, but is named a patch.
	edit(t, root, "core/core.go", "func Allows(origin string) bool { return origin == Origin }", "func Allows(_, origin string) bool { return origin == Origin }")
	edit(t, root, "adapters/corsfake/corsfake.go", "cors.Allows(r", "cors.Allows(\"\", r")
	edit(t, root, "CHANGELOG.md", "## [0.1.0]", "## [0.1.1] - 2026-11-24\n\n- Break it.\n\n## [0.2.0] - 2026-11-24\n\n- Break it.\n\n## [0.1.0]")
	commit("Break it")
	try("v0.1.1", "a patch must not; make it v0.2.0", "core\n  BREAKS: Allows: changed from func(string) bool to func(string, string) bool")
	if err := run(t.Context(), root, []string{"tag", "v0.2.0"}, new(strings.Builder)); err != nil {
		t.Errorf("a minor version may break: %v", err)
	}
}

func TestAPI(t *testing.T) {
	t.Parallel()
	root, repo := fake(t)
	api := func(fails string, want ...string) {
		t.Helper()
		var out strings.Builder
		wants(t, run(t.Context(), root, []string{"api"}, &out), fails)
		for _, part := range want {
			if !strings.Contains(out.String(), part) {
				t.Errorf("the output does not contain %q:\n%s", part, out.String())
			}
		}
	}
	api("", "THERE IS NO RELEASE YET")
	git(t, repo, "tag", "core/v0.1.0")
	// A package of tests promises nothing.
	edit(t, root, "adapters/corsfake/corsfaketest/corsfaketest.go", "func Start(", "func Serve(")
	edit(t, root, "adapters/corsfake/corsfake_test.go", "corsfaketest.Start", "corsfaketest.Serve")
	api("", "the API is that of v0.1.0\n")
	edit(t, root, "core/new.go", "", "package cors\n\n// None is no origin.\nconst None = \"null\"\n")
	// A type of another module must be equal in both versions, although it is read twice.
	edit(t, root, "adapters/corsfake/corsfake.go", "// New wraps next.", "// Server is of net/http.\ntype Server = http.Server\n\n// New wraps next.")
	api("", "core\n  new:    None: added", "adapters/corsfake\n  new:    Server: added\n", "the API is that of v0.1.0, with additions\n")

	edit(t, root, "conformance/conformance.go", "func Run(", "func Check(")
	edit(t, root, "go.work", "\t./tools\n", "")
	edit(t, root, "go.work", "\t./adapters/corsfake\n", "")
	if err := os.RemoveAll(filepath.Join(root, "adapters")); err != nil {
		t.Fatal(err)
	}
	broken := []string{"conformance\n  BREAKS: Run: removed\n  new:    Check: added", "adapters/corsfake\n  is gone", "the API BREAKS programs that use v0.1.0"}
	api(`tell users in CHANGELOG.md, in an entry above [0.1.0] that begins "- **Breaking:**"`, broken...)

	const above = "## [Unreleased]\n"
	edit(t, root, "CHANGELOG.md", above, above+"\n- **Breaking:** Check is what Run was.\n")
	api("", broken...)
	edit(t, root, "CHANGELOG.md", above, above+"\n## [0.1.1] - 2026-11-24\n")
	api("version v0.1.1 breaks what v0.1.0 exports, but a patch must not; make it v0.2.0", broken...)
	edit(t, root, "CHANGELOG.md", "[0.1.1]", "[0.2.0]")
	api("", broken...)
}

// TestAnnounced covers the cases that need a repository with other releases.
func TestAnnounced(t *testing.T) {
	t.Parallel()
	const told = "# Changelog\n\n## [Unreleased]\n\n- **Breaking:** All is new.\n\n## [1.2.0] - 2026-11-24\n\n- **Breaking:** Long ago.\n"
	wants(t, checkAnnounced(told, "v1.2.0", breaks), "this breaks what v1.2.0 promised, and only v2.0.0 may")
	wants(t, checkAnnounced(told, "v1.2.0", adds), "")
	untold := strings.Replace(told, "- **Breaking:** All", "- All", 1)
	wants(t, checkAnnounced(strings.ReplaceAll(untold, "[1.2.0]", "[0.2.0]"), "v0.2.0", breaks), "tell users")
	wants(t, checkAnnounced(strings.Replace(told, "[Unreleased]", "[1.2.1]", 1), "v1.2.0", adds), "a patch must not; make it v1.3.0")
	wants(t, checkAnnounced(strings.Replace(told, "[Unreleased]", "[1.2.1]", 1), "v1.2.0", same), "")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"tag"}, {"tag", "v0.1.0", "v0.2.0"}, {"check", "v0.1.0"}, {"publish"}} {
		wants(t, run(t.Context(), ".", args, new(strings.Builder)), "usage: release check")
	}
}
