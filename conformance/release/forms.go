package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	xmodule "golang.org/x/mod/module"
)

// A form is one of the two forms of a go.mod on main.
type form int

const (
	tagged form = iota // for users: published modules have no replace lines
	inTree             // for development: siblings are replaced with their folders
)

// writeGoMod writes the go.mod below root so that it requires m's siblings at version.
func (w *workspace) writeGoMod(root string, m module, version string, as form) error {
	file := filepath.Join(root, m.dir, "go.mod")
	f, err := readGoMod(file)
	if err != nil {
		return err
	}
	for _, sibling := range m.siblings {
		if err := f.AddRequire(sibling, version); err != nil {
			return err
		}
	}
	if as == tagged && m.published {
		for _, r := range slices.Clone(f.Replace) {
			if err := f.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return err
			}
		}
	}
	f.Cleanup()
	return os.WriteFile(file, modfile.Format(f.Syntax), 0o644) //nolint:gosec // readable by everyone, as in git
}

// writeGoSum adds the sums of m's siblings, and of their siblings, to the go.sum below
// root. The go command needs both sums of each module that is not replaced.
func (w *workspace) writeGoSum(root string, m module, version string, packed []artifact) error {
	file := filepath.Join(root, m.dir, "go.sum")
	data, err := os.ReadFile(file) //nolint:gosec // a file of the tree
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	sums := make(map[xmodule.Version]string)
	for _, line := range lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return fmt.Errorf("%s/go.sum: the line %q is not a sum; run go mod tidy there", m.dir, line)
		}
		sums[xmodule.Version{Path: fields[0], Version: fields[1]}] = fields[2]
	}
	for _, sibling := range w.needs(m) {
		i := slices.IndexFunc(packed, func(a artifact) bool { return a.module.path == sibling })
		if i < 0 {
			return fmt.Errorf("%s/go.mod: %s is not packed before it", m.dir, sibling)
		}
		sums[xmodule.Version{Path: sibling, Version: version}] = packed[i].sum
		sums[xmodule.Version{Path: sibling, Version: version + "/go.mod"}] = packed[i].modSum
	}
	if len(sums) == 0 {
		return nil
	}
	return os.WriteFile(file, formatGoSum(sums), 0o644) //nolint:gosec // readable by everyone, as in git
}

// formatGoSum writes sums in the order of the go command.
func formatGoSum(sums map[xmodule.Version]string) []byte {
	var keys []xmodule.Version
	for key := range sums {
		keys = append(keys, key)
	}
	xmodule.Sort(keys)
	var b bytes.Buffer
	for _, key := range keys {
		fmt.Fprintf(&b, "%s %s %s\n", key.Path, key.Version, sums[key])
	}
	return b.Bytes()
}

// needs returns the siblings of m, and their siblings.
func (w *workspace) needs(m module) []string {
	needed := slices.Clone(m.siblings)
	for i := len(w.modules) - 1; i >= 0; i-- {
		if slices.Contains(needed, w.modules[i].path) {
			needed = append(needed, w.modules[i].siblings...)
		}
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}
