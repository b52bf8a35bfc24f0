// Package corschi is CORS middleware for chi (github.com/go-chi/chi/v5).
//
// Install it on the root router, before any route, so that every response carries
// the headers and every preflight is answered:
//
//	r := chi.NewRouter()
//	r.Use(corschi.New(policy))
//	r.Get("/items", listItems)
//
// # Where to install it
//
//   - With Use on the root router, before any route (chi panics otherwise). chi runs the
//     root's middleware for 404 and 405 too, so it sees preflights.
//   - Not with With and not in a Group: chi runs those only when a route matches, and no
//     route matches a preflight's OPTIONS. A sub-router made by Route or Mount, with its own
//     Use, does see preflights for the paths below it.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), middleware.Timeout, middleware.Throttle and middleware.Recoverer.
//     Redirects of middleware.RedirectSlashes then have the headers too. With a Mount, use
//     middleware.StripSlashes before it instead: the Mount knows no route for such a path.
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
package corschi

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount. The middleware panics if its handler is nil.
func New(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
	layer := adapt.New("corschi.New", d, opts)
	return layer.Middleware("corschi.New")
}
