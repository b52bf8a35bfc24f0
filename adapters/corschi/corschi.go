// Package corschi plugs Crossgate into chi (github.com/go-chi/chi/v5).
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
//   - With Use on the root router. chi panics if Use follows a route, and runs the
//     root's middleware for 404 and 405 as well, so preflights arrive.
//   - Never with With or in a Group: chi runs those only once a route has matched,
//     and no route matches a preflight's OPTIONS. A sub-router made by Route or
//     Mount, with its own Use, does see preflights for the paths below it.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), middleware.Timeout, middleware.Throttle and middleware.Recoverer.
//     Redirects of middleware.RedirectSlashes then carry the headers too; under a
//     Mount, which knows no route for such a path, use middleware.StripSlashes before it.
//   - With groups or routes under different policies, use NewMount, which asks
//     the root router, or cors.NewRoutes where paths alone tell. One middleware inside
//     another does not do: the outermost answers preflights.
//   - With the option cors.Guard(cors.PolicyWins) a response has the policy's CORS headers
//     and a complete Vary, whatever handlers, reverse-proxied upstreams and error handlers
//     set. With cors.HandlerWins a complete set of a handler's own is kept.
//   - Inside h2c.NewHandler, or with http.Server.Protocols for HTTP/2 without TLS: outside
//     it the middleware sees only the first request of a connection. A policy that enforces
//     refuses such a connection.
package corschi

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics for any other nil, and for options of NewMount;
// the middleware panics for a nil handler.
func New(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
	layer := adapt.New("corschi.New", d, opts)
	return layer.Middleware("corschi.New")
}
