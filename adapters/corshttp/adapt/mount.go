package adapt

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"sync/atomic"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Router connects a Mount to the framework's router. An adapter implements it.
type Router interface {
	// Root returns the framework's router. The Mount uses it to notice a second Mount of the
	// same router inside it, which is a mistake.
	Root() any

	// Ask returns the pattern of the route that would serve a request with the path
	// x.RoutePath and the given method, or "". The method may be one for which no route is
	// registered.
	Ask(x *Exchange, method string) (pattern string)

	// Hit reports which route has served x (see mount.Exchange). The Mount calls it when the
	// head is committed, and, with routedFirst, also when the request begins.
	Hit(x *Exchange) (method, pattern string, known mount.Known)

	// Routes returns all registered routes. known is false if the router cannot list them.
	// The Mount may call it while requests are served.
	Routes() (routes []mount.Route, known bool)
}

// Mount decides by the policies of groups and routes (see package core/mount), and applies
// the decisions to responses.
type Mount struct {
	*mount.Table
	router  Router
	root    any // of the router; nil if it cannot be compared
	upgrade upgradeCheck
	serving atomic.Bool // by ServeInContext
	lost    rarely
	twice   rarely
}

// NewMount returns the Mount of an adapter, such as "corsgin". Set routedFirst if the
// framework chooses the route before it calls middleware. NewMount panics if d is nil, or if
// an option other than cors.Around is given twice.
func NewMount(adapter string, router Router, routedFirst bool, d cors.Decider, opts []cors.Option) Mount {
	cors.CheckDecider(adapter+".NewMount", d)
	guards.Store(true) // a Mount always guards
	table := mount.New(mount.Config{Package: adapter, Routes: router.Routes, RoutedFirst: routedFirst}, d, opts)
	root := router.Root()
	if root != nil && !reflect.TypeOf(root).Comparable() {
		root = nil
	}
	return Mount{Table: table, router: router, root: root, upgrade: upgradeCheck{caller: adapter + ".NewMount", policy: table, logged: new(rarely)}}
}

// Layer returns the Layer with the policy of a route, for a request r that this route is
// certain to serve. This is faster than Begin. ok is false if r may be a preflight, or while
// an attachment has no route; then call Begin instead. memo is the Memo of the pattern, or
// nil.
func (m *Mount) Layer(r *http.Request, method, pattern string, memo *mount.Memo) (l Layer, ok bool) {
	if r.Method == http.MethodOptions {
		return Layer{}, false
	}
	s := m.Served(method, pattern, memo)
	if s == nil {
		return Layer{}, false
	}
	l = Layer{decider: s.Decider(), guard: m.Guard(), mount: m}
	if m.NeedsMetadata() {
		l.upgrade = m.upgrade
	}
	return l, true
}

// Watch makes l check, when the head is committed, that c still has the same route. If it
// has another one, no page may read the response.
func (l *Layer) Watch(c Placed) { l.placed = c }

// sayTwice logs that a second Mount of the same router is inside another one.
func (m *Mount) sayTwice() {
	if m.twice.now() {
		slog.Error(m.upgrade.caller + ": two Mounts of one router are installed, one inside the other, so the outer one alone decides preflights; attach all policies to one Mount")
	}
}

// Exchange is one request in a Mount. The adapter keeps it until the response is over.
type Exchange struct {
	Request   *http.Request // as it arrived
	RoutePath string        // the path that the router uses
	RawPath   string        // the same path, percent-encoded as sent; "" if the framework does not have it

	// Data and Begun are free for use by the Router.
	Data  any
	Begun bool

	// Mark is how far the framework had routed when the pass began, in the Router's own
	// measure. If it is not 0, the pass may be inside another one.
	Mark int32

	// Router.Hit sets RouteMemo if it has a Memo for the route.
	RouteMemo *mount.Memo

	// Router.Hit sets Again if a handler may have routed the request again behind a writer
	// without Unwrap. An inner pass may then have decided.
	Again bool

	finished bool // Guard.Finish has decided by an error, which may not be what is sent in the end

	mount   *Mount
	hidden  bool      // there may be an outer pass, behind a writer without Unwrap
	outer   *Exchange // the pass of another Mount that this one has taken over from
	reports *reports  // of ServeInContext
	pass    mount.Pass
}

// Begin starts the request x; set the fields Request, RoutePath and RawPath first. There are
// three outcomes:
//   - status is not 0: Begin has set the headers of w. Answer with the status and without a
//     body.
//   - wrap is true: call the handler with a writer around w that has g as its Guard.
//   - otherwise: call the handler with w.
func (m *Mount) Begin(g *Guard, x *Exchange, w http.ResponseWriter) (status int, wrap bool) {
	r := x.Request
	if m.NeedsMetadata() && m.upgrade.refuses(r) {
		return http.StatusForbidden, false
	}
	h := w.Header()
	outer := GuardOf(w) // of an earlier pass
	wipe(h)
	x.mount, x.hidden = m, x.Mark > 0 && hides(w)
	req := cors.Request{Method: r.Method, Origin: single(r.Header["Origin"])}
	if r.Method == http.MethodOptions {
		readPreflight(&req, r)
	}
	d, final := x.pass.Begin(m.Table, req, (*exchange)(x))
	if !final && r.Method == http.MethodConnect { // it is not wrapped, so decide now
		d, final = x.pass.Commit(http.StatusOK), true
	}
	g.mode, g.mount = m.Guard(), m
	if final {
		g.decision, status = d, d.Status()
	} else {
		g.exchange = x
	}
	if outer != nil {
		outer.take(g)
	}
	if status != 0 || r.Method == http.MethodConnect {
		setHeaders(h, d)
		return status, false
	}
	if outer != nil || final && g.decision.Len() == 0 {
		return 0, false
	}
	return 0, true
}

