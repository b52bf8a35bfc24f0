package corshttp

import (
	"net/http"
	"strings"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to the routes of a ServeMux, and to groups of them, with
// preflights answered. One middleware around the mux serves them all:
//
//	m := corshttp.NewMount(mux, policy)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//	)
//	http.ListenAndServe(addr, m.Middleware()(mux))
//
// The mux itself says which pattern a request hits, and for a preflight, which one
// the requested method would hit. A preflight that no pattern serves is the mux's to
// answer, without CORS headers. Nothing is registered in the mux, and patterns may be
// registered, and policies attached, in any order.
//
// A handler that routes by itself, a mounted ServeMux included, is one route for
// all that lies below its pattern.
type Mount struct {
	mux   *http.ServeMux
	mount adapt.Mount
}

// NewMount returns a Mount for mux. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(mux *http.ServeMux, d cors.Decider, opts ...cors.Option) *Mount {
	return &Mount{mux: mux, mount: adapt.NewMount("corshttp.NewMount", d, opts)}
}

// Group attaches d to every route whose pattern is prefix or lies below it; the
// innermost group decides. Patterns with a host belong to groups with that host:
// "api.example/v1". See cors.Mounts.Group.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method with pattern, or with
// "" for the method, to all routes of that pattern. See cors.Mounts.Route.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Middleware returns the middleware. Its place is around the mux, where New's is.
func (m *Mount) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			m.mount.Serve(next, w, r, func(method string) (string, bool) { return m.route(r, method) })
		})
	}
}

// route returns the pattern, without its method, that r would hit with another one.
func (m *Mount) route(r *http.Request, method string) (pattern string, served bool) {
	if method != r.Method {
		other := *r // mux.Handler looks at method, host and path alone
		other.Method = method
		r = &other
	}
	_, pattern = m.mux.Handler(r)
	if i := strings.LastIndexAny(pattern, " \t"); i >= 0 {
		pattern = pattern[i+1:]
	}
	return pattern, pattern != ""
}
