package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tag releases version, or prints how to, if no check fails.
func tag(ctx context.Context, w *workspace, version string, do bool, out io.Writer) error {
	repo := place{dir: w.root}
	branch, head, err := readyToTag(ctx, w, version)
	if err != nil {
		return err
	}
	tags := w.tags(version)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	if !do {
		say("%s can be tagged, at two commits on top of %s on %s. With -do, this makes", version, head[:12], branch)
		say("  %q: requires siblings at %s, and in the published modules drops replace lines and adds sums", releaseMessage(version), version)
		say("  %q: reverts these lines", treeMessage(version))
		for _, t := range tags {
			say("  git tag -a %s -m %q    (at the first)", t, tagMessage(t))
		}
		say("Then push them together:\n  %s", push(branch, tags))
		return nil
	}
	released, after, err := commitRelease(ctx, w, version)
	if err != nil {
		return err
	}
	if _, err := repo.run(ctx, "git", "merge", "--ff-only", "--quiet", after); err != nil {
		return err
	}
	for i, t := range tags {
		if _, err := repo.run(ctx, "git", "tag", "-a", t, "-m", tagMessage(t), released); err != nil {
			undo := "git reset --keep " + head
			if i > 0 {
				undo = "git tag -d " + strings.Join(tags[:i], " ") + " && " + undo
			}
			return fmt.Errorf("%w\nnothing is pushed; to undo, run: %s", err, undo)
		}
		say("tagged %s", t)
	}
	say("%s is released here, at %s. Publish it by\n  %s", version, released[:12], push(branch, tags))
	return nil
}

func releaseMessage(version string) string { return "Release " + version }
func treeMessage(version string) string    { return "Build from the tree after " + version }
func tagMessage(tag string) string         { return strings.ReplaceAll(tag, "/v", " v") }

func push(branch string, tags []string) string {
	return "git push --atomic origin " + branch + " " + strings.Join(tags, " ")
}

// tags returns the tags of version. The tag of a module comes after the tags of the
// modules that it requires.
func (w *workspace) tags(version string) []string {
	var tags []string
	for _, m := range w.publishedModules() {
		tags = append(tags, m.dir+"/"+version)
	}
	return tags
}

// readyToTag returns all reasons not to tag version, and the commit of HEAD.
func readyToTag(ctx context.Context, w *workspace, version string) (branch, head string, err error) {
	if err := checkVersion(version); err != nil {
		return "", "", err
	}
	repo := place{dir: w.root}
	var problems []error
	git := func(args ...string) string {
		out, err := repo.run(ctx, "git", args...)
		problems = append(problems, err)
		return strings.TrimSpace(out)
	}
	head = git("rev-parse", "HEAD")
	if branch = git("branch", "--show-current"); branch == "" {
		problems = append(problems, errors.New("HEAD is not on a branch, but the release's commits need one; run git switch main"))
	}
	if changed := git("status", "--porcelain"); changed != "" {
		problems = append(problems, fmt.Errorf("the tree has uncommitted changes; commit or revert them:\n%s", changed))
	}
	for _, t := range w.tags(version) {
		if git("tag", "--list", t) != "" {
			problems = append(problems, fmt.Errorf("the tag %s exists; versions are final, so choose the next one", t))
		}
	}
	changelog, err := os.ReadFile(filepath.Join(w.root, "CHANGELOG.md"))
	if err == nil {
		err = checkChangelog(string(changelog), version)
	}
	problems = append(problems, err)
	versions, err := taggedVersions(ctx, w)
	if err != nil {
		return "", "", errors.Join(append(problems, err)...)
	}
	problems = append(problems, checkAfter(versions, version))
	if last := lastRelease(versions); last != noRelease {
		c, text, err := compareAPI(ctx, w, last)
		if err == nil {
			err = checkBump(last, version, c)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%w\n%s", err, text))
		}
	}
	return branch, head, errors.Join(problems...)
}

// commitRelease makes the two commits of version on top of HEAD, in a separate worktree.
// If anything fails, the tree and its branch stay unchanged.
func commitRelease(ctx context.Context, w *workspace, version string) (released, after string, err error) {
	work, err := os.MkdirTemp("", "release-tag-")
	if err != nil {
		return "", "", err
	}
	repo, tree := place{dir: w.root}, place{dir: filepath.Join(work, "tree")}
	if _, err := repo.run(ctx, "git", "worktree", "add", "--quiet", "--detach", tree.dir, "HEAD"); err != nil {
		return "", "", errors.Join(err, os.RemoveAll(work))
	}
	defer func() {
		_, removed := repo.run(context.WithoutCancel(ctx), "git", "worktree", "remove", "--force", tree.dir)
		err = errors.Join(err, removed, os.RemoveAll(work))
	}()
	packed, err := w.release(tree.dir, filepath.Join(work, "proxy"), version, time.Now())
	if err != nil {
		return "", "", err
	}
	if released, err = commit(ctx, tree, releaseMessage(version)); err != nil {
		return "", "", err
	}
	if err := verify(ctx, w, released, version, work, packed); err != nil {
		return "", "", err
	}
	for _, m := range w.modules {
		files := []string{m.dir + "/go.mod"}
		if _, err := os.Stat(filepath.Join(w.root, m.dir, "go.sum")); err == nil {
			files = append(files, m.dir+"/go.sum")
		} else if _, err := tree.run(ctx, "git", "rm", "--quiet", "--ignore-unmatch", m.dir+"/go.sum"); err != nil {
			return "", "", err
		}
		if _, err := tree.run(ctx, "git", append([]string{"checkout", "--quiet", "HEAD~", "--"}, files...)...); err != nil {
			return "", "", err
		}
		if err := w.writeGoMod(tree.dir, m, version, inTree); err != nil {
			return "", "", err
		}
	}
	after, err = commit(ctx, tree, treeMessage(version))
	return released, after, err
}

// commit commits all changes in tree.
func commit(ctx context.Context, tree place, message string) (string, error) {
	if _, err := tree.run(ctx, "git", "add", "--all"); err != nil {
		return "", err
	}
	if _, err := tree.run(ctx, "git", "commit", "--quiet", "-m", message); err != nil {
		return "", err
	}
	out, err := tree.run(ctx, "git", "rev-parse", "HEAD")
	return strings.TrimSpace(out), err
}

// verify packs the tree of revision as module proxies do, and compares the result.
func verify(ctx context.Context, w *workspace, revision, version, work string, packed []artifact) error {
	folder := filepath.Join(work, "archive")
	if err := extract(ctx, w.root, revision, folder); err != nil {
		return err
	}
	for _, m := range w.publishedModules() {
		got, err := m.pack(folder, filepath.Join(work, "again"), version, time.Now())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(packed, func(a artifact) bool { return a.module.path == m.path })
		if got.sum != packed[i].sum || got.modSum != packed[i].modSum {
			return fmt.Errorf("%s: the files that git archives differ from the tree (%s, not %s): look for export rules in .gitattributes, and for go.sum in .gitignore", m.dir, got.sum, packed[i].sum)
		}
	}
	return nil
}
