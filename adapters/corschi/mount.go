package corschi

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Mount attaches policies to a router's routes, and to groups of them. Preflights are
// answered for each route. One middleware on the root router serves them all:
//
//	m := corschi.NewMount(r, policy)
//	r.Use(m.Middleware())
//	r.Get("/admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each of them has a route
//	)
//
// The policy of the route that serves a request decides, when the head of the response is
// committed. A preflight belongs to the route that the requested method would hit. What no
// route serves has the policy of the group that holds the path, so that pages can read a
// 404 and a 405.
//
// What a sub-router answers by itself, such as a 401 of its middleware, has the policy of
// the route that the path hits as it came in.
//
// Patterns are those of the whole: below Route("/admin", …) or Mount("/admin", …), the
// pattern of Get("/users/{id}", …) is "/admin/users/{id}", and that of Get("/", …) is
// "/admin/".
type Mount struct {
	router *router
	mount  adapt.Mount
}

// NewMount returns a Mount for the root router. d decides wherever nothing else is
// attached; a nil *cors.Policy means no CORS there. NewMount panics for any other nil.
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

// Route attaches d to the route that is registered for method with pattern, or with "" for
// the method, to all routes of that pattern. It decides before any group. A nil d switches
// CORS off there. An error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. An error joins
// *cors.ConfigErrors.
func (m *Mount) Check() error { return m.mount.Check() }

// Middleware returns the middleware. Its place is where New's is: in Use on the root
// router.
func (m *Mount) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		adapt.CheckNext("corschi.Mount.Middleware", next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rctx := chi.RouteContext(r.Context())
			if rctx == nil { // around the router, which uses this one then
				rctx = chi.NewRouteContext()
				rctx.Routes = m.router.root
				r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, rctx))
			}
			m.mount.Serve(next, w, r, func(x *adapt.Exchange) { begin(x, rctx) })
		})
	}
}

// begin notes where chi has come to, whether it has taken the method, and the path that it is going to route by.
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
