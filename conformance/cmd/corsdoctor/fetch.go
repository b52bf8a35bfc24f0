package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/pasted"
	cors "github.com/crossgate/cors/core"
)

// settings are the program's arguments.
type settings struct {
	client     browser.Client
	request    browser.Request
	messages   []pasted.Message // read with --paste
	paste      bool
	send       bool
	keptBack   bool   // because the address is on this machine or network
	assumed    bool   // the user did not give the page's origin
	system     string // whose changes to print; "" means the detected one
	timeout    time.Duration
	probe      bool
	json       bool
	policyFile string
	policy     *cors.Policy // nil without policyFile
}

// result is everything that the program has found out.
type result struct {
	*settings
	verdict    browser.Verdict
	causes     []diagnosis.Cause
	findings   []finding
	unanswered int         // number of requests for findings without a response
	comparison *comparison // nil without a policy
}

// ask makes all requests.
func (s *settings) ask(ctx context.Context) (*result, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	s.client.Timeout = s.timeout
	if s.probe && (s.request.ForcePreflight || browser.NeedsPreflight(browser.NormalizeMethod(cmp.Or(s.request.Method, "GET")), s.request.Header)) {
		s.client.Timeout /= 2 // if OPTIONS gets no response, there is time to ask whether GET does
	}
	r := &result{settings: s}
	if s.request.URL == "" { // a console's message without a URL
		r.causes = s.ofMessages()
		return r, nil
	}
	var err error
	if r.verdict, err = s.client.Fetch(ctx, s.request); err != nil {
		return nil, err
	}
	if s.keptBack && len(s.messages) > 0 { // report what the message alone shows
		r.verdict, r.causes = browser.Verdict{}, s.ofMessages()
		return r, nil
	}
	if s.probe {
		r.causes = diagnosis.OfVerdict(ctx, &s.client, s.request, r.verdict).Causes
	} else {
		r.causes = diagnosis.WithoutAsking(&s.client, s.request, r.verdict).Causes
	}
	// If the server closes the connection of preflights but answers other requests, this is
	// a cause and not a failure to connect.
	noResponse := func(c diagnosis.Cause) bool { return c.Kind == diagnosis.NoResponse }
	if n := len(r.verdict.Exchanges); n > 0 && !answered(r.verdict) && slices.ContainsFunc(r.causes, noResponse) {
		return nil, errors.New(s.echoes()(s.silence(r.verdict.Exchanges[n-1], r.verdict.Message)))
	}
	r.inPlainWords()
	r.hideEchoes()
	if s.probe && !s.paste {
		if r.findings, r.unanswered, err = examine(ctx, &s.client, s.request.URL, s.policy == nil); err != nil {
			return nil, err
		}
		r.findings = append(r.findings, ofCauses(r.causes)...)
	}
	if s.policy != nil {
		c, err := compare(ctx, s.policy, s.request.URL, &s.client)
		if err != nil {
			return nil, err
		}
		r.comparison = &c
	}
	return r, nil
}

// inPlainWords replaces Go's error message after a timeout.
func (r *result) inPlainWords() {
	v := &r.verdict
	n := len(v.Exchanges)
	if n == 0 || !timedOut(v.Message) {
		return
	}
	what := "the request"
	if v.Exchanges[n-1].Preflight {
		what = "the preflight (OPTIONS)"
	}
	v.Message = fmt.Sprintf("%s gets no whole response within %s.", what, r.client.Timeout)
	v.Console = v.Message
}

// timedOut reports whether an error message is about a timeout.
func timedOut(message string) bool {
	return strings.Contains(message, "deadline exceeded") || strings.Contains(message, "i/o timeout")
}

// ofMessages returns the possible causes of the pasted console messages.
func (s *settings) ofMessages() (causes []diagnosis.Cause) {
	for _, m := range s.messages {
		causes = append(causes, diagnosis.OfMessage(m, diagnosis.Asked{Origin: s.client.Origin, Method: s.request.Method})...)
	}
	return causes
}

// exit returns the program's exit status.
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

// settings reads the arguments and, with --paste, standard input. It returns the text to
// show the user before anything is sent.
func (c *fetchCommand) settings(in io.Reader) (s *settings, told string, err error) {
	if err := c.consistent(); err != nil {
		return nil, "", err
	}
	s = &settings{
		paste: c.Paste, send: c.Send, system: c.For, timeout: c.Timeout, probe: c.Probe, json: c.JSON,
		policyFile: c.Policy,
	}
	s.client.Engine, s.client.BodyLimit = browser.Chromium(), -1 // a page gets its response before the body has arrived
	s.client.Origin = c.Origin
	s.request.Method, s.request.Credentials, s.request.URL = c.Method, browser.Credentials(c.Credentials), c.URL
	if s.request.Header, err = fields(c.Header); err != nil {
		return nil, "", err
	}
	if err := c.notURL(); err != nil {
		return nil, "", err
	}
	if c.URL == "" && !c.Paste {
		return nil, "", errors.New("want one URL, such as https://api.example.com/items, and got none; corsdoctor --help shows the commands")
	}
	if s.system != "" && s.system != "all" && !slices.ContainsFunc(diagnosis.Systems(), func(name string) bool { return strings.EqualFold(name, s.system) }) {
		return nil, "", fmt.Errorf("there are no changes for %q; write one of: %s", s.system, strings.Join(diagnosis.Systems(), ", "))
	}
	if s.paste {
		if told, err = s.readPasted(in); err != nil {
			return nil, "", fmt.Errorf("cannot read the pasted text: %w", err)
		}
	}
	for _, f := range s.request.Header {
		if browser.ForbiddenRequestHeader(f.Name, f.Value) {
			told += wrapped("not sent: ", "the header "+f.Name+", which browsers let no script set")
		}
	}
	if c.Policy != "" {
		if s.policy, err = readPolicy(c.Policy, c.Name, in); err != nil {
			return nil, "", err
		}
	}
	if s.client.Origin == "" {
		s.client.Origin, s.assumed = s.page(), s.policy == nil
	}
	return s, told, nil
}

// fields reads header fields, written as 'Name: value'.
func fields(texts []string) ([]browser.Field, error) {
	var list []browser.Field
	for _, text := range texts {
		name, value, found := strings.Cut(text, ":")
		if name = strings.TrimSpace(name); !found || name == "" {
			return nil, fmt.Errorf("the header %q: write it as 'Name: value'", text)
		}
		list = append(list, browser.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return list, nil
}

// run asks the server and reports the result.
func (c *fetchCommand) run(ctx context.Context, t *terminal) (exit int, err error) {
	t.hides = true
	s, told, err := c.settings(t.in)
	if err != nil {
		return exitUsage, err
	}
	if told != "" { // before anything is sent
		if s.json {
			t.problem(told + "\n")
		} else {
			t.print(told + "\n")
		}
	}
	r, err := s.ask(ctx)
	switch {
	case err != nil:
		return exitUsage, err
	case s.json:
		err = t.printJSON(r.document())
	default:
		t.print(report(r))
	}
	return r.exit(), err
}

// page returns the page's origin, or a default if the user did not give one.
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
