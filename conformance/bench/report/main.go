// Report runs the benchmarks of package bench, compares Crossgate with the other
// libraries, and prints the comparison as Markdown.
//
//	go run ./report                        everything, in about seven minutes
//	go run ./report -quick                 everything, roughly, in under one minute
//	go run ./report -only layer -run gin   some rows
//	go run ./report -write BENCHMARKS.md   everything, and write it to a file
//
// Libraries take turns in short rounds, so that all are slowed down alike when the
// machine is busy. The program prints medians over the rounds.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// settings are the program's flags.
type settings struct {
	rounds  int
	perRow  time.Duration  // time to measure a row, over all rounds
	sockets time.Duration  // the same for a row of the end-to-end table
	rows    *regexp.Regexp // scenarios and frameworks to measure
	quick   bool
	only    string
	write   string
}

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) > 0 && args[0] == childArg {
		return child(args[1:])
	}
	s, err := parse(args)
	if err != nil {
		return err
	}
	// testing.Benchmark reads its time from a flag of go test.
	testing.Init()
	if err := flag.Set("test.benchtime", s.perRound().String()); err != nil {
		return err
	}
	began := time.Now()
	var sections []string
	for _, part := range []struct {
		name  string
		write func(settings) (string, error)
	}{
		{"layer", layers}, {"guard", guards}, {"mount", mounts}, {"curve", curve}, {"compile", compilation}, {"sockets", endToEnd},
	} {
		if s.only != "" && s.only != part.name {
			continue
		}
		text, err := part.write(s)
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		sections = append(sections, text)
	}
	sections = append(sections, method(s, time.Since(began)))
	text := title + strings.Join(sections, "\n")
	fmt.Print(text)
	if s.write != "" {
		return os.WriteFile(s.write, []byte(text), 0o644) //nolint:gosec // everyone may read the report
	}
	return nil
}

func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.IntVar(&s.rounds, "rounds", 15, "how often each row is measured")
	flags.DurationVar(&s.perRow, "time", 350*time.Millisecond, "how long each row is measured, over all rounds")
	flags.DurationVar(&s.sockets, "sockets", 2*time.Second, "how long each row is measured end to end, over all rounds")
	flags.BoolVar(&s.quick, "quick", false, "measure roughly, in under a minute")
	flags.StringVar(&s.only, "only", "", "print one part: layer, guard, mount, curve, compile or sockets")
	flags.StringVar(&s.write, "write", "", "write the report to this file too")
	rows := flags.String("run", "", "measure only rows that match this regular expression, such as gin or preflight")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if s.quick {
		s.rounds, s.perRow, s.sockets = 3, 15*time.Millisecond, 300*time.Millisecond
	}
	if s.rounds < 1 {
		return s, errors.New("-rounds must be at least 1")
	}
	switch s.only {
	case "", "layer", "guard", "mount", "curve", "compile", "sockets":
	default:
		return s, fmt.Errorf("there is no part named %q", s.only)
	}
	var err error
	s.rows, err = regexp.Compile(*rows)
	return s, err
}

// perRound returns how long a row is measured in one round.
func (s settings) perRound() time.Duration { return s.perRow / time.Duration(s.rounds) }

// progress tells the user what is running.
func progress(format string, a ...any) { fmt.Fprintf(os.Stderr, format+"\n", a...) }
