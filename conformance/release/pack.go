package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// An artifact is a module as the proxy serves it.
type artifact struct {
	module module
	zip    string // the zip file
	sum    string // the sum of the zip's files, as in go.sum
	modSum string // the sum of go.mod, as in go.sum
	sha256 string // the digest of the zip itself, in hex
}

// stage copies the tree below w.root to folder: the files that git has or would add.
func (w *workspace) stage(ctx context.Context, folder string) error {
	out, err := place{dir: w.root}.run(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		from, to := filepath.Join(w.root, name), filepath.Join(folder, name)
		info, err := os.Lstat(from)
		if os.IsNotExist(err) {
			continue // deleted, but not committed yet
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			continue // module zips hold only regular files
		}
		data, err := os.ReadFile(from) //nolint:gosec // a file of the tree
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // a copy of a folder that everyone may read
			return err
		}
		if err := os.WriteFile(to, data, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return nil
}

// release gives the modules below root the form of version's tags, and packs them into a
// proxy with the layout that GOPROXY=file://… reads.
func (w *workspace) release(root, proxy, version string, when time.Time) ([]artifact, error) {
	var packed []artifact
	for _, m := range w.modules {
		if err := w.writeGoMod(root, m, version, tagged); err != nil {
			return nil, err
		}
		if !m.published {
			continue
		}
		if err := w.writeGoSum(root, m, version, packed); err != nil {
			return nil, err
		}
		a, err := m.pack(root, proxy, version, when)
		if err != nil {
			return nil, err
		}
		packed = append(packed, a)
	}
	return packed, nil
}

// pack makes the proxy's files of the module below root.
func (m module) pack(root, proxy, version string, when time.Time) (artifact, error) {
	a := artifact{module: m}
	escaped, err := xmodule.EscapePath(m.path)
	if err != nil {
		return a, err
	}
	folder := filepath.Join(proxy, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // served to the go command
		return a, err
	}
	a.zip = filepath.Join(folder, version+".zip")
	file, err := os.Create(a.zip)
	if err != nil {
		return a, err
	}
	err = zip.CreateFromDir(file, xmodule.Version{Path: m.path, Version: version}, filepath.Join(root, m.dir))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return a, fmt.Errorf("%s: cannot make a module zip: %w", m.dir, err)
	}
	goMod := filepath.Join(root, m.dir, "go.mod")
	if a.modSum, err = dirhash.Hash1([]string{"go.mod"}, opener(goMod)); err != nil {
		return a, err
	}
	if a.sum, err = dirhash.HashZip(a.zip, dirhash.Hash1); err != nil {
		return a, err
	}
	data, err := os.ReadFile(a.zip)
	if err != nil {
		return a, err
	}
	digest := sha256.Sum256(data)
	a.sha256 = hex.EncodeToString(digest[:])
	mod, err := os.ReadFile(goMod) //nolint:gosec // a file of the tree
	if err != nil {
		return a, err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{version, when.UTC()})
	if err != nil {
		return a, err
	}
	for name, data := range map[string][]byte{"list": []byte(version + "\n"), version + ".mod": mod, version + ".info": info} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil { //nolint:gosec // served to the go command
			return a, err
		}
	}
	return a, nil
}

// opener opens file, for any name.
func opener(file string) func(string) (io.ReadCloser, error) {
	return func(string) (io.ReadCloser, error) { return os.Open(file) } //nolint:gosec // a file of the tree
}
