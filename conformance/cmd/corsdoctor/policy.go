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

// comparison is the result of comparing a server with a policy.
type comparison struct {
	probes    int // requests sent
	patterns  int // in the policy
	disagreed []disagreement
}

// disagreement is a request that the policy and the server answer differently. The
// comparison is of what a browser does with the answers, not of their bytes: for example, *
// and a list that contains every requested name are equal.
type disagreement struct {
	Origin string `json:"origin"` // the page's
	Action string `json:"action"` // what the page does; the sentence starts with "a page of" and the origin
	Policy string `json:"policy"` // what happens according to the policy
	Server string `json:"server"` // what happens with the server
	Looser bool   `json:"looser"` // the server allows something that the policy does not
}

// comparer asks the server and the policy the same questions.
type comparer struct {
	policy *cors.Policy
	target *url.URL
	client *probe.Client
	result comparison
}

// compare compares the server at target with policy. It sends only GET and OPTIONS, without
// cookies, and connects like the page's client.
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

// origin requests the target with GET on behalf of origin, and then sends a preflight. It
// reports whether both the policy and the server allow the origin.
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
	// If a server grants a preflight, the browser sends the request itself, whether or not
	// the page may read the response.
	return allowed, c.preflight(ctx, origin, firstMethod(settings), nil)
}

// firstMethod returns a method that needs a preflight: if possible, one that the policy
// allows.
func firstMethod(c cors.Config) string {
	for _, m := range c.AllowMethods {
		if m != "*" {
			return m
		}
	}
	return "PUT"
}

// exposed compares the response headers that the page can read.
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
		// A value that needs a preflight even if the name is safelisted.
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

// unserved reports whether the server has no route for the method. It then answers with the
// framework's own 404 or 405, which allows the page's origin, so the page can see the
// status, but allows nothing else. A policy allows methods; it does not promise that routes
// exist.
func unserved(a answer, origin string) bool {
	switch a.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
	default:
		return false
	}
	return browser.CheckCORS(origin, browser.Omit, a.header) == nil &&
		a.lines("Access-Control-Allow-Methods") == nil && a.lines("Access-Control-Allow-Headers") == nil
}

// differ adds a disagreement if, according to judge, the policy and the server do not allow
// the same without or with credentials. It returns a mode in which both allow it, if there
// is one.
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

// add adds d, unless it is already there.
func (c *comparer) add(d disagreement) {
	if !slices.Contains(c.result.disagreed, d) {
		c.result.disagreed = append(c.result.disagreed, d)
	}
}

// answer holds the parts of a response that a browser checks.
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

// decide returns the policy's answer. If the policy passes the request on, the status is
// 200.
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

// ask returns the server's answer.
func (c *comparer) ask(ctx context.Context, method, origin string, header []browser.Field) (answer, error) {
	c.result.probes++
	return ask(ctx, c.client, method, c.target.String(), []string{origin}, header)
}

// ask sends one request with any Origin lines, which no browser's API can do.
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
