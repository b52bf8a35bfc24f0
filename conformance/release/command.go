package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A place is a folder, and an environment, in which commands run.
type place struct {
	dir string
	env []string // added to this process's environment
}

// run returns the output of a command. If the command fails, the error contains its
// messages.
func (p place) run(ctx context.Context, name string, args ...string) (string, error) {
	var out, problems bytes.Buffer
	command := p.command(ctx, name, args...)
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s (in %s): %w\n%s", name, strings.Join(args, " "), p.dir, err, problems.Bytes())
	}
	return out.String(), nil
}

// command returns a command that is not started yet.
func (p place) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // go, git, and programs built here
	command.Dir = p.dir
	command.Env = append(os.Environ(), p.env...)
	command.WaitDelay = 10 * time.Second // in case a grandchild keeps a pipe open
	return command
}

// lines returns the lines of a command's output, without empty ones.
func lines(out string) []string {
	return strings.FieldsFunc(out, func(r rune) bool { return r == '\n' })
}
