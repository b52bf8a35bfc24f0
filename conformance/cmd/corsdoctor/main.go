// Corsdoctor tests a running server, in any language, the way a browser would. It says why
// a page's request is blocked and what to change, and looks for common mistakes.
//
//	corsdoctor -origin https://app.example.com -method PUT \
//	  -header 'Content-Type: application/json' https://api.example.com/items/1
//
// With -paste it reads standard input instead: a request as DevTools copies it ("Copy as
// cURL", "Copy as fetch"), or a console's message about CORS. It shows what it read before it
// sends anything. Cookies, Authorization, other headers that a form cannot send, a body, and
// methods that change things are sent with -send only, and so is anything to an address of
// this machine or network. Secrets are printed as "…".
//
//	xclip -o | corsdoctor -paste
//
// It makes the request as a page of that origin would, preflight included, and so
// with the method that it is told: mind what a DELETE does. The further requests, by
// which it looks for mistakes, are GET and OPTIONS alone; -probe=false leaves them out.
//
// With -policy it reads one of Crossgate's policies, as JSON, and compares the
// server with it: on behalf of the origins that the
// policy allows, of some that a careless comparison takes for them, and for methods and
// headers listed and not, it asks with GET and OPTIONS, and says where a browser would
// not do the same by the server as by the policy. Of a long policy the first 25 patterns
// are asked about. An AllowOriginFunc has no place in JSON, and is not asked.
//
//	corsdoctor -policy cors.json https://api.example.com/items
//
// "corsdoctor diff" sends nothing. It compares two of Crossgate's policies, as JSON, and says
// what pages gain and lose when the second replaces the first, each with a request that
// shows it. The exit status is 1 if pages gain anything.
//
//	git show main:cors.json | corsdoctor diff /dev/stdin cors.json
//
// With -json it prints one document, for scripts: what was asked, the exchanges, the causes
// with the change for each system, and the findings, each with a code that is stable:
//
//	origin-reflected     any origin is allowed, by sending it back
//	null-allowed         the origin null is allowed
//	origin-prefix        origins are compared by their beginning
//	origin-suffix        origins are compared by their end
//	origin-insecure      an https page's host is allowed over http
//	two-origins          of two Origin lines one is taken
//	                     (not of a server that names one origin to everybody)
//	vary-missing         the answer names the origin, and Vary does not
//	several-lines        there are several Access-Control-Allow-Origin lines
//	credentials-any      Access-Control-Allow-Credentials is sent with *
//	errors-without-cors  a path that does not exist answers without CORS headers
//
// Exit status:
//
//	0  the page would get the response, nothing found is dangerous, and the server does
//	   what the policy says
//	1  one of these is not so; what is said tells which
//	2  nothing can be said: a flag or the policy is wrong, or no response came
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/pasted"
	cors "github.com/crossgate/cors/core"
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
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// settings are the program's arguments.
type settings struct {
	client     browser.Client
	request    browser.Request
	messages   []pasted.Message // of -paste
	paste      bool
	send       bool
	system     string // whose changes to print; "" is for the one that the server shows
	timeout    time.Duration
	probe      bool
	json       bool
	policyFile string
	policy     *cors.Policy // nil without policyFile
}

// result is what the program has found.
type result struct {
	*settings
	verdict    browser.Verdict
	causes     []diagnosis.Cause
	findings   []finding
	comparison *comparison // nil without a policy
}

func run(ctx context.Context, args []string, in io.Reader, out, problems io.Writer) int {
	problems = safeWriter{problems}
	if len(args) > 0 && args[0] == "diff" {
		return runDiff(args[1:], out, problems)
	}
	s, told, err := parse(args, in, problems)
	if errors.Is(err, flag.ErrHelp) {
		return exitHealthy
	}
	if err == nil && told != "" { // before anything is sent
		shown := problems
		if !s.json {
			shown = safeWriter{out}
		}
		_, err = io.WriteString(shown, told+"\n")
	}
	var r *result
	if err == nil {
		r, err = s.ask(ctx)
	}
	if err == nil && s.json {
		err = writeJSON(out, r)
	} else if err == nil {
		_, err = io.WriteString(safeWriter{out}, report(r))
	}
	if err != nil {
		_, _ = fmt.Fprintln(problems, "corsdoctor:", err)
		return exitUsage
	}
	return r.exit()
}

