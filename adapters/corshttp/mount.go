package corshttp

import (
	"net/http"
	"strings"
	"sync"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Mount attaches policies to single routes and groups of routes of a ServeMux, and answers
// their preflights. Register the routes through the Mount:
//
//	m := corshttp.NewMount(mux, policy)
//	m.HandleFunc("GET /admin/status", status)
//	err := errors.Join(
//		m.Group("/admin", adminPolicy),                // /admin and all patterns below it
//		m.Route("GET", "/admin/status", publicPolicy), // one route; overrides the group
//		m.Group("/internal", nil),                     // no CORS there
//		m.Check(),                                     // each attached policy has a route
//	)
//	http.ListenAndServe(addr, m.Middleware()(mux))
//
// The policy of the route that serves a request decides, when the head of the response is
// committed. For a preflight, that is the route for the method that it asks for. If no route
// serves the request, the policy of the path's group decides, so that pages can read a 404
// or 405.
//
// If you register a route in the mux itself, the Mount cannot see when it serves a request.
// It then asks the mux which route matches the request as it arrived. If middleware changes
// the path or the method, such as http.StripPrefix, that may be another route.
//
// The Mount has the methods of a ServeMux, so generated code can register its routes in the
// Mount. A handler that does its own routing, such as another ServeMux, counts as one route
// for everything below its pattern.
type Mount struct {
	mux   *http.ServeMux
	mount adapt.Mount

	mu     sync.Mutex
	routes []mount.Route // registered through the Mount
}

// NewMount returns a Mount for mux. d decides wherever nothing else is attached; a nil
// *cors.Policy switches CORS off there. NewMount panics if d is nil, a nil *cors.Live
// or a nil *cors.Routes.
func NewMount(mux *http.ServeMux, d cors.Decider, opts ...cors.Option) *Mount {
	if mux == nil {
		panic("corshttp.NewMount: the ServeMux is nil; pass http.NewServeMux(), or http.DefaultServeMux")
	}
	m := &Mount{mux: mux}
	m.mount = adapt.NewMount("corshttp", m.router(), false, d, opts)
	return m
}

// Group attaches d to every route whose pattern is prefix or lies below it. The innermost
// group decides. A nil d switches CORS off there. If patterns have a host, the prefix has it
// too: "api.example/v1". An error is a *cors.ConfigError.
func (m *Mount) Group(prefix string, d cors.Decider) error { return m.mount.Group(prefix, d) }

// Route attaches d to the route that is registered as "method pattern". An empty method
// means all methods. d overrides the policies of groups. A nil d switches CORS off there. An
// error is a *cors.ConfigError.
func (m *Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mount.Route(method, pattern, d)
}

// Check reports each policy that is attached where no route is registered, with the nearest
// pattern. Call it at start, when all routes are registered. It knows only routes that were
// registered through the Mount. An error joins *cors.ConfigErrors. If you do not call Check,
// the Mount checks itself: while a policy has no route, no page may read through the Mount.
func (m *Mount) Check() error { return m.mount.Check() }

// Middleware returns the middleware. Install it around the mux, like that of New.
func (m *Mount) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		adapt.CheckNext("corshttp.Mount.Middleware", next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			m.mount.ServeInContext(next, w, r)
		})
	}
}

// ServeHTTP serves r with the mux, inside the middleware.
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

// Handler returns the mux's handler and pattern for r. See http.ServeMux.Handler.
func (m *Mount) Handler(r *http.Request) (h http.Handler, pattern string) { return m.mux.Handler(r) }

// router is a Mount as an adapt.Router.
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

// parsePattern splits a pattern of net/http, such as "GET /items".
func parsePattern(pattern string) mount.Route {
	if i := strings.IndexAny(pattern, " \t"); i >= 0 {
		return mount.Route{Method: pattern[:i], Pattern: strings.TrimLeft(pattern[i+1:], " \t")}
	}
	return mount.Route{Pattern: pattern}
}
