package corschi

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to single routes and groups of routes, and answers their
// preflights. Install its middleware once, on the root router:
//
//	m := corschi.NewMount(r, policy)
//	r.Use(m.Middleware())
//	r.Get("/admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // /admin and all patterns below it
//		m.Route("GET", "/admin/status", publicPolicy), // one route; overrides the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each attached policy has a route
//	)
//
// The policy of the route that serves a request decides, when the head of the response is
// committed. For a preflight, that is the route for the method that it asks for. If no route
// serves the request, the policy of the path's group decides, so that pages can read a 404
// or 405.
//
// If a sub-router's middleware answers, for example with 401, the policy of the route for
// the path as it arrived decides.
//
// Write whole patterns: below Route("/admin", …) or Mount("/admin", …), the pattern of
// Get("/users/{id}", …) is "/admin/users/{id}", and that of Get("/", …) is "/admin/".
type Mount struct {
	router *router
	mount  adapt.Mount
}

// NewMount returns a Mount for the root router. d decides wherever nothing else is attached;
// a nil *cors.Policy switches CORS off there. NewMount panics if d is nil, a nil *cors.Live or
// a nil *cors.Routes.
func NewMount(root chi.Routes, d cors.Decider, opts ...cors.Option) *Mount {
	if mux, ok := root.(*chi.Mux); root == nil || ok && mux == nil {
		panic("corschi.NewMount: the router is nil; pass chi.NewRouter()")
	}
	r := newRouter(root)
	return &Mount{router: r, mount: adapt.NewMount("corschi", r, false, d, opts)}
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered for method and pattern. An empty method
// means all methods. d overrides the policies of groups. A nil d switches CORS off there. An
// error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. An error joins
// *cors.ConfigErrors. If you do not call Check, the Mount checks itself: while a policy has
// no route, no page may read through the Mount.
func (m *Mount) Check() error { return m.mount.Check() }

// Middleware returns the middleware. Install it like that of New: with Use on the root
// router.
func (m *Mount) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		adapt.CheckNext("corschi.Mount.Middleware", next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rctx := chi.RouteContext(r.Context())
			if rctx == nil { // installed around the router, which then uses this context
				rctx = chi.NewRouteContext()
				rctx.Routes = m.router.root
				r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, rctx))
			}
			m.mount.Serve(next, w, r, func(x *adapt.Exchange) { begin(x, rctx) })
		})
	}
}

// begin records how far chi has routed, whether it has read the method, and the path that it
// will route by.
func begin(x *adapt.Exchange, rctx *chi.Context) {
	x.Data, x.Mark = rctx, int32(len(rctx.RoutePatterns)) //nolint:gosec // routers are not nested so deeply
	x.Begun = rctx.RouteMethod != ""
	u := x.Request.URL
	switch {
	case rctx.RoutePath != "": // of middleware before, which may have begun with either form
		x.RoutePath, x.RawPath = rctx.RoutePath, rctx.RoutePath
	case u.RawPath != "":
		x.RoutePath, x.RawPath = u.RawPath, u.RawPath
	case u.Path != "":
		x.RoutePath = u.Path
	default:
		x.RoutePath = "/"
	}
}