// ask makes all requests.
func (s *settings) ask(ctx context.Context) (*result, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	r := &result{settings: s}
	if s.request.URL == "" { // a console's message that names none
		for _, m := range s.messages {
			r.causes = append(r.causes, diagnosis.OfMessage(m, diagnosis.Asked{Origin: s.client.Origin, Method: s.request.Method})...)
		}
		return r, nil
	}
	var err error
	if r.verdict, err = s.client.Fetch(ctx, s.request); err != nil {
		return nil, err
	}
	if !answered(r.verdict) && len(r.verdict.Exchanges) > 0 {
		return nil, errors.New("no response: " + r.verdict.Message)
	}
	if s.probe {
		r.causes = diagnosis.OfVerdict(ctx, &s.client, s.request, r.verdict).Causes
	} else {
		r.causes = diagnosis.WithoutAsking(&s.client, s.request, r.verdict).Causes
	}
	if s.probe && !s.paste {
		if r.findings, err = examine(ctx, &s.client, s.request.URL, s.policy == nil); err != nil {
			return nil, err
		}
		r.findings = append(r.findings, ofCauses(r.causes)...)
	}
	if s.policy != nil {
		c, err := compare(ctx, s.policy, s.request.URL, s.client.TLS)
		if err != nil {
			return nil, err
		}
		r.comparison = &c
	}
	return r, nil
}

// exit is the program's exit status.
func (r *result) exit() int {
	dangerous := slices.ContainsFunc(r.findings, func(f finding) bool { return f.Danger })
	blocked := slices.ContainsFunc(r.causes, func(c diagnosis.Cause) bool { return c.Blocks })
	if !r.verdict.Allowed || blocked || dangerous || r.comparison != nil && len(r.comparison.disagreed) > 0 {
		return exitIll
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

// parse reads the arguments, and with -paste the text. It returns what to tell the user
// before anything is sent.
func parse(args []string, in io.Reader, problems io.Writer) (s *settings, told string, err error) {
	s = new(settings)
	s.client.Engine, s.client.BodyLimit = browser.Chromium(), -1 // a page has its response before the body
	flags := flag.NewFlagSet("corsdoctor", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(problems, "usage: corsdoctor [flags] URL\n       corsdoctor [flags] -paste < text\n       corsdoctor diff OLD NEW")
		flags.PrintDefaults()
	}
	flags.StringVar(&s.client.Origin, "origin", "", "the page's `origin`; if empty, the policy's, or https://app.example.com")
	flags.StringVar(&s.request.Method, "method", "GET", "the request's method; it is really sent")
	credentials := flags.String("credentials", "same-origin", "fetch's credentials `mode`: omit, same-origin or include")
	flags.DurationVar(&s.timeout, "timeout", 20*time.Second, "how long all requests may take together")
	flags.BoolVar(&s.probe, "probe", true, "look for mistakes with further requests, all GET or OPTIONS")
	flags.BoolVar(&s.json, "json", false, "print a JSON document, for scripts")
	flags.BoolVar(&s.paste, "paste", false, "read a copied request, or a console's message, from standard input")
	flags.BoolVar(&s.send, "send", false, "send all of what was pasted, and to private addresses too")
	flags.StringVar(&s.system, "for", "", "print the change for this `system`: "+strings.Join(diagnosis.Systems(), ", ")+"; or all")
	flags.StringVar(&s.policyFile, "policy", "", "hold the server against the policy in this JSON `file`")
	flags.Func("header", "a `field` that the script sets, as 'Name: value'; may be repeated", func(text string) error {
		name, value, ok := strings.Cut(text, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return errors.New("write it as 'Name: value'")
		}
		s.request.Header = append(s.request.Header, browser.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return nil, "", err
	}
	switch {
	case s.paste && flags.NArg() <= 1:
	case flags.NArg() != 1:
		return nil, "", fmt.Errorf("want one URL, such as https://api.example.com/items, and got %d", flags.NArg())
	}
	if s.system != "" && s.system != "all" && !slices.ContainsFunc(diagnosis.Systems(), func(name string) bool { return strings.EqualFold(name, s.system) }) {
		return nil, "", fmt.Errorf("there are no changes for %q; write one of: %s", s.system, strings.Join(diagnosis.Systems(), ", "))
	}
	s.request.URL = flags.Arg(0)
	s.request.Credentials = browser.Credentials(*credentials)
	if s.paste {
		if told, err = s.readPasted(in); err != nil {
			return nil, "", fmt.Errorf("cannot read the pasted text: %w", err)
		}
	}
	if s.policyFile != "" {
		policy, err := readPolicy(s.policyFile)
		if err != nil {
			return nil, "", err
		}
		s.policy = policy
	}
	if s.client.Origin == "" {
		s.client.Origin = s.page()
	}
	return s, told, nil
}

// page is the origin of the page that asks, where nobody has said.
func (s *settings) page() string {
	if s.policy != nil {
		list := s.policy.Config().AllowOrigins
		for _, pattern := range list[:min(len(list), maxPatterns)] {
			for _, origin := range members(pattern) {
				if s.policy.AllowsOrigin(origin) {
					return origin
				}
			}
		}
	}
	return "https://app.example.com"
}
