// Package corshttp plugs Crossgate into net/http.
//
// Wrap the whole handler, so that every response carries the headers and every
// preflight is answered:
//
//	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
//	http.ListenAndServe(addr, corshttp.New(policy)(mux))
//
// # Where to install it
//
//   - Around the ServeMux, never around the handlers registered in it: a preflight
//     is an OPTIONS request, which a pattern such as "GET /items" does not match, so
//     the mux answers 405 and the handler's own middleware never runs.
//   - Outside whatever can answer by itself: authentication (a preflight carries no
//     credentials), rate limits, http.TimeoutHandler, http.MaxBytesHandler, panic
//     recovery. Headers set before them survive their errors.
//   - With groups or routes under different policies, use NewMount here, which asks
//     the ServeMux where a preflight belongs, or cors.NewRoutes where paths alone tell;
//     never one middleware inside another, of which the outermost answers preflights.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or
//     replace the headers, and Vary, on which caches rely to keep origins apart. With
//     the option cors.Guard(cors.PolicyWins) only the policy's leave the server, and
//     Vary is complete; with HandlerWins, a set that a handler wrote itself is kept.
//
// The server itself answers "OPTIONS *" and malformed requests, without handlers
// and so without CORS headers.
package corshttp

import (
	"context"
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. d must not be nil.
func New(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
	if mode := cors.NewSettings("corshttp.New", opts).Guard; mode != 0 {
		return guarded(d, mode)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var decision cors.Decision
			Decide(&decision, d, r)
			SetHeaders(w.Header(), &decision)
			if status := decision.Status(); status != 0 {
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Decide reads from r what a decision depends on, and sets out to what d decides. It serves adapters of
// frameworks that are built on net/http.
func Decide(out *cors.Decision, d cors.Decider, r *http.Request) {
	req := cors.Request{Method: r.Method, Origin: single(r.Header["Origin"])}
	if r.Method == http.MethodOptions {
		req.RequestMethod = single(r.Header["Access-Control-Request-Method"])
		req.RequestHeaders = cors.JoinLines(r.Header["Access-Control-Request-Headers"])
	}
	cors.DecideTo(out, d, &req, (*source)(r))
}

// source reads what most policies do not need.
type source http.Request

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return (*http.Request)(s).Context() }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, requestPath, fetchSite string) {
	return s.Host, path((*http.Request)(s)), single(s.Header["Sec-Fetch-Site"])
}

// path returns the request target's path as the client sent it. URL.Path has lost
// what was encoded, and a middleware may have changed it.
func path(r *http.Request) string {
	if !strings.HasPrefix(r.RequestURI, "/") { // in absolute form, or made by a program
		return r.URL.EscapedPath()
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return path
}

// single returns the value of a header that has one: two lines match nothing, and
// neither do thousands. What browsers send costs no call.
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

// SetHeaders sets the headers of d in h, and adds to Vary. It allocates once, for
// values that no other request shares. It serves adapters of frameworks that are
// built on net/http.
func SetHeaders(h http.Header, d *cors.Decision) {
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
