package adapt

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/crossgate/cors/core/mount"
)

// Route is a route that reports itself with Report. The adapter has one for each registered
// route.
type Route struct {
	mount.Route
	Memo mount.Memo
}

// reports holds what routes have reported for an Exchange. Other goroutines may write it,
// for example inside http.TimeoutHandler.
type reports struct {
	served  atomic.Pointer[Route] // the last route that has begun and is not over
	over    atomic.Pointer[Route] // the last route that is over and wrote to a hidden writer
	unclear atomic.Bool           // routes with different policies may have written to one response
}

// Report says that the route is about to serve r with w. r may be a copy of the Mount's
// request, and w may be a writer around the Mount's. Report finds the Mount's pass by the
// context of r or by the writer, because a handler that routes again may make a request
// without the context.
//
// If Report returns a function, call it when the route is done.
func (m *Mount) Report(w http.ResponseWriter, r *http.Request, route *Route) (done func()) {
	x := m.passOf(r)
	if g := GuardOf(w); g != nil {
		if found := g.passThrough(m); found != nil {
			if found != x && x != nil {
				x.report(r, route)
			}
			found.report(r, route)
			return found.reportOutside(r, route)
		}
	}
	if x != nil {
		return x.reportHidden(r, route)
	}
	if m.serving.Load() && hides(w) {
		w.Header()[lost] = nil
	}
	return nil
}

// passOf returns the pass through m that r is part of, or nil.
func (m *Mount) passOf(r *http.Request) *Exchange {
	x, _ := r.Context().Value(m).(*Exchange)
	return x
}

// reportOutside reports a route to the passes through the same Mount that x is inside of. If
// a writer between hides them, they have not been taken over. See Report for done.
func (x *Exchange) reportOutside(r *http.Request, route *Route) (done func()) {
	for outer := x.mount.passOf(x.Request); outer != nil; outer = x.mount.passOf(outer.Request) {
		before, over := done, outer.reportHidden(r, route)
		done = func() {
			over()
			if before != nil {
				before()
			}
		}
	}
	return done
}

func (x *Exchange) report(r *http.Request, route *Route) (reported *Route) {
	if route.Method == "" && r.Method != x.Request.Method { // middleware has changed the method
		route = &Route{Route: mount.Route{Method: r.Method, Pattern: route.Pattern}}
	}
	x.joins(route)
	x.reports.served.Store(route)
	return route
}

// reportHidden reports a route whose writer hides the pass. The writer may record the
// response, like httptest.ResponseRecorder, for a handler that combines the responses of
// several routes. So routes that come after it must have the same policy.
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

// joins notes if the response may already contain the output of a route with another policy.
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

// sayLost logs why no page may read the response to x.
func (m *Mount) sayLost(x *Exchange) {
	if m.lost.now() {
		slog.ErrorContext(x.Request.Context(), m.upgrade.caller+": no page may read a response, because a handler has routed again with a request with another context and a writer without Unwrap; "+
			"make the request by Clone or WithContext, or give the writer an Unwrap method", "path", path(x.Request))
	}
}
