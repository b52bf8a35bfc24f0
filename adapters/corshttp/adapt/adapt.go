// Package adapt is the kit that the adapters of net/http, chi, gin and echo are made of.
// Applications need the adapter of their framework, and nothing from here.
//
// An adapter makes a [Layer] of what the application passes to its New. For each request
// it calls [Layer.Begin], which decides. It then answers with the status that Begin
// returns, or calls the handler, with a [Guard] around the response if Begin asks for one.
// [Layer.Middleware] does so where middleware is net/http's.
//
// An adapter's Mount is made of a [Mount], which asks the framework's router by a
// [Router] which route serves a request. It decides when the head of the response is
// committed, so there is a Guard around each response.
//
// A framework whose response has a type of its own, as gin's has, embeds the Guard in a
// writer of that type. The writer implements [Guarded], so that a second pass over the
// same response finds it.
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
	mount   *Mount // which also wipes where CORS is off; nil for a New
	upgrade upgradeCheck
	placed  Placed
}

// New returns the Layer of caller, an adapter's New such as "corsgin.New". It panics if d
// is nil, or if an option means nothing to a New.
func New(caller string, d cors.Decider, opts []cors.Option) Layer {
	cors.CheckDecider(caller, d)
	return Layer{decider: d, guard: cors.NewSettings(caller, opts).Guard, upgrade: newUpgradeCheck(caller, d)}
}

// CheckNext panics if next, which caller's middleware is to be put around, is nil.
func CheckNext(caller string, next http.Handler) {
	switch h := next.(type) {
	case nil:
	case *http.ServeMux:
		if h != nil {
			return
		}
	case http.HandlerFunc:
		if h != nil {
			return
		}
	default:
		return
	}
	panic(caller + ": the handler inside is nil; pass the application's handler, or http.DefaultServeMux")
}

// Begin decides about r. If it returns a status, it has set the headers of w, and the
// adapter answers with that status and without a body. If it returns guard, the adapter
// calls Wrap or Guard, and then the handler. Otherwise the headers are set, and the
// adapter calls the handler.
func (l *Layer) Begin(d *cors.Decision, w http.ResponseWriter, r *http.Request) (status int, guard bool) {
	if l.upgrade.policy != nil && l.upgrade.refuses(r) {
		return http.StatusForbidden, false
	}
	req := cors.Request{Method: r.Method, Origin: single(r.Header["Origin"])}
	if r.Method == http.MethodOptions {
		readPreflight(&req, r)
	}
	cors.DecideTo(d, l.decider, &req, (*source)(r))
	h := w.Header()
	guard = l.guard != 0
	if len(h) > 0 && l.again(d, w, h) {
		guard = false
	}
	if status = d.Status(); !guard || status != 0 || d.Len() == 0 || r.Method == http.MethodConnect {
		setHeaders(h, d)
		return status, false
	}
	return 0, true
}

// again takes over the guard of an earlier pass over the response of w, which has headers,
// and reports whether there is one. What was set earlier does not stay.
func (l *Layer) again(d *cors.Decision, w http.ResponseWriter, h http.Header) bool {
	outer := GuardOf(w)
	if outer != nil {
		decided := *d
		later := Guard{decision: &decided, mode: max(l.guard, outer.mode), mount: l.mount}
		if l.placed != nil {
			p := newPlace(l.placed)
			later.place = &p
		}
		outer.take(&later)
	}
	if d.Len() > 0 || l.mount != nil {
		wipe(h)
	}
	return outer != nil
}

// Middleware returns net/http's middleware, which panics with the name of caller, as New
// does, if the handler inside is nil.
func (l *Layer) Middleware(caller string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		CheckNext(caller, next)
		return &handler{l, next}
	}
}

// handler decides about each request, and answers it or calls next.
type handler struct {
	layer *Layer
	next  http.Handler
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var d cors.Decision
	switch status, guard := h.layer.Begin(&d, w, r); {
	case status != 0:
		w.WriteHeader(status)
	case guard:
		h.serveGuarded(&d, w, r)
	default:
		h.next.ServeHTTP(w, r)
	}
}

func (h *handler) serveGuarded(d *cors.Decision, w http.ResponseWriter, r *http.Request) {
	guarded, g := h.layer.Wrap(w, d)
	g.serve(h.next, guarded, w, r)
}

// readPreflight reads from r what only the decision on a preflight depends on.
func readPreflight(req *cors.Request, r *http.Request) {
	req.RequestMethod = single(r.Header["Access-Control-Request-Method"])
	req.RequestHeaders = cors.JoinLines(r.Header["Access-Control-Request-Headers"])
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
