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
//   - With parts of a site under different policies, use cors.NewRoutes here rather
//     than one middleware inside another, of which the outermost answers preflights.
//   - A handler that calls w.Header().Set("Vary", …) replaces the Vary: Origin that
//     keeps caches from mixing up origins. Let it call Add.
//
// The server itself answers "OPTIONS *" and malformed requests, without handlers
// and so without CORS headers.
package corshttp

import (
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. d must not be nil.
func New(d cors.Decider) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			decision := d.Decide(r.Context(), Request(r))
			SetHeaders(w.Header(), decision)
			if status := decision.Status(); status != 0 {
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Request reads from r what a decision depends on. It serves adapters of
// frameworks that are built on net/http.
func Request(r *http.Request) cors.Request {
	req := cors.Request{
		Method: r.Method,
		Origin: line(r.Header["Origin"]),
		Host:   r.Host,
		Path:   r.URL.Path,
	}
	if r.URL.RawPath != "" {
		req.Path = r.URL.RawPath
	}
	if r.Method == http.MethodOptions {
		req.RequestMethod = line(r.Header["Access-Control-Request-Method"])
		req.RequestHeaders = line(r.Header["Access-Control-Request-Headers"])
	}
	req.FetchSite = line(r.Header["Sec-Fetch-Site"])
	return req
}

// line joins the lines of a header (RFC 9110, section 5.2).
func line(lines []string) string {
	if len(lines) == 1 {
		return lines[0]
	}
	return strings.Join(lines, ", ")
}

// maxHeaders is how many headers a decision sets at most.
const maxHeaders = 7

// SetHeaders sets the headers of d in h, and adds to Vary. It allocates once, for
// values that no other request shares. It serves adapters of frameworks that are
// built on net/http.
func SetHeaders(h http.Header, d cors.Decision) {
	var names, values [maxHeaders]string
	n := 0
	for name, value := range d.Headers() {
		names[n], values[n] = name, value
		n++
	}
	if n == 0 {
		return
	}
	own := make([]string, n)
	copy(own, values[:n])
	for i, name := range names[:n] {
		// The capacity is cut, so that appending to one header cannot reach the next.
		value := own[i : i+1 : i+1]
		if name == "Vary" && len(h[name]) > 0 {
			value = append(h[name][:len(h[name]):len(h[name])], own[i])
		}
		h[name] = value
	}
}
