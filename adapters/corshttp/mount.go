package corshttp

import (
	"net/http"
	"strings"
	"sync"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Mount attaches policies to the routes of a ServeMux, and to groups of them. Preflights
// are answered for each route. Register the routes through the Mount:
//
//	m := corshttp.NewMount(mux, policy)
//	m.HandleFunc("GET /admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // all patterns below /admin
//		m.Route("GET", "/admin/status", publicPolicy), // one route; it decides before the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each of them has a route
//	)
//	http.ListenAndServe(addr, m.Middleware()(mux))
//
// The policy of the route that serves a request decides, when the head of the response is
// committed. A preflight belongs to the route that the requested method would hit. What no
// route serves has the policy of the group that holds the path, so that pages can read a
// 404 and a 405.
//
// A route that is registered past the Mount cannot report itself. The mux is then asked
// what the request would hit as it came in. That is a guess behind middleware that changes
// the path or the method, such as http.StripPrefix.
//
// The Mount has the methods of a ServeMux, so generated code can register its routes in
// it. A handler that routes by itself, such as another ServeMux, is one route for all that
// lies below its pattern.
type Mount struct {
	mux   *http.ServeMux
	mount adapt.Mount

	mu     sync.Mutex
	routes []mount.Route // that were registered through the Mount
}

// NewMount returns a Mount for mux. d decides wherever nothing else is attached; a
// nil *cors.Policy means no CORS there. NewMount panics for any other nil.
func NewMount(mux *http.ServeMux, d cors.Decider, opts ...cors.Option) *Mount {
	if mux == nil {
		panic("corshttp.NewMount: the ServeMux is nil; pass http.NewServeMux(), or http.DefaultServeMux")
	}
	m := &Mount{mux: mux}
	m.mount = adapt.NewMount("corshttp", m.router(), false, d, opts)
	return m
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. Where patterns have a host, so has the
// prefix: "api.example/v1". An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered as "method pattern", or with "" for the
// method, to all routes of that pattern. It decides before any group. A nil d switches CORS
// off there. An error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. It knows the routes that were
// registered through the Mount. An error joins *cors.ConfigErrors.
func (m *Mount) Check() error { return m.mount.Check() }

// Middleware returns the middleware. Its place is around the mux, where New's is.
func (m *Mount) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		adapt.CheckNext("corshttp.Mount.Middleware", next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			m.mount.ServeInContext(next, w, r)
		})
	}
}

// ServeHTTP serves r by the mux, inside the middleware.
func (m *Mount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mount.ServeInContext(m.mux, w, r)
}

// Handle registers the handler in the mux. See http.ServeMux.Handle.
func (m *Mount) Handle(pattern string, h http.Handler) {
	if h == nil {
		panic("corshttp: nil handler")
	}
	route := &adapt.Route{Route: parsePattern(pattern)}
	m.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if done := m.mount.Report(w, r, route); done != nil {
			defer done()
		}
		h.ServeHTTP(w, r)
	}))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.routes = append(m.routes, route.Route)
}

// HandleFunc registers the function in the mux. See http.ServeMux.HandleFunc.
func (m *Mount) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	if h == nil {
		panic("corshttp: nil handler")
	}
	m.Handle(pattern, http.HandlerFunc(h))
}

// Handler returns the handler and the pattern that the mux has for r. See
// http.ServeMux.Handler.
func (m *Mount) Handler(r *http.Request) (h http.Handler, pattern string) { return m.mux.Handler(r) }

// router is a Mount as the kit sees it.
type router Mount

func (m *Mount) router() *router { return (*router)(m) }

// Root implements adapt.Router.
func (m *router) Root() any { return m.mux }

// Ask implements adapt.Router.
func (m *router) Ask(x *adapt.Exchange, method string) string {
	_, pattern := m.mux.Handler(x.As(method))
	return parsePattern(pattern).Pattern
}

// Hit implements adapt.Router.
func (m *router) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	route := x.Reported()
	if route == nil {
		return "", "", mount.Partly
	}
	if method, x.RouteMemo = route.Method, &route.Memo; method == "" {
		method = x.Request.Method
	}
	return method, route.Pattern, mount.Served
}

// Routes implements adapt.Router.
func (m *router) Routes() (routes []mount.Route, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.routes[:len(m.routes):len(m.routes)], len(m.routes) > 0
}

// parsePattern splits a pattern of net/http's, such as "GET /items".
func parsePattern(pattern string) mount.Route {
	if i := strings.IndexAny(pattern, " \t"); i >= 0 {
		return mount.Route{Method: pattern[:i], Pattern: strings.TrimLeft(pattern[i+1:], " \t")}
	}
	return mount.Route{Pattern: pattern}
}
