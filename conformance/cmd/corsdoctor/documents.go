package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
	cors "github.com/crossgate/cors/core"
)

// readFile reads a file, or standard input for "-".
func readFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return bounded(in)
	}
	if name == "" {
		return nil, errors.New("the name of a file is empty; is a variable unset?")
	}
	file, err := os.Open(name) //nolint:gosec // the file that the user names
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // errors do not matter after reading
	return bounded(file)
}

// bounded reads at most one byte more than policyfile accepts, so policyfile reports that
// the document is too long.
func bounded(in io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(in, policyfile.MaxLength+1))
}

// formOf returns the format that a file's name indicates.
func formOf(name string) policyfile.Form {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return policyfile.JSON
	case ".yaml", ".yml":
		return policyfile.YAML
	}
	return policyfile.Any
}

// readRevision reads a file, or a file of a git revision such as HEAD~1:cors.json. A name
// with a colon always means a revision, even if a file of that name exists. Otherwise a
// pull request could add a file named "origin/main:cors.json" to be compared in place of
// the real one.
func readRevision(ctx context.Context, name string, in io.Reader) ([]byte, error) {
	if !isRevision(name) {
		return readFile(name, in)
	}
	if strings.HasPrefix(name, "-") {
		return nil, fmt.Errorf("%q is not a file of a git revision; write one such as HEAD~1:cors.json", name)
	}
	text, err := gitBlob(ctx, name)
	if err != nil && isFile(name) {
		err = fmt.Errorf("%w; for the file of that name, write ./%s", err, name)
	}
	return text, err
}

// isRevision reports whether a name is that of a file of a git revision.
func isRevision(name string) bool {
	return name != "-" && strings.Contains(name, ":") && !isPath(name)
}

// isPath reports whether a name must be a path, because no revision begins this way.
func isPath(name string) bool {
	return filepath.IsAbs(name) || filepath.VolumeName(name) != "" || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") ||
		strings.HasPrefix(name, `.\`) || strings.HasPrefix(name, `..\`)
}

// gitBlob reads a file of a revision with git cat-file. It does not use git show, because
// that runs the programs that the repository's attributes name for the file.
func gitBlob(ctx context.Context, name string) ([]byte, error) {
	command := exec.CommandContext(ctx, "git", "cat-file", "blob", name)
	command.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1")
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	err = command.Start()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%s is not a file, and to read it from a git revision needs git, which is not installed", name)
	}
	if err != nil {
		return nil, err
	}
	text, err := bounded(out)
	_, rest := io.Copy(io.Discard, out)
	if failed := command.Wait(); failed != nil {
		hint := ""
		if revision, path, _ := strings.Cut(name, ":"); strings.Contains(problems.String(), "does not exist in") && !strings.HasPrefix(path, "./") {
			hint = "; the path begins at the root of the repository: for one that begins here, write " + revision + ":./" + path
		}
		return nil, fmt.Errorf("git cannot read %s as a file of a revision: %s%s", name, strings.TrimSpace(problems.String()), hint)
	}
	return text, errors.Join(err, rest)
}

// errNoPolicy explains why a document has no policies that can be used.
func errNoPolicy(name string, file *policyfile.File) error {
	lines := []string{name + " has errors; corsdoctor check shows how to repair them"}
	const most = 5
	more := -most
	for _, p := range file.Problems {
		if p.Severity != policyfile.Error {
			continue
		}
		if more++; more <= 0 {
			lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", name, p.Line, p.Column, p.Message))
		}
	}
	if more > 0 {
		lines = append(lines, "and "+count(more, "more error", "more errors"))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// readPolicy reads the policy of a file. If the file is a set, it reads the named one.
func readPolicy(name, policy string, in io.Reader) (*cors.Policy, error) {
	text, err := readFile(name, in)
	if err != nil {
		return nil, err
	}
	file := policyfile.Read(text, formOf(name))
	if file.Faulty() {
		return nil, errNoPolicy(name, file)
	}
	if len(file.Policies) == 1 && (policy == "" || policy == file.Policies[0].Name) {
		return file.Policies[0].Compiled, nil
	}
	if !file.Set {
		return nil, fmt.Errorf("%s is one policy, which has no name; leave out --name", name)
	}
	var names []string
	for _, p := range file.Policies {
		if policy != "" && p.Name == policy {
			return p.Compiled, nil
		}
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return nil, fmt.Errorf("%s is a set of policies; name one of them with --name: %s", name, strings.Join(names, ", "))
}
