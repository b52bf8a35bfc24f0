// Package adapt is for authors of adapters for frameworks that are built on net/http. The
// adapters of net/http, chi, gin and echo use it. Applications use these adapters instead.
//
// The adapter's New makes a [Layer]. For each request, the middleware calls [Layer.Begin],
// which decides. If Begin returns a status, the middleware answers with it. Otherwise it
// calls the handler, with a [Guard] around the response if Begin asks for one. If the
// framework's middleware has the type of net/http's, [Layer.Middleware] does all this.
//
// The adapter's Mount wraps a [Mount]. For it the adapter implements [Router], which tells
// the Mount which route serves a request. A Mount decides when the head of the response is
// committed, so it needs a Guard around nearly every response.
//
// If the framework has its own type of response writer, like gin, the adapter embeds the
// Guard in a writer of that type. This writer implements [Guarded], so that a second pass
// over the same response finds the Guard.
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
	mount   *Mount // nil for a New; with a Mount, headers are wiped even where CORS is off
	upgrade upgradeCheck
	placed  Placed
}

// New returns the Layer for caller, an adapter's New such as "corsgin.New". It panics if d
// is nil, or if an option is for NewMount only.
func New(caller string, d cors.Decider, opts []cors.Option) Layer {
	cors.CheckDecider(caller, d)
	guard := cors.NewSettings(caller, opts).Guard
	if guard != 0 {
		guards.Store(true)
	}
	return Layer{decider: d, guard: guard, upgrade: newUpgradeCheck(caller, d)}
}

// CheckNext panics if next, the handler inside caller's middleware, is nil.
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

// Begin decides r and stores the Decision in d. There are three outcomes:
//   - status is not 0: Begin has set the headers of w. Answer with the status and without a
//     body.
//   - guard is true: call Wrap or Guard, and then the handler.
//   - otherwise: Begin has set the headers of w. Call the handler.
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
	if outer := GuardOf(w); outer != nil {
		l.again(d, outer)
		guard = false
	}
	if len(h) > 0 && (d.Len() > 0 || l.mount != nil) {
		wipe(h) // what was set earlier does not stay
	}
	if status = d.Status(); !guard || status != 0 || d.Len() == 0 || r.Method == http.MethodConnect {
		setHeaders(h, d)
		return status, false
	}
	return 0, true
}

// again makes outer, the guard of an earlier pass over the response, use this pass's decision.
func (l *Layer) again(d *cors.Decision, outer *Guard) {
	decided := *d
	later := Guard{decision: &decided, mode: max(l.guard, outer.mode), mount: l.mount}
	if l.placed != nil {
		p := newPlace(l.placed)
		later.place = &p
	}
	outer.take(&later)
}

// Middleware returns middleware for net/http. The middleware panics with the name of caller
// if the handler inside is nil.
func (l *Layer) Middleware(caller string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		CheckNext(caller, next)
		return &handler{l, next}
	}
}

// handler decides each request, and answers it or calls next.
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

// readPreflight reads the headers that only preflights have.
func readPreflight(req *cors.Request, r *http.Request) {
	req.RequestMethod = single(r.Header["Access-Control-Request-Method"])
	req.RequestHeaders = cors.JoinLines(r.Header["Access-Control-Request-Headers"])
}

// source is an http.Request as a cors.MetadataSource.
type source http.Request

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return (*http.Request)(s).Context() }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, requestPath, fetchSite string) {
	return s.Host, path((*http.Request)(s)), single(s.Header["Sec-Fetch-Site"])
}

// path returns the request target's path as the client sent it. URL.Path is decoded, and
// middleware may have changed it.
func path(r *http.Request) string {
	if !strings.HasPrefix(r.RequestURI, "/") { // an absolute URL, or a request that a program made
		return r.URL.EscapedPath()
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return path
}

// single returns the value of a header that should have one line. Several lines never match
// anything, so single joins only the first two.
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
