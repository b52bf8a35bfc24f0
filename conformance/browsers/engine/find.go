//go:build unix

package engine

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"time"
)

// lookup returns the path of the first program that exists. A program is a name in PATH
// or a path.
func lookup(programs ...string) (string, bool) {
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			return path, true
		}
	}
	return "", false
}

var versionNumber = regexp.MustCompile(`\d+(\.\w+)+`)

// version runs a program that prints its version, and returns the number.
func version(ctx context.Context, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute) // the machine may be busy
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: its version: %w", path, err)
	}
	found := versionNumber.Find(out)
	if found == nil {
		return "", fmt.Errorf("%s: no version in %q", path, out)
	}
	return string(found), nil
}
