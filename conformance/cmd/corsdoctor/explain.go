package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// explained is what explain --json prints.
type explained struct {
	File      string             `json:"file"`
	Policy    string             `json:"policy,omitempty"` // its name, in a set
	Origin    string             `json:"origin"`
	Method    string             `json:"method"`
	Allowed   bool               `json:"allowed"`
	Preflight *cors.Explanation  `json:"preflight,omitempty"`
	Request   *cors.Explanation  `json:"request,omitempty"` // only if the preflight allows it
	Exit      int                `json:"exit"`
	asked     []cors.Explanation // in order
}

func (c *explainCommand) run(ctx context.Context, t *terminal) (exit int, err error) {
	switch "" {
	case c.Origin:
		return exitUsage, errors.New("--origin is empty; is a variable unset?")
	case c.Method:
		return exitUsage, errors.New("--method is empty; is a variable unset?")
	}
	header, err := fields(c.Header)
	if err != nil {
		return exitUsage, err
	}
	policy, err := readPolicy(c.Policy, c.Name, t.in)
	if err != nil {
		return exitUsage, err
	}
	e := explained{File: c.Policy, Policy: c.Name, Origin: c.Origin, Method: browser.NormalizeMethod(c.Method), Allowed: true}
	request := cors.Request{Method: e.Method, Origin: c.Origin, Host: c.Host, Path: "/", FetchSite: "cross-site"}
	if c.Preflight || browser.NeedsPreflight(e.Method, header) {
		asked := request
		asked.Method = http.MethodOptions
		for _, f := range browser.PreflightHeader(e.Method, header) {
			switch f.Name {
			case "Access-Control-Request-Method":
				asked.RequestMethod = f.Value
			case "Access-Control-Request-Headers":
				asked.RequestHeaders = f.Value
			}
		}
		x := policy.Explain(ctx, asked)
		e.Preflight = &x
		e.add(x)
	}
	if e.Allowed {
		x := policy.Explain(ctx, request)
		e.Request = &x
		e.add(x)
	}
	for _, x := range e.asked {
		if err := c.misspelt(x); err != nil {
			return exitUsage, err
		}
	}
	if !e.Allowed {
		e.Exit = exitIll
	}
	if c.JSON {
		return e.Exit, t.printJSON(e)
	}
	t.print(e.text())
	return e.Exit, nil
}

// misspelt returns an error for an origin or a header that no browser sends. Explain says
// that a proxy may have changed it, but here the user wrote it.
func (c *explainCommand) misspelt(x cors.Explanation) error {
	switch x.Reason {
	case cors.OriginMalformed:
		_, right, found := strings.Cut(x.Fix, "; write ")
		if !found {
			right = "one such as https://app.example.com"
		}
		return fmt.Errorf("no browser sends the origin %q; write %s", c.Origin, right)
	case cors.HeaderMalformed:
		return fmt.Errorf("--header: %s", x.Steps[len(x.Steps)-1].Detail)
	}
	return nil
}

func (e *explained) add(x cors.Explanation) {
	e.asked = append(e.asked, x)
	e.Allowed = e.Allowed && x.BrowserError == "" && (x.Kind == cors.Preflight || x.Decision.Status() != http.StatusForbidden)
}

// text describes the explanations for people.
func (e *explained) text() string {
	verdict := wrapped("ALLOWED: ", "a page of "+e.Origin+" gets the response to "+e.Method+".")
	if !e.Allowed {
		verdict = wrapped("BLOCKED: ", "a page of "+e.Origin+" does not get the response to "+e.Method+".")
	}
	for _, x := range e.asked {
		verdict += "\n"
		for i, line := range strings.Split(strings.TrimSuffix(x.String(), "\n"), "\n") {
			heading, rest := "", line
			switch {
			case i == 0:
			case strings.HasPrefix(line, "  "):
				heading, rest = line[:7], line[7:]
			default:
				if word, _, found := strings.Cut(line, ": "); found {
					heading, rest = word+": ", line[len(word)+2:]
				}
			}
			verdict += wrapped(heading, rest)
		}
	}
	return verdict
}
