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

// A place is a folder in which commands run, with an environment of its own.
type place struct {
	dir string
	env []string // added to this process's
}

// run returns what a command prints, or an error that has what it said of it.
func (p place) run(ctx context.Context, name string, args ...string) (string, error) {
	var out, problems bytes.Buffer
	command := p.command(ctx, name, args...)
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s (in %s): %w\n%s", name, strings.Join(args, " "), p.dir, err, problems.Bytes())
	}
	return out.String(), nil
}

// command is one that has yet to be started.
func (p place) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // go, git, and programs built here
	command.Dir = p.dir
	command.Env = append(os.Environ(), p.env...)
	command.WaitDelay = 10 * time.Second // for pipes that a grandchild holds open
	return command
}

// lines are the lines of what a command printed, without empty ones.
func lines(out string) []string {
	return strings.FieldsFunc(out, func(r rune) bool { return r == '\n' })
}
