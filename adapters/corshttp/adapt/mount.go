package adapt

import (
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Mount says which Layer applies to which of a router's routes.
type Mount struct {
	mounts *cors.Mounts
	guard  cors.GuardMode
}

// NewMount returns the Mount of caller, an adapter's NewMount such as
// "corsgin.NewMount". It panics if d is nil, or if an option is given twice.
func NewMount(caller string, d cors.Decider, opts []cors.Option) Mount {
	cors.CheckDecider(caller, d)
	return Mount{mounts: cors.NewMounts(d, opts...), guard: cors.MountSettings(caller, opts).Guard}
}

// Group attaches d to all routes whose pattern is prefix or lies below it. See
// cors.Mounts.Group.
func (m Mount) Group(prefix string, d cors.Decider) error { return m.mounts.Group(prefix, d) }

// Route attaches d to the route that is registered for method with pattern. See
// cors.Mounts.Route.
func (m Mount) Route(method, pattern string, d cors.Decider) error {
	return m.mounts.Route(method, pattern, d)
}

// Layer returns the Layer that applies to r, and whether there is one. route asks the
// router for the pattern that r would hit with the given method.
func (m Mount) Layer(r *http.Request, route func(method string) (pattern string, served bool)) (Layer, bool) {
	req := cors.Request{Method: r.Method}
	if r.Method == http.MethodOptions {
		req.Origin = single(r.Header["Origin"])
		req.RequestMethod = single(r.Header["Access-Control-Request-Method"])
	}
	p := m.mounts.Place(req, route)
	if p == nil {
		return Layer{}, false
	}
	return Layer{decider: p.Decider(), guard: m.guard}, true
}

// Serve applies to r the Layer that its route has, and calls next without one.
func (m Mount) Serve(next http.Handler, w http.ResponseWriter, r *http.Request, route func(method string) (pattern string, served bool)) {
	if layer, ok := m.Layer(r, route); ok {
		layer.Serve(next, w, r)
		return
	}
	next.ServeHTTP(w, r)
}
