// Package corsmux shows how to write an adapter: CORS policies for the groups and routes of
// gorilla/mux. docs/adapter.md explains it.
package corsmux

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Mount attaches policies to single routes and groups of routes. Its methods Group, Route and
// Check come from the kit.
type Mount struct {
	adapt.Mount
	router *mux.Router
}

// NewMount returns a Mount for router. d decides wherever nothing else is attached.
func NewMount(router *mux.Router, d cors.Decider, opts ...cors.Option) *Mount {
	m := &Mount{router: router}
	m.Mount = adapt.NewMount("corsmux", m, false, d, opts)
	router.Use(m.report)
	return m
}

// Middleware is the middleware. Wrap the router with it.
func (m *Mount) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.ServeInContext(next, w, r) })
}

// report tells the kit which route serves the request. The router runs it only if a route
// matches.
func (m *Mount) report(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pattern, _ := mux.CurrentRoute(r).GetPathTemplate()
		if done := m.Report(w, r, &adapt.Route{Route: mount.Route{Method: r.Method, Pattern: pattern}}); done != nil {
			defer done()
		}
		next.ServeHTTP(w, r)
	})
}

// Root implements adapt.Router. The kit uses it to notice a second Mount of the same router.
func (m *Mount) Root() any { return m.router }

// Ask implements adapt.Router: it returns the pattern of the route that would serve the
// request if it had the given method.
func (m *Mount) Ask(x *adapt.Exchange, method string) string {
	var match mux.RouteMatch
	if !m.router.Match(x.As(method), &match) || match.MatchErr != nil {
		return ""
	}
	pattern, _ := match.Route.GetPathTemplate()
	return pattern
}

// Hit implements adapt.Router: it returns the route that has served the request. If there is
// none, middleware has answered or no route matches; the kit then calls Ask.
func (m *Mount) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	if route := x.Reported(); route != nil {
		return route.Method, route.Pattern, mount.Served
	}
	return "", "", mount.Partly
}

// Routes implements adapt.Router: it returns all routes, for Check.
func (m *Mount) Routes() (all []mount.Route, known bool) {
	err := m.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		pattern, err := route.GetPathTemplate()
		if err != nil || route.GetHandler() == nil { // a host without a path, or a subrouter
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			methods = []string{""} // all of them
		}
		expression, err := route.GetPathRegexp()
		for _, method := range methods {
			all = append(all, mount.Route{Method: method, Pattern: pattern, Opaque: !strings.HasSuffix(expression, "$")})
		}
		return err
	})
	return all, err == nil
}