// Wrap returns a writer around w, its Guard, and an Exchange; pass the last two to Begin.
// For the writer, see Layer.Wrap.
func (m *Mount) Wrap(w http.ResponseWriter) (http.ResponseWriter, *Guard, *Exchange) {
	return wrap[Exchange](w)
}

// Serve is a whole middleware: it decides r, and answers it or calls next. begin must set
// RoutePath and RawPath of the Exchange, and the fields that the Router uses.
func (m *Mount) Serve(next http.Handler, w http.ResponseWriter, r *http.Request, begin func(x *Exchange)) {
	wrapped, g, x := m.Wrap(w)
	x.Request = r
	begin(x)
	switch status, wrap := m.Begin(g, x, w); {
	case status != 0:
		w.WriteHeader(status)
	case wrap:
		g.serve(next, wrapped, w, r)
	default:
		next.ServeHTTP(w, r)
	}
}

// inContext is an Exchange, and the copy of the request that has the Exchange in its
// context. Together they are one allocation.
type inContext struct {
	Exchange
	reports reports
	request http.Request
}

// ServeInContext is Serve for a router that does not say which route it has chosen. The
// adapter wraps each handler that it registers, and the wrapper calls Report.
func (m *Mount) ServeInContext(next http.Handler, w http.ResponseWriter, r *http.Request) {
	if !m.serving.Load() { // stored once: a store for each request would slow down other cores
		m.serving.Store(true)
	}
	wrapped, g, made := wrap[inContext](w)
	x := &made.Exchange
	x.Request, x.RoutePath, x.RawPath, x.reports = r, r.URL.Path, r.URL.RawPath, &made.reports
	status, guard := m.Begin(g, x, w)
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	with := &made.request
	*with = *r.WithContext((*carrier)(x))
	// Outer middleware and the server read these from the original request.
	defer func() {
		r.Pattern = with.Pattern
		if r.MultipartForm == nil {
			r.MultipartForm = with.MultipartForm // the server removes its files
		}
	}()
	if guard {
		g.serve(next, wrapped, w, with)
		return
	}
	next.ServeHTTP(w, with)
}

// As returns a request with the given method and the path x.RoutePath, for routers that take
// a request. If nothing has changed, it returns x.Request itself.
func (x *Exchange) As(method string) *http.Request {
	r := x.Request
	moved := x.RoutePath != r.URL.Path || x.RawPath != r.URL.RawPath
	if !moved && method == r.Method {
		return r
	}
	other := *r // routers read only method, host and URL
	other.Method = method
	if moved { // a handler has changed the URL since
		u := *r.URL
		u.Path, u.RawPath = x.RoutePath, x.RawPath
		other.URL = &u
	}
	return &other
}

// carrier is an Exchange as a context: the request's context with the Exchange as a value.
// Converting an Exchange to it allocates nothing.
type carrier Exchange

func (c *carrier) Deadline() (deadline time.Time, ok bool) { return c.Request.Context().Deadline() }
func (c *carrier) Done() <-chan struct{}                   { return c.Request.Context().Done() }
func (c *carrier) Err() error                              { return c.Request.Context().Err() }

// Value implements context.Context. The key of an Exchange is its Mount, because a request
// may pass through several Mounts.
func (c *carrier) Value(key any) any {
	if m, ok := key.(*Mount); ok && m == c.mount {
		return (*Exchange)(c)
	}
	return c.Request.Context().Value(key)
}

// exchange is an Exchange as a mount.Exchange.
type exchange Exchange

// Context implements mount.Exchange.
func (x *exchange) Context() context.Context { return x.Request.Context() }

// Metadata implements mount.Exchange.
func (x *exchange) Metadata() (host, path, fetchSite string) {
	return (*source)(x.Request).Metadata()
}

// Path implements mount.Exchange.
func (x *exchange) Path() string {
	if x.RawPath != "" {
		return x.RawPath
	}
	return (&url.URL{Path: x.RoutePath}).EscapedPath()
}

// Ask implements mount.Exchange.
func (x *exchange) Ask(method string) string { return x.mount.router.Ask((*Exchange)(x), method) }

// Hit implements mount.Exchange.
func (x *exchange) Hit() (method, pattern string, known mount.Known) {
	x.RouteMemo = nil
	if x.reports != nil && x.reports.unclear.Load() {
		return "", "", mount.Unclear
	}
	return x.mount.router.Hit((*Exchange)(x))
}

// Memo implements mount.Memorizer.
func (x *exchange) Memo() *mount.Memo { return x.RouteMemo }
