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
//   - Outside everything that can answer by itself: authentication (a preflight carries no
//     credentials), rate limits, http.TimeoutHandler, http.MaxBytesHandler, panic
//     recovery. Headers set before them survive their errors.
//   - With groups or routes under different policies, use NewMount, which asks
//     the ServeMux, or cors.NewRoutes where paths alone tell. One middleware inside
//     another does not do: the outermost answers preflights.
//   - With the option cors.Guard(cors.PolicyWins) a response has the policy's CORS headers
//     and a complete Vary, whatever handlers, reverse-proxied upstreams and error handlers
//     set. With cors.HandlerWins a complete set of a handler's own is kept.
//   - Inside h2c.NewHandler, or with http.Server.Protocols for HTTP/2 without TLS: outside
//     it the middleware sees only the first request of a connection. A policy that enforces
//     refuses such a connection.
//
// The server itself answers "OPTIONS *" and malformed requests, without handlers
// and so without CORS headers.
package corshttp

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics for any other nil, and for options of NewMount;
// the middleware panics for a nil handler.
func New(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
	layer := adapt.New("corshttp.New", d, opts)
	return layer.Middleware("corshttp.New")
}
