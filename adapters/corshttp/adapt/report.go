package adapt

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/crossgate/cors/core/mount"
)

// Route is a route that reports itself. An adapter has one for each that is registered.
type Route struct {
	mount.Route
	Memo mount.Memo
}

// reports is what routes have reported of an Exchange.
type reports struct { // some of them by other goroutines, as inside http.TimeoutHandler
	served  atomic.Pointer[Route] // the last one that has begun, and is not over
	over    atomic.Pointer[Route] // the last one that is over, and has written to a hidden writer
	unclear atomic.Bool           // several have written to one response
}

// Report says that the route is about to serve r by w. r may be a copy of the request that
// the Mount has seen, and w may be around its writer. A handler that routes again may make a
// request of its own, without the context. So the response tells of the pass as well.
//
// If Report returns a function, call it when the route is done.
func (m *Mount) Report(w http.ResponseWriter, r *http.Request, route *Route) (done func()) {
	x, _ := r.Context().Value(m).(*Exchange)
	if g := GuardOf(w); g != nil {
		if found := g.passThrough(m); found != nil {
			if found != x && x != nil {
				x.report(r, route)
			}
			found.report(r, route)
			return nil
		}
	}
	if x != nil {
		return x.reportHidden(r, route)
	}
	if m.serving.Load() {
		w.Header()[lost] = nil
	}
	return nil
}

func (x *Exchange) report(r *http.Request, route *Route) (reported *Route) {
	if route.Method == "" && r.Method != x.Request.Method { // which middleware has changed
		route = &Route{Route: mount.Route{Method: r.Method, Pattern: route.Pattern}}
	}
	x.joins(route)
	x.reports.served.Store(route)
	return route
}

// reportHidden reports a route whose writer does not lead to the pass. It may be one that
// keeps what the route writes, as an httptest.ResponseRecorder does, for a handler that puts
// the answers of several routes together. So what comes after it has to have the same policy.
func (x *Exchange) reportHidden(r *http.Request, route *Route) (done func()) {
	outer := x.reports.served.Load()
	route = x.report(r, route)
	return func() {
		x.reports.over.Store(route)
		if outer != nil {
			x.joins(outer)
			x.reports.served.Store(outer)
		}
	}
}

// joins notes whether the route writes to a response that has, as it may be, what one with
// another policy has written.
func (x *Exchange) joins(route *Route) {
	if over := x.reports.over.Load(); over != nil && x.scope(over) != x.scope(route) {
		x.reports.unclear.Store(true)
	}
}

func (x *Exchange) scope(route *Route) *mount.Scope {
	method := route.Method
	if method == "" {
		method = x.Request.Method
	}
	return x.mount.Scope(method, route.Pattern)
}

// Reported returns the route that has reported last, or nil.
func (x *Exchange) Reported() *Route { return x.reports.served.Load() }

// sayLost logs why no page reads the response to x.
func (m *Mount) sayLost(x *Exchange) {
	if m.lost.now() {
		slog.ErrorContext(x.Request.Context(), m.upgrade.caller+": no page reads a response, as a handler has routed again by a request with another context and a writer without Unwrap; "+
			"make the request by Clone or WithContext, or give the writer an Unwrap method", "path", path(x.Request))
	}
}
