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
//   - With groups or routes under different policies, use NewMount here, which asks
//     the root router where a preflight belongs, or cors.NewRoutes where paths alone tell;
//     never one middleware inside another, of which the outermost answers preflights.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or
//     replace the headers, and Vary, on which caches rely to keep origins apart. With
//     the option cors.Guard(cors.PolicyWins) only the policy's leave the server, and
//     Vary is complete; with HandlerWins, a set that a handler wrote itself is kept.
package corschi

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics for any other nil, and for options of NewMount.
func New(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
	layer := adapt.New("corschi.New", d, opts)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { layer.Serve(next, w, r) })
	}
}
