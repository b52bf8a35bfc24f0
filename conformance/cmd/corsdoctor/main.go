// Corsdoctor tells what a browser makes of a server's CORS headers, whatever the
// server is written in, and looks for the mistakes that are made most.
//
//	corsdoctor -origin https://app.example.com -method PUT \
//	  -header 'Content-Type: application/json' https://api.example.com/items/1
//
// It makes the request as a page of that origin would, preflight included, and so
// with the method that it is told: mind what a DELETE does. The further requests, by
// which it looks for mistakes, are GET and OPTIONS alone; -probe=false leaves them out.
//
// It exits with 0 if the page would get the response and nothing is dangerous, with 1
// if not, and with 2 if it could not ask.
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
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// The exit statuses.
const (
	exitHealthy = iota
	exitIll
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// settings are the program's arguments.
type settings struct {
	client  browser.Client
	request browser.Request
	timeout time.Duration
	probe   bool
}

func run(ctx context.Context, args []string, out, problems io.Writer) int {
	s, err := parse(args, problems)
	if errors.Is(err, flag.ErrHelp) {
		return exitHealthy
	}
	if err != nil {
		_, _ = fmt.Fprintln(problems, "corsdoctor:", err)
		return exitUsage
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	verdict, err := s.client.Fetch(ctx, s.request)
	if err == nil && !answered(verdict) && len(verdict.Exchanges) > 0 {
		err = errors.New("no response: " + verdict.Message)
	}
	if err != nil {
		_, _ = fmt.Fprintln(problems, "corsdoctor:", err)
		return exitUsage
	}
	var findings []finding
	if s.probe {
		if findings, err = examine(ctx, &s.client, s.request.URL); err != nil {
			_, _ = fmt.Fprintln(problems, "corsdoctor:", err)
			return exitUsage
		}
	}
	_, _ = io.WriteString(out, report(s, verdict, findings))
	if !verdict.Allowed {
		return exitIll
	}
	for _, f := range findings {
		if f.danger {
			return exitIll
		}
	}
	return exitHealthy
}

// answered reports whether the server has sent the head of a response.
func answered(v browser.Verdict) bool {
	for _, e := range v.Exchanges {
		if e.Status != 0 {
			return true
		}
	}
	return false
}

func parse(args []string, problems io.Writer) (*settings, error) {
	s := new(settings)
	flags := flag.NewFlagSet("corsdoctor", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(problems, "usage: corsdoctor [flags] URL")
		flags.PrintDefaults()
	}
	flags.StringVar(&s.client.Origin, "origin", "https://app.example.com", "the `origin` of the page that asks")
	flags.StringVar(&s.request.Method, "method", "GET", "the request's method; it is really sent")
	credentials := flags.String("credentials", "same-origin", "fetch's credentials `mode`: omit, same-origin or include")
	flags.DurationVar(&s.timeout, "timeout", 20*time.Second, "how long all requests may take together")
	flags.BoolVar(&s.probe, "probe", true, "look for mistakes with further requests, all GET or OPTIONS")
	flags.Func("header", "a `field` that the script sets, as 'Name: value'; may be repeated", func(text string) error {
		name, value, ok := strings.Cut(text, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return errors.New("write it as 'Name: value'")
		}
		s.request.Header = append(s.request.Header, browser.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() != 1 {
		return nil, fmt.Errorf("want one URL, such as https://api.example.com/items, and got %d", flags.NArg())
	}
	s.request.URL = flags.Arg(0)
	s.request.Credentials = browser.Credentials(*credentials)
	return s, nil
}
