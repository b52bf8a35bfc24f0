package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage: release check [-version v0.1.0] [-update] [-out DIR]
       release api
       release tag [-do] v0.1.0`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, ".", os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run runs the command in args on the workspace that contains folder.
func run(ctx context.Context, folder string, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(out)
	var version, files string
	var update, do bool
	switch args[0] {
	case "check":
		flags.StringVar(&version, "version", "", "the release's `version`; if empty, the next minor one")
		flags.BoolVar(&update, "update", false, "write testdata/graphs instead of comparing with it")
		flags.StringVar(&files, "out", "", "write the release's files into this new `folder`")
	case "tag":
		flags.BoolVar(&do, "do", false, "make the commits and tags, instead of printing what would be done")
	case "api":
	default:
		return fmt.Errorf("no subcommand %q\n%s", args[0], usage)
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	rest := flags.Args()
	if args[0] == "tag" && len(rest) > 0 {
		version, rest = rest[0], rest[1:]
	}
	if len(rest) > 0 || args[0] == "tag" && version == "" {
		return errors.New(usage)
	}
	w, err := openWorkspace(folder)
	if err != nil {
		return err
	}
	switch args[0] {
	case "check":
		return check(ctx, w, version, files, update, out)
	case "tag":
		return tag(ctx, w, version, do, out)
	default:
		return reportAPI(ctx, w, out)
	}
}
