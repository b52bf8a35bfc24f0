package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/mod/semver"
)

// A change is the worst change of an API.
type change int

const (
	same change = iota
	adds
	breaks
)

// taggedVersions returns the tagged versions, in order.
func taggedVersions(ctx context.Context, w *workspace) ([]string, error) {
	out, err := place{dir: w.root}.run(ctx, "git", "tag", "--list", "core/v*")
	if err != nil {
		return nil, err
	}
	var versions []string
	for _, tag := range lines(out) {
		versions = append(versions, strings.TrimPrefix(tag, "core/"))
	}
	semver.Sort(versions)
	return versions, nil
}

// lastRelease returns the highest of the versions, without pre-releases, or noRelease. A
// pre-release promises nothing.
func lastRelease(versions []string) string {
	last := noRelease
	for _, v := range versions {
		if semver.Prerelease(v) == "" && semver.Compare(v, last) > 0 {
			last = v
		}
	}
	return last
}

// reportAPI prints what has changed since the last release. It returns an error if a
// change breaks programs and CHANGELOG.md does not say so.
func reportAPI(ctx context.Context, w *workspace, out io.Writer) error {
	versions, err := taggedVersions(ctx, w)
	if err != nil {
		return err
	}
	last := lastRelease(versions)
	if last == noRelease {
		_, err := fmt.Fprintln(out, "*** THERE IS NO RELEASE YET: no tag core/v…, so there is no promise to compare the API with.\n"+
			"*** Until then conformance/matrix/testdata/api shows its changes. In a shallow clone, fetch the tags first.")
		return err
	}
	worst, text, err := compareAPI(ctx, w, last)
	if err != nil {
		return err
	}
	next := map[change]string{same: "the API is that of " + last, adds: "the API is that of " + last + ", with additions", breaks: "the API BREAKS programs that use " + last}
	if _, err := fmt.Fprintf(out, "%s%s\n", text, next[worst]); err != nil {
		return err
	}
	changelog, err := os.ReadFile(filepath.Join(w.root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	return checkAnnounced(string(changelog), last, worst)
}

// compareAPI compares the exports of the published modules with the tags of last.
func compareAPI(ctx context.Context, w *workspace, last string) (worst change, text string, err error) {
	folder, err := os.MkdirTemp("", "release-api-")
	if err != nil {
		return same, "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := extract(ctx, w.root, "refs/tags/core/"+last, folder); err != nil {
		return same, "", err
	}
	before, err := openWorkspace(folder)
	if err != nil {
		return same, "", fmt.Errorf("the tree of core/%s: %w", last, err)
	}
	was, err := before.exports(ctx)
	if err != nil {
		return same, "", err
	}
	is, err := w.exports(ctx)
	if err != nil {
		return same, "", err
	}
	var b strings.Builder
	for _, old := range before.publishedModules() {
		if is[old.path] == nil {
			worst = breaks
			fmt.Fprintf(&b, "%s\n  is gone\n", old.dir)
			continue
		}
		report := apidiff.ModuleChanges(was[old.path], is[old.path])
		if len(report.Changes) > 0 {
			fmt.Fprintf(&b, "%s\n", old.dir)
		}
		for _, c := range report.Changes {
			if c.Compatible {
				worst = max(worst, adds)
				fmt.Fprintf(&b, "  new:    %s\n", c.Message)
			} else {
				worst = breaks
				fmt.Fprintf(&b, "  BREAKS: %s\n", c.Message)
			}
		}
	}
	for _, m := range w.publishedModules() {
		if was[m.path] == nil {
			worst = max(worst, adds)
			fmt.Fprintf(&b, "%s\n  new:    this module\n", m.dir)
		}
	}
	return worst, b.String(), nil
}

// exports returns the types of the packages that users import, as the compiler exports
// them, by the path of their published module.
func (w *workspace) exports(ctx context.Context) (map[string]*apidiff.Module, error) {
	modules := make(map[string]*apidiff.Module)
	published := make(map[string]module)
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export,Name,Module"}
	for _, m := range w.publishedModules() {
		modules[m.path] = &apidiff.Module{Path: m.path}
		published[m.path] = m
		args = append(args, "./"+m.dir+"/...")
	}
	root := place{dir: w.root, env: []string{"GOFLAGS=-buildvcs=false", "GOWORK=" + filepath.Join(w.root, "go.work")}}
	out, err := root.run(ctx, "go", args...)
	if err != nil {
		return nil, err
	}
	type listedPackage struct {
		ImportPath, Export, Name string
		Module                   struct{ Path string }
	}
	files := make(map[string]string)
	var own []listedPackage
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		files[p.ImportPath] = p.Export
		if modules[p.Module.Path] != nil && p.Name != "main" && !strings.Contains(p.ImportPath+"/", "/internal/") && !sharesTests(published[p.Module.Path], p.ImportPath) {
			own = append(own, p)
		}
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("%s is not compiled", path)
		}
		return os.Open(files[path])
	})
	for _, p := range own {
		pkg, err := compiled.Import(p.ImportPath)
		if err != nil {
			return nil, err
		}
		modules[p.Module.Path].Packages = append(modules[p.Module.Path].Packages, pkg)
	}
	return modules, nil
}

// extract writes the tree of revision to folder, as git archives it. Proxies make modules
// from tags in the same way.
func extract(ctx context.Context, root, revision, folder string) error {
	out, err := place{dir: root}.run(ctx, "git", "archive", "--format=tar", revision)
	if err != nil {
		return err
	}
	for reader := tar.NewReader(strings.NewReader(out)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("%s: the file %q is outside the tree", revision, header.Name)
		}
		name := filepath.Join(folder, header.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return err
		}
		data, err := io.ReadAll(reader)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return err
		}
	}
}
