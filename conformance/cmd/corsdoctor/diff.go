package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/crossgate/cors/core/policydiff"
)

// runDiff says what pages gain and lose when one policy replaces another. It sends
// nothing.
func runDiff(args []string, out, problems io.Writer) int {
	text, wider, err := diff(args, problems)
	if errors.Is(err, flag.ErrHelp) {
		return exitHealthy
	}
	if err == nil {
		_, err = io.WriteString(safeWriter{out}, text)
	}
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(problems, "corsdoctor diff:", err)
		return exitUsage
	case wider:
		return exitIll
	}
	return exitHealthy
}

// diff returns a line for each change from the first policy that args name to the second.
func diff(args []string, problems io.Writer) (text string, wider bool, err error) {
	flags := flag.NewFlagSet("corsdoctor diff", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(problems, "usage: corsdoctor diff OLD NEW\nOLD and NEW are files with a policy as JSON. The exit status is 1 if NEW is wider.")
	}
	if err := flags.Parse(args); err != nil {
		return "", false, err
	}
	if flags.NArg() != 2 {
		return "", false, fmt.Errorf("want two files, such as old.json cors.json, and got %d", flags.NArg())
	}
	old, err := readPolicy(flags.Arg(0))
	if err != nil {
		return "", false, err
	}
	next, err := readPolicy(flags.Arg(1))
	if err != nil {
		return "", false, err
	}
	changes := policydiff.Diff(old, next)
	if len(changes) == 0 {
		return "no change for pages\n", false, nil
	}
	var b strings.Builder
	counts := make(map[policydiff.Direction]int)
	for _, c := range changes {
		counts[c.Direction]++
		b.WriteString(c.String() + "\n")
	}
	fmt.Fprintf(&b, "%d wider, %d narrower, %d other\n", counts[policydiff.Wider], counts[policydiff.Narrower], counts[policydiff.Other])
	return b.String(), counts[policydiff.Wider] > 0, nil
}
