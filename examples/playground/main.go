// Command playground serves a page that shows what a browser does with a call under a
// policy. It judges the call in its own process, and can let your browser really send it to
// five frameworks. It prints the address of the page; Ctrl-C ends it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/crossgate/cors/examples/playground/internal/playground"
)

// closeTimeout bounds how long the program waits for open requests at its end.
const closeTimeout = 3 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "playground:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned
	base := flags.Int("port", 8800, "the first of seven consecutive ports on 127.0.0.1; 0 takes any that are free")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(out)
		flags.PrintDefaults()
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; the only flag is -port", flags.Arg(0))
	}
	p, err := playground.Start(*base)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(out, addresses(p)); err == nil {
		select {
		case <-ctx.Done():
		case err = <-p.Failed():
		}
	}
	closing, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if e := p.Close(closing); err == nil {
		err = e
	}
	return err
}

// addresses says where to look.
func addresses(p *playground.Playground) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Open %s/ in a browser. Ctrl-C ends.\n\n", p.Page.Origin)
	fmt.Fprintf(&b, "  %-12s %s\n", "page", p.Page.Origin)
	fmt.Fprintf(&b, "  %-12s %s\n", "second page", p.Other.Origin)
	for _, a := range p.APIs {
		fmt.Fprintf(&b, "  %-12s %s\n", a.Name, a.Origin)
	}
	return b.String()
}
