package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	xmodule "golang.org/x/mod/module"
)

// writeFiles makes folder with the files that a release publishes in addition to its
// tags.
func writeFiles(folder, version string, packed []artifact, graphs []graph) error {
	if err := os.Mkdir(folder, 0o755); err != nil { //nolint:gosec // everyone may read it
		return fmt.Errorf("%w; -out must name a new folder, so that it contains no old files", err)
	}
	files := make(map[string][]byte)
	sums := make(map[xmodule.Version]string)
	for i, a := range packed {
		name := strings.ReplaceAll(a.module.dir, "/", "-") + "-" + version
		data, err := os.ReadFile(a.zip)
		if err != nil {
			return err
		}
		files[name+".zip"] = data
		if files[name+".cdx.json"], err = billOfMaterials(a, version, graphs[i]); err != nil {
			return err
		}
		sums[xmodule.Version{Path: a.module.path, Version: version}] = a.sum
		sums[xmodule.Version{Path: a.module.path, Version: version + "/go.mod"}] = a.modSum
	}
	files["go.sum"] = formatGoSum(sums)
	var checksums bytes.Buffer
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		digest := sha256.Sum256(files[name])
		fmt.Fprintf(&checksums, "%s  %s\n", hex.EncodeToString(digest[:]), name)
	}
	files["SHA256SUMS"] = checksums.Bytes()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil { //nolint:gosec // everyone may read it
			return err
		}
	}
	return nil
}
