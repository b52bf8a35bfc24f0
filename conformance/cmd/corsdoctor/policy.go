package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/internal/probe"
	cors "github.com/crossgate/cors/core"
)

// comparison is what came of comparing a server with a policy.
type comparison struct {
	probes    int // requests sent
	patterns  int // in the policy
	disagreed []disagreement
}

// disagreement is something that policy and server do not answer alike. It compares
// what a browser makes of the answers, not their bytes: * and a list that has all that
// is asked for are the same.
type disagreement struct {
	Origin string `json:"origin"` // the page's
	Action string `json:"action"` // what it does, with "a page of" that origin before it
	Policy string `json:"policy"` // what comes of it by the policy
	Server string `json:"server"` // and by the server
	Looser bool   `json:"looser"` // the server allows what the policy does not
}

// comparer asks a server and a policy the same.
type comparer struct {
	policy *cors.Policy
	target *url.URL
	client *probe.Client
	result comparison
}

// compare compares the server at target with policy. It sends GET and OPTIONS alone,
// without cookies, and connects as the page's client does.
func compare(ctx context.Context, policy *cors.Policy, target string, like *browser.Client) (comparison, error) {
	at, err := url.Parse(target)
	if err != nil {
		return comparison{}, err
	}
	client := probe.New(like, true)
	defer client.Close()
	c := comparer{policy: policy, target: at, client: client}
	settings := policy.Config()
	c.result.patterns = len(settings.AllowOrigins)
	chosen := ""
	for _, origin := range origins(settings.AllowOrigins) {
		allowed, err := c.origin(ctx, origin, settings)
		if err != nil {
			return c.result, err
		}
		if chosen == "" && allowed {
			chosen = origin
		}
	}
	if chosen == "" {
		return c.result, nil
	}
	for _, m := range methods(settings) {
		if err := c.preflight(ctx, chosen, m, nil); err != nil {
			return c.result, err
		}
	}
	for _, names := range headerSets(settings) {
		if err := c.preflight(ctx, chosen, "GET", names); err != nil {
			return c.result, err
		}
	}
	return c.result, nil
}

// origin asks for the target with GET on behalf of origin, and for permission to do more, and
// tells whether both allow it.
func (c *comparer) origin(ctx context.Context, origin string, settings cors.Config) (allowed bool, err error) {
	ours := c.decide(ctx, cors.Request{Method: "GET", Origin: origin})
	theirs, err := c.ask(ctx, "GET", origin, nil)
	if err != nil {
		return false, err
	}
	mode, allowed := c.differ(origin, "reads a GET", func(mode browser.Credentials) (policy, server *browser.Failure) {
		return browser.CheckCORS(origin, mode, ours.header), browser.CheckCORS(origin, mode, theirs.header)
	})
	if allowed {
		c.exposed(origin, mode, settings, ours, theirs)
	}
	if diagnosis.VariesByOrigin(ours.lines("Vary")) && !diagnosis.VariesByOrigin(theirs.lines("Vary")) {
		c.add(disagreement{origin, "shares a cache with pages of other origins", "Vary: Origin", "no Vary: Origin", true})
	}
	if ours.status == http.StatusForbidden && theirs.status/100 == 2 {
		c.add(disagreement{origin, "sends a GET, which the policy enforces", "refused with 403", fmt.Sprintf("served with %d", theirs.status), true})
	}
	// A server that grants a preflight lets the request itself come, whether or not the
	// page may read what comes of it.
	return allowed, c.preflight(ctx, origin, firstMethod(settings), nil)
}

// firstMethod is a method that needs a preflight, and that the policy allows if it
// allows any such.
func firstMethod(c cors.Config) string {
	for _, m := range c.AllowMethods {
		if m != "*" {
			return m
		}
	}
	return "PUT"
}

// exposed compares what of a response the page can read.
func (c *comparer) exposed(origin string, mode browser.Credentials, settings cors.Config, ours, theirs answer) {
	names := []string{"x-" + label}
	for _, name := range settings.ExposeHeaders {
		if name != "*" {
			names = append(names, name)
		}
	}
	reads := func(a answer) map[string]bool {
		header := slices.Clone(a.header)
		for _, name := range names {
			header = append(header, browser.Field{Name: name, Value: "1"})
		}
		readable := make(map[string]bool)
		for _, f := range browser.Readable(browser.CORS, mode, header) {
			readable[f.Name] = true
		}
		return readable
	}
	byPolicy, byServer := reads(ours), reads(theirs)
	for _, name := range names {
		name = strings.ToLower(name) // as scripts see it
		if wants, gets := byPolicy[name], byServer[name]; wants != gets {
			say := map[bool]string{true: "readable", false: "hidden"}
			c.add(disagreement{origin, "reads the response header " + name, say[wants], say[gets], gets})
		}
	}
}

