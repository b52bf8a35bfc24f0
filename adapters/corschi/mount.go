package corschi

import (
	"net/http"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to a router's routes, and to groups of them, with
// preflights answered. One middleware on the root router serves them all:
//
//	m := corschi.NewMount(r, policy)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//	)
//	r.Use(m.Middleware())
//
// The router itself says which pattern a request hits, and for a preflight, which one
// the requested method would hit. A preflight that no route serves is the router's to
// answer, without CORS headers. Nothing is registered in the router, and routes may be
// registered, and policies attached, in any order.
//
// Patterns are those of the whole: below Route("/admin", …) or Mount("/admin", …), the
// pattern of Get("/users/{id}", …) is "/admin/users/{id}", and that of Get("/", …) is
// "/admin/".
type Mount struct {
	router chi.Routes
	mount  adapt.Mount
	stubs  sync.Map // stubKey: chi.Routes, or nil where there is no stub
}

type stubKey struct{ method, pattern string }

// NewMount returns a Mount for the root router. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(router chi.Routes, d cors.Decider, opts ...cors.Option) *Mount {
	return &Mount{router: router, mount: adapt.NewMount("corschi.NewMount", d, opts)}
}

// Group attaches d to every route whose pattern is prefix or lies below it; the
// innermost group decides. See cors.Mounts.Group.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method with pattern, or with
// "" for the method, to all routes of that pattern. See cors.Mounts.Route.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Middleware returns the middleware. Its place is where New's is: in Use on the root
// router.
func (m *Mount) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path := routePath(r)
			m.mount.Serve(next, w, r, func(method string) (string, bool) {
				pattern := m.find(m.router, "", method, path)
				return pattern, pattern != ""
			})
		})
	}
}

// routePath returns the path that chi is going to route r by.
func routePath(r *http.Request) string {
	path := r.URL.RawPath
	if rctx := chi.RouteContext(r.Context()); rctx != nil && rctx.RoutePath != "" {
		path = rctx.RoutePath
	}
	if path == "" {
		path = r.URL.Path
	}
	if path == "" {
		path = "/"
	}
	return path
}

// find returns the pattern of the route that serves path in routes, which are
// mounted at prefix, or "".
func (m *Mount) find(routes chi.Routes, prefix, method, path string) string {
	found := routes.Find(chi.NewRouteContext(), method, path)
	if found == "" {
		return ""
	}
	pattern := prefix + found
	sub := m.stub(routes, prefix, method, pattern)
	if sub == nil {
		return pattern
	}
	return m.find(sub, strings.TrimSuffix(pattern, "/"), method, "/")
}

// stub returns the router that pattern hands its requests to, or nil. chi's Mount
// registers the prefix itself, with and without a slash, for all methods, whichever of
// them the mounted router serves at its root; Find does not look further there.
func (m *Mount) stub(routes chi.Routes, prefix, method, pattern string) chi.Routes {
	key := stubKey{method, pattern}
	if known, ok := m.stubs.Load(key); ok {
		sub, _ := known.(chi.Routes)
		return sub
	}
	sub, proper := search(routes, prefix, method, pattern)
	if proper {
		sub = nil
	}
	m.stubs.Store(key, sub)
	return sub
}

// search walks routes, which are mounted at prefix, for the pattern: for a route
// proper, and for a router that is mounted there.
func search(routes chi.Routes, prefix, method, pattern string) (mounted chi.Routes, proper bool) {
	for _, r := range routes.Routes() {
		full := prefix + r.Pattern
		if r.SubRoutes == nil {
			if full == pattern && (r.Handlers[method] != nil || r.Handlers["*"] != nil) {
				return nil, true
			}
			continue
		}
		below := strings.TrimSuffix(full, "/*")
		if below == strings.TrimSuffix(pattern, "/") {
			mounted = r.SubRoutes
			continue
		}
		if strings.HasPrefix(pattern, below+"/") {
			if sub, proper := search(r.SubRoutes, below, method, pattern); sub != nil || proper {
				return sub, proper
			}
		}
	}
	return mounted, false
}
