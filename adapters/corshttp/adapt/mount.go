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

// Router is what a Mount asks a framework's router.
type Router interface {
	// Root returns the framework's router. By it the Mount notices another Mount of the same
	// router, which is a mistake.
	Root() any

	// Ask returns the pattern of the route that x would hit by method, with the path
	// x.RoutePath, or "". A method that nobody registers may be asked about.
	Ask(x *Exchange, method string) (pattern string)

	// Hit reports which route has served x. It is called when the head is committed, and
	// in a Mount that is RoutedFirst when the Exchange begins.
	Hit(x *Exchange) (method, pattern string, known mount.Known)

	// Routes returns all routes that are registered. known is false if the router cannot
	// tell. It is called while requests are served.
	Routes() (routes []mount.Route, known bool)
}

// Mount decides for groups and routes by core/mount, and applies what it decides.
type Mount struct {
	*mount.Table
	router  Router
	root    any // of the router; nil if it cannot be compared
	upgrade upgradeCheck
	serving atomic.Bool // by ServeInContext
	lost    rarely
	twice   rarely
}

// NewMount returns the Mount of an adapter, such as "corsgin". routedFirst says that the
// framework chooses the route before it calls middleware. NewMount panics if d is nil, or
// if an option is given twice.
func NewMount(adapter string, router Router, routedFirst bool, d cors.Decider, opts []cors.Option) Mount {
	cors.CheckDecider(adapter+".NewMount", d)
	table := mount.New(mount.Config{Package: adapter, Routes: router.Routes, RoutedFirst: routedFirst}, d, opts)
	root := router.Root()
	if root != nil && !reflect.TypeOf(root).Comparable() {
		root = nil
	}
	return Mount{Table: table, router: router, root: root, upgrade: upgradeCheck{caller: adapter + ".NewMount", policy: table, logged: new(rarely)}}
}

// Layer returns the Layer for r, which the route is certain to serve. It returns false for
// what may be a preflight, and while a policy is attached to nothing: then Begin decides. memo
// is that of the pattern, or nil.
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

// Watch says that l decides only as long as c tells the place that it does now. If that changes
// before the head is committed, no page reads.
func (l *Layer) Watch(c Placed) { l.placed = c }

// sayTwice logs that a second Mount of the same router is inside another one.
func (m *Mount) sayTwice() {
	if m.twice.now() {
		slog.Error(m.upgrade.caller + ": two Mounts of one router are installed, one inside the other, and the outer one decides about preflights alone; attach all policies to one of them")
	}
}

// Exchange is one request that passes through a Mount. It is part of what an adapter
// keeps for a response until that is over.
type Exchange struct {
	Request   *http.Request // as it came in
	RoutePath string        // the path that the router is to route by
	RawPath   string        // the same, percent-encoded as sent, if the framework has it so

	// Data, Mark and Begun are for the Router, which may keep here what it needs.
	Data  any
	Mark  int32
	Begun bool

	// RouteMemo is set by Router.Hit where the Router has one of the route.
	RouteMemo *mount.Memo

	// Again is set by Router.Hit where a handler may have routed the request again, so that
	// another pass may have decided that Unwrap does not find.
	Again bool

	mount   *Mount
	outer   *Exchange // of the pass that this one has taken over from, if another Mount's
	reports *reports  // of ServeInContext
	pass    mount.Pass
}

// Begin decides about x, whose exported fields are set, as far as it is known which route
// serves it. If it returns a status, it has set the headers of w, and the adapter answers
// with that status and without a body. If it returns wrap, the adapter puts a writer with
// g around w. Then it calls the handler.
func (m *Mount) Begin(g *Guard, x *Exchange, w http.ResponseWriter) (status int, wrap bool) {
	r := x.Request
	if m.NeedsMetadata() && m.upgrade.refuses(r) {
		return http.StatusForbidden, false
	}
	h := w.Header()
	var outer *Guard
	if len(h) > 0 { // there may have been an earlier pass
		outer = GuardOf(w)
		wipe(h)
	}
	x.mount = m
	req := cors.Request{Method: r.Method, Origin: single(r.Header["Origin"])}
	if r.Method == http.MethodOptions {
		readPreflight(&req, r)
	}
	d, final := x.pass.Begin(m.Table, req, (*exchange)(x))
	if !final && r.Method == http.MethodConnect { // which is not wrapped
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
	if !g.unmarked {
		g.mark(h)
	}
	return 0, true
}

// Wrap returns a writer around w, its guard, and an Exchange, for Begin. See Layer.Wrap.
func (m *Mount) Wrap(w http.ResponseWriter) (http.ResponseWriter, *Guard, *Exchange) {
	return wrap[Exchange](w)
}

// Serve decides about r, and answers it or calls next. begin sets what the Router needs
// in the Exchange.
func (m *Mount) Serve(next http.Handler, w http.ResponseWriter, r *http.Request, begin func(x *Exchange)) {
	wrapped, g, x := m.Wrap(w)
	x.Request, g.unmarked = r, true
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

// inContext is an Exchange, with the copy of the request that has it in its context. So
// both are one allocation.
type inContext struct {
	Exchange
	reports reports
	request http.Request
}

// ServeInContext is Serve for a router that does not tell which route it has chosen. The
// route reports itself by Report.
func (m *Mount) ServeInContext(next http.Handler, w http.ResponseWriter, r *http.Request) {
	m.serving.Store(true)
	wrapped, g, made := wrap[inContext](w)
	x := &made.Exchange
	x.Request, x.RoutePath, x.RawPath, x.reports, g.unmarked = r, r.URL.Path, r.URL.RawPath, &made.reports, true
	status, guard := m.Begin(g, x, w)
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	with := &made.request
	*with = *r.WithContext((*carrier)(x))
	// Middleware outside, and the server, look for these in the request that they know.
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

// As returns the request as it came in, with the method, for a router that is asked with a
// request. It is x.Request itself where that has not changed.
func (x *Exchange) As(method string) *http.Request {
	r := x.Request
	moved := x.RoutePath != r.URL.Path || x.RawPath != r.URL.RawPath
	if !moved && method == r.Method {
		return r
	}
	other := *r // routers look at method, host and URL alone
	other.Method = method
	if moved { // by a handler, since
		u := *r.URL
		u.Path, u.RawPath = x.RoutePath, x.RawPath
		other.URL = &u
	}
	return &other
}

// carrier is an Exchange as a context, which is that of the request and has the Exchange in
// it. So it allocates nothing.
type carrier Exchange

func (c *carrier) Deadline() (deadline time.Time, ok bool) { return c.Request.Context().Deadline() }
func (c *carrier) Done() <-chan struct{}                   { return c.Request.Context().Done() }
func (c *carrier) Err() error                              { return c.Request.Context().Err() }

// Value implements context.Context. The key of an Exchange is its Mount, as one request
// may pass through several.
func (c *carrier) Value(key any) any {
	if m, ok := key.(*Mount); ok && m == c.mount {
		return (*Exchange)(c)
	}
	return c.Request.Context().Value(key)
}

// exchange is an Exchange as package mount sees it.
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
