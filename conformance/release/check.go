package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// check makes version from the tree and uses it as a stranger would. The error names
// everything that fails.
func check(ctx context.Context, w *workspace, version, files string, update bool, out io.Writer) (err error) {
	began := time.Now()
	if version == "" {
		versions, err := taggedVersions(ctx, w)
		if err != nil {
			return err
		}
		version = nextMinor(lastRelease(versions))
	}
	if err := checkVersion(version); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release-check-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	say := func(format string, args ...any) {
		_, _ = fmt.Fprintf(out, "%6.1f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}

	packed, err := packTwice(ctx, w, work, version)
	if err != nil {
		return err
	}
	for _, a := range packed {
		say("packed %s %s, the same twice: %s", a.module.dir, version, a.sum)
	}
	env, err := strangerEnv(ctx, w, work)
	if err != nil {
		return err
	}
	var problems []error
	step := func(m module, what string, err error) {
		if err != nil {
			problems = append(problems, errorOf(m, err))
			what = "FAILED, see below: " + what
		}
		say("%s: %s", m.dir, what)
	}
	var bills []graph
	for _, a := range packed {
		m := a.module
		tree := place{dir: filepath.Join(work, "tree", m.dir), env: env}
		_, err := tree.run(ctx, "go", "build", "-mod=readonly", "./...")
		step(m, "builds in the form of its tag, without go.work and replace lines", err)

		g, err := projectGraph(ctx, work, env, m, version)
		if err == nil {
			name := path.Join(graphs, path.Base(m.dir)+".txt")
			err = compareGraph(filepath.Join(w.root, filepath.FromSlash(name)), name, g.text(w), update)
		}
		step(m, fmt.Sprintf("needs only the %d modules of its list", len(g.modules)), err)
		bills = append(bills, g)
	}
	for _, a := range packed {
		if m := a.module; path.Dir(m.dir) == "adapters" {
			err := asStranger(ctx, w, work, env, m, version)
			step(m, "a stranger's project gets it, compiles, answers preflights, and passes the suite", err)
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	if files != "" {
		if err := writeFiles(files, version, packed, bills); err != nil {
			return err
		}
		say("wrote the release's files to %s", files)
	}
	say("%s can be released", version)
	return nil
}

// packTwice packs two copies of the tree and compares the digests of their zips. The
// first copy stays in work/tree, and its proxy in work/proxy.
func packTwice(ctx context.Context, w *workspace, work, version string) ([]artifact, error) {
	pack := func(tree, proxy string, when time.Time) ([]artifact, error) {
		tree = filepath.Join(work, tree)
		if err := w.stage(ctx, tree); err != nil {
			return nil, err
		}
		return w.release(tree, filepath.Join(work, proxy), version, when)
	}
	first, err := pack("tree", "proxy", time.Now())
	if err != nil {
		return nil, err
	}
	second, err := pack("again", "proxy-again", time.Now())
	if err != nil {
		return nil, err
	}
	for i, a := range first {
		if b := second[i]; a.sum != b.sum || a.modSum != b.modSum || a.sha256 != b.sha256 {
			return nil, fmt.Errorf("%s: two zips of the same tree differ (%s and %s): was it edited meanwhile? run again", a.module.dir, a.sum, b.sum)
		}
	}
	return first, errors.Join(os.RemoveAll(filepath.Join(work, "again")), os.RemoveAll(filepath.Join(work, "proxy-again")))
}

// strangerEnv returns the environment of a user who does not have the repository. The
// repository's modules come from work/proxy, and go into a separate module cache, because
// the machine's cache would keep them. All other modules come from the machine's cache,
// or from where it gets its modules.
func strangerEnv(ctx context.Context, w *workspace, work string) ([]string, error) {
	out, err := place{dir: work}.run(ctx, "go", "env", "-json", "GOPROXY", "GOMODCACHE", "GONOSUMDB")
	if err != nil {
		return nil, err
	}
	var env struct{ GOPROXY, GOMODCACHE, GONOSUMDB string }
	if err := json.Unmarshal([]byte(out), &env); err != nil {
		return nil, err
	}
	flags := "GOFLAGS=-modcacherw -buildvcs=false"
	if w.others {
		// With this flag, compiled dependencies are reused from any cache. Only the standard
		// library is compiled once more.
		flags += " -trimpath"
	}
	file := func(folder string) string { return "file://" + filepath.ToSlash(folder) }
	return []string{
		"GOWORK=off",
		"GOPROXY=" + strings.Join([]string{file(filepath.Join(work, "proxy")), file(filepath.Join(env.GOMODCACHE, "cache", "download")), env.GOPROXY}, ","),
		"GONOPROXY=none", "GOPRIVATE=",
		"GONOSUMDB=" + strings.Trim(env.GONOSUMDB+","+w.prefix, ","), // no checksum database knows their sums yet
		"GOMODCACHE=" + filepath.Join(work, "modules"),
		flags,
		"GOTOOLCHAIN=local",
	}, nil
}

// projectGraph returns the graph of a project that uses only m.
func projectGraph(ctx context.Context, work string, env []string, m module, version string) (graph, error) {
	project, err := newProject(work, "graph", m, env)
	if err != nil {
		return graph{}, err
	}
	return resolve(ctx, project, m, version)
}

// asStranger runs beStranger in a new project.
func asStranger(ctx context.Context, w *workspace, work string, env []string, m module, version string) error {
	project, err := newProject(work, "stranger", m, env)
	if err != nil {
		return err
	}
	return beStranger(ctx, w, project, m, version)
}

func newProject(work, kind string, m module, env []string) (place, error) {
	project := place{dir: filepath.Join(work, kind, path.Base(m.dir)), env: env}
	return project, os.MkdirAll(project.dir, 0o750)
}

func errorOf(m module, err error) error { return fmt.Errorf("%s: %w", m.dir, err) }
