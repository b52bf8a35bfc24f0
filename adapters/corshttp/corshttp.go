// Package corshttp is CORS middleware for net/http.
//
// Wrap the whole handler, so that every response carries the headers and every
// preflight is answered:
//
//	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
//	http.ListenAndServe(addr, corshttp.New(policy)(mux))
//
// # Where to install it
//
//   - Around the ServeMux, not around the handlers registered in it. A preflight is an
//     OPTIONS request, which a pattern such as "GET /items" does not match: the mux answers
//     405, and middleware around the handler never runs.
//   - Before everything that can answer a request itself: authentication (a preflight
//     carries no credentials), rate limits, http.TimeoutHandler, http.MaxBytesHandler, panic
//     recovery. Their error responses then have the CORS headers too.
//   - If groups or routes have different policies, use NewMount. If the path alone decides,
//     you can use cors.NewRoutes. Do not nest middleware: the outermost one answers all
//     preflights.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete.
//   - For HTTP/2 without TLS, use http.Server.Protocols, or install the middleware inside
//     h2c.NewHandler: outside, it sees only the first request of a connection. A policy that
//     enforces refuses such a connection.
//
// The server itself answers "OPTIONS *" and malformed requests. It does not call handlers
// for these, so the responses have no CORS headers.
package corshttp

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount. The middleware panics if its handler is nil.
func New(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
	layer := adapt.New("corshttp.New", d, opts)
	return layer.Middleware("corshttp.New")
}