// preflight asks permission for a request with method and header names.
func (c *comparer) preflight(ctx context.Context, origin, method string, names []string) error {
	var header []browser.Field
	for _, name := range names {
		// A value for which even a safelisted name must be asked about.
		header = append(header, browser.Field{Name: name, Value: "application/" + label})
	}
	asked := browser.PreflightHeader(method, header)
	request := cors.Request{Method: "OPTIONS", Origin: origin, RequestMethod: method}
	for _, f := range asked {
		if f.Name == "Access-Control-Request-Headers" {
			request.RequestHeaders = f.Value
		}
	}
	ours := c.decide(ctx, request)
	theirs, err := c.ask(ctx, "OPTIONS", origin, asked)
	if err != nil {
		return err
	}
	action := "sends " + method
	if len(names) > 0 {
		action = "sends the header " + strings.Join(names, ", ")
	}
	if unserved(theirs, origin) {
		return nil
	}
	_, allowed := c.differ(origin, action, func(mode browser.Credentials) (policy, server *browser.Failure) {
		p := browser.Preflighted{Origin: origin, Method: method, Header: header, Credentials: mode}
		return browser.CheckPreflight(p, ours.status, ours.header, false, browser.Engine{}),
			browser.CheckPreflight(p, theirs.status, theirs.header, theirs.redirect, browser.Engine{})
	})
	wants, gets := browser.MaxAge(ours.header, browser.Engine{}), browser.MaxAge(theirs.header, browser.Engine{})
	if allowed && wants != gets {
		c.add(disagreement{origin, "keeps the answer to a preflight", "for " + wants.String(), "for " + gets.String(), gets > wants})
	}
	return nil
}

// unserved reports whether a server says that no route serves a method: with the
// framework's own 404 or 405, in which the page's origin is allowed, so that it can see the
// status, and nothing else is. A policy allows methods; it does not promise routes.
func unserved(a answer, origin string) bool {
	switch a.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
	default:
		return false
	}
	return browser.CheckCORS(origin, browser.Omit, a.header) == nil &&
		a.lines("Access-Control-Allow-Methods") == nil && a.lines("Access-Control-Allow-Headers") == nil
}

// differ notes where judge finds that policy and server do not allow the same, without
// and with credentials. It returns a mode in which both allow it, if there is one.
func (c *comparer) differ(origin, action string, judge func(browser.Credentials) (policy, server *browser.Failure)) (both browser.Credentials, allowed bool) {
	var found []disagreement
	for _, mode := range []browser.Credentials{browser.Omit, browser.Include} {
		policy, server := judge(mode)
		if policy == nil && server == nil && !allowed {
			both, allowed = mode, true
		}
		if (policy == nil) != (server == nil) {
			say := map[bool]string{true: "allowed", false: "blocked"}
			d := disagreement{origin, action, say[policy == nil], say[server == nil], server == nil}
			if mode == browser.Include {
				d.Action += " with credentials"
			}
			found = append(found, d)
		}
	}
	if len(found) == 2 && found[0].Looser == found[1].Looser {
		found = found[:1]
		found[0].Action += ", with credentials or without"
	}
	for _, d := range found {
		c.add(d)
	}
	return both, allowed
}

// add notes d, once.
func (c *comparer) add(d disagreement) {
	if !slices.Contains(c.result.disagreed, d) {
		c.result.disagreed = append(c.result.disagreed, d)
	}
}

// answer is what a browser looks at in a response.
type answer struct {
	status   int
	redirect bool
	header   []browser.Field
}

func (a answer) lines(name string) (lines []string) {
	for _, f := range a.header {
		if strings.EqualFold(f.Name, name) {
			lines = append(lines, f.Value)
		}
	}
	return lines
}

// decide is the policy's answer. A request that it hands on is answered with 200.
func (c *comparer) decide(ctx context.Context, r cors.Request) answer {
	r.Host, r.Path, r.FetchSite = c.target.Host, c.target.EscapedPath(), "cross-site"
	d := c.policy.Decide(ctx, r)
	a := answer{status: d.Status()}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	for name, value := range d.Headers() {
		a.header = append(a.header, browser.Field{Name: name, Value: value})
	}
	return a
}

// ask is the server's.
func (c *comparer) ask(ctx context.Context, method, origin string, header []browser.Field) (answer, error) {
	c.result.probes++
	return ask(ctx, c.client, method, c.target.String(), []string{origin}, header)
}

// ask sends one request with the given Origin lines, as no browser's API would.
func ask(ctx context.Context, client *probe.Client, method, target string, origins []string, header []browser.Field) (answer, error) {
	fields := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	for _, f := range header {
		fields.Add(f.Name, f.Value)
	}
	got, err := client.Ask(ctx, method, target, origins, fields)
	if err != nil {
		return answer{}, fmt.Errorf("no response to %s on behalf of %s: %w", method, strings.Join(origins, " and "), err)
	}
	a := answer{status: got.Status, redirect: got.Status/100 == 3 && got.Header.Get("Location") != ""}
	for name, values := range got.Header {
		for _, value := range values {
			a.header = append(a.header, browser.Field{Name: name, Value: value})
		}
	}
	return a, nil
}
