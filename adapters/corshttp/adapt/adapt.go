// Package adapt is the kit that the adapters of net/http, chi, gin and echo are made of.
// Applications need the adapter of their framework, and nothing from here.
//
// An adapter makes a [Layer] of what the application passes to its New. For each request
// it calls [Layer.Begin], which decides and sets the headers. It then answers with the
// status that Begin returns, or calls the handler, with a guard around the response if
// Begin asks for one. [Layer.Serve] does so where middleware is net/http's.
//
// A framework whose response has a type of its own, as gin's has, embeds the [Guard] in a
// writer of that type. An adapter with policies for groups and routes asks its router
// which route a request hits, and a [Mount] says which Layer applies.
package adapt

import (
	"context"
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Layer applies the decisions of one Decider to responses.
type Layer struct {
	decider cors.Decider
	guard   cors.GuardMode
}

// New returns the Layer of caller, an adapter's New such as "corsgin.New". It panics if d
// is nil, or if an option means nothing to a New.
func New(caller string, d cors.Decider, opts []cors.Option) Layer {
	cors.CheckDecider(caller, d)
	return Layer{decider: d, guard: cors.NewSettings(caller, opts).Guard}
}

// Begin decides about r. If it returns a status, it has set the headers in h, and the
// adapter answers with that status and without a body. If it returns guard, the adapter
// calls Wrap or Guard, which set the headers, and then the handler. Otherwise the headers
// are set, and the adapter calls the handler.
func (l Layer) Begin(d *cors.Decision, h http.Header, r *http.Request) (status int, guard bool) {
	l.decide(d, r)
	if l.guard == 0 {
		setHeaders(h, d)
		return d.Status(), false
	}
	if status = d.Status(); status != 0 {
		setHeaders(h, d)
		enforce(h, d, cors.PolicyWins) // removes what was set outside
	}
	return status, status == 0 && d.Len() > 0
}

// Serve decides about r, and answers it or calls next.
func (l Layer) Serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	var d cors.Decision
	switch status, guard := l.Begin(&d, w.Header(), r); {
	case status != 0:
		w.WriteHeader(status)
	case guard:
		guarded, g := l.Wrap(w, &d)
		// Without a Write the server commits the headers later, and after a panic
		// so does a recovery outside.
		defer func() { g.Finish(guarded.Header()) }()
		next.ServeHTTP(guarded, r)
	default:
		next.ServeHTTP(w, r)
	}
}

// decide reads from r what the decision depends on, and asks.
func (l Layer) decide(out *cors.Decision, r *http.Request) {
	req := cors.Request{Method: r.Method, Origin: single(r.Header["Origin"])}
	if r.Method == http.MethodOptions {
		req.RequestMethod = single(r.Header["Access-Control-Request-Method"])
		req.RequestHeaders = cors.JoinLines(r.Header["Access-Control-Request-Headers"])
	}
	cors.DecideTo(out, l.decider, &req, (*source)(r))
}

// source reads what most policies do not need.
type source http.Request

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return (*http.Request)(s).Context() }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, requestPath, fetchSite string) {
	return s.Host, path((*http.Request)(s)), single(s.Header["Sec-Fetch-Site"])
}

// path returns the request target's path as the client sent it. URL.Path is decoded, and
// a middleware may have changed it.
func path(r *http.Request) string {
	if !strings.HasPrefix(r.RequestURI, "/") { // in absolute form, or made by a program
		return r.URL.EscapedPath()
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return path
}

// single returns the value of a header that has one line. Two lines match nothing, and
// neither do thousands, so only two are read.
func single(lines []string) string {
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	default:
		return cors.JoinLines(lines[:2])
	}
}

// setHeaders sets the headers of d in h, and adds to Vary. It allocates once, for values
// that no other request shares.
func setHeaders(h http.Header, d *cors.Decision) {
	n := d.Len()
	if n == 0 {
		return
	}
	empty := len(h) == 0
	values := make([]string, n)
	for i := range values {
		name, value := d.At(i)
		if !empty && name == "Vary" && len(h["Vary"]) > 0 {
			addVary(h, value)
			continue
		}
		values[i] = value
		// The capacity is cut, so that appending to one header cannot reach the next.
		h[name] = values[i : i+1 : i+1]
	}
}
