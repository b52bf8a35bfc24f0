package adapt

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// Router connects a Mount to a framework. An adapter implements it. C is the type that the
// framework passes to its handlers, such as *fiber.Ctx.
type Router[C any] interface {
	// Root returns a pointer to the framework's application. The Mount uses it to notice a
	// second Mount of the same application inside it, which is a mistake.
	Root() any

	// Request returns the fasthttp request of c.
	Request(c C) *fasthttp.RequestCtx

	// Context returns the context of the request.
	Context(c C) context.Context

	// Method and Path return the method and path by which the framework routes now. Handlers
	// may change both.
	Method(c C) string
	Path(c C) string

	// Next calls the next handler. If the handler returns an error, Next turns it into the
	// response.
	Next(c C) error

	// Ask returns the pattern of the route that would serve the method and path, or "". The
	// path is one that Path has returned.
	Ask(method, path string) (pattern string)

	// Hit reports which route has served c (see mount.Exchange).
	Hit(c C) (method, pattern string, known mount.Known)

	// Routes returns all registered routes. known is false if the framework cannot list
	// them. The Mount may call it while requests are served.
	Routes() (routes []mount.Route, known bool)

	// AppendPlain appends the path to buffer in the form in which patterns are compared: in
	// lower case if the framework ignores case.
	AppendPlain(buffer []byte, path string) []byte
}

// Mount decides by the policies of groups and routes (see package core/mount), and applies
// the decisions to responses. An adapter's Mount forwards Group, Route and Check to its
// Table.
type Mount[C any] struct {
	*mount.Table
	router   Router[C]
	passages sync.Pool
	adapter  string
	logged   atomic.Int64 // when sayTwice logged last, in seconds since the epoch
}

// NewMount returns the Mount of an adapter, such as "corsfiber". It panics with the adapter's
// name if d is nil (see cors.CheckDecider), or if an option other than cors.Around is given
// twice.
func NewMount[C any](adapter string, router Router[C], d cors.Decider, opts []cors.Option) *Mount[C] {
	cors.CheckDecider(adapter+".NewMount", d)
	m := &Mount[C]{router: router, adapter: adapter}
	m.Table = mount.New(mount.Config{Package: adapter, Routes: router.Routes}, d, opts)
	m.passages.New = func() any { return new(passage[C]) }
	return m
}

// Serve is a whole middleware: it decides the request of c, and answers it or calls the next
// handler.
func (m *Mount[C]) Serve(c C) error {
	request := m.router.Request(c)
	if p, ok := request.UserValue(outer{}).(*passage[C]); ok {
		return p.again(m, c)
	}
	p := m.passages.Get().(*passage[C])
	p.guarded = request.UserValue(outer{}) != nil
	p.nested = p.guarded
	request.SetUserValue(outer{}, p)
	p.left = false
	defer p.end()
	var err error
	p.rerouted, p.ctx = false, nil
	if !p.begin(m, c) {
		err = m.router.Next(c)
	}
	p.left = true
	return err
}

// sayTwice logs, at most once a minute, that two Mounts of one application are installed.
func (m *Mount[C]) sayTwice() {
	now := time.Now().Unix()
	if last := m.logged.Load(); last+60 <= now && m.logged.CompareAndSwap(last, now) {
		slog.Error(m.adapter + ".NewMount: two Mounts of one router are installed, one inside the other, so the outer one alone decides preflights; attach all policies to one Mount")
	}
}

// passage is one request in a Mount.
type passage[C any] struct {
	mount   *Mount[C]
	c       C
	request *fasthttp.RequestCtx
	pass    mount.Pass
	nested  bool // inside another pass
	guarded bool // inside another pass that has a guard
	left    bool // the handlers returned without a panic

	// Copies of what the decision depends on, because handlers may change the request.
	origin, path, current []byte
	asked                 []byte          // path, as the router has it
	first                 []byte          // path of the first pass, if there are several
	rerouted              bool            // there are several passes
	ctx                   context.Context // nil until it is read
	meta                  []byte
	host, rawPath         int // where they end in meta
}

// begin starts a pass and decides, if it is known which route will serve c. It returns true
// if it has answered the request.
func (p *passage[C]) begin(m *Mount[C], c C) (answered bool) {
	request := m.router.Request(c)
	p.mount, p.c, p.request = m, c, request
	response := &request.Response.Header
	if removeCORS(response) { // set outside, or by an earlier pass
		p.nested = true
	}
	h := &request.Request.Header
	if !p.rerouted {
		p.origin = append(p.origin[:0], single(lines(h, "Origin"))...)
	}
	p.asked = append(p.asked[:0], m.router.Path(c)...)
	p.path = m.router.AppendPlain(p.path[:0], text(p.asked))
	r := cors.Request{Method: ownMethod(m.router.Method(c)), Origin: text(p.origin)}
	if r.Method == http.MethodOptions {
		r.RequestMethod = single(lines(h, "Access-Control-Request-Method"))
		r.RequestHeaders = join(lines(h, "Access-Control-Request-Headers"))
	}
	d, final := p.pass.Begin(m.Table, r, p)
	if !final {
		if m.NeedsMetadata() {
			p.read()
		}
		return false
	}
	if status := d.Status(); status != 0 {
		set(response, d, true)
		request.Response.SetStatusCode(status)
		request.Response.ResetBody()
		return true
	}
	if d.Kind() == cors.Preflight { // the Decision may share memory with the request
		*d = d.Clone()
	}
	return false
}

// again is a second pass over the same response, for example after fiber's RestartRouting.
// It replaces the decision of the first pass. The first pass sets the headers at its end.
func (p *passage[C]) again(m *Mount[C], c C) error {
	if m != p.mount && m.router.Root() == p.mount.router.Root() {
		m.sayTwice()
	}
	if !p.rerouted {
		p.first, p.rerouted = append(p.first[:0], p.path...), true
	}
	if p.begin(m, c) {
		return nil
	}
	return m.router.Next(c)
}

// end decides, if there is no final decision yet, and sets the headers. It also runs after a
// panic.
func (p *passage[C]) end() {
	response := p.response()
	d := p.pass.Commit(p.status())
	x := Exchange{decision: *d, guard: p.mount.Guard()}
	if x.guard == cors.HandlerWins && (d.Reason() == cors.MountUncertain || d.Reason() == cors.MountUnattached) {
		x.guard = cors.PolicyWins // no page may read the response, even if a handler sets headers
	}
	if last, ok := p.request.UserValue(inner{}).(*Exchange); ok {
		x.decision = last.decision
	}
	origin := x.own()
	if x.decision.Len() > 0 {
		enforce(&response.Header, &x.decision, origin, x.guard)
	}
	if p.nested {
		x.long = strings.Clone(origin)
		x.take(p.request)
	}
	switch {
	case response != &p.request.Response:
		return // a late handler may still use p
	case p.guarded:
		p.request.SetUserValue(outer{}, true)
	default:
		p.request.RemoveUserValue(outer{})
	}
	var none C
	p.c, p.request, p.ctx, p.pass = none, nil, nil, mount.Pass{}
	p.mount.passages.Put(p)
}

// response returns the response that is sent. See Exchange.End.
func (p *passage[C]) response() *fasthttp.Response {
	if late := p.request.LastTimeoutErrorResponse(); late != nil {
		return late
	}
	return &p.request.Response
}

// status returns the status of the response that is sent.
func (p *passage[C]) status() int {
	if !p.left {
		return http.StatusInternalServerError // outer middleware recovers and sends this
	}
	return p.response().StatusCode()
}

// Context implements mount.Exchange.
func (p *passage[C]) Context() context.Context {
	p.read()
	return p.ctx
}

// Metadata implements mount.Exchange.
func (p *passage[C]) Metadata() (host, path, fetchSite string) {
	p.read()
	return text(p.meta[:p.host]), text(p.meta[p.host:p.rawPath]), text(p.meta[p.rawPath:])
}

// read copies the request's metadata and keeps its context, once.
func (p *passage[C]) read() {
	if p.ctx != nil {
		return
	}
	host, path, fetchSite := Metadata(p.request)
	p.meta = append(p.meta[:0], host...)
	p.host = len(p.meta)
	p.meta = append(p.meta, path...)
	p.rawPath = len(p.meta)
	p.meta = append(p.meta, fetchSite...)
	p.ctx = p.mount.router.Context(p.c)
}

// Path implements mount.Exchange.
func (p *passage[C]) Path() string { return text(p.path) }

// Rerouted implements mount.Rerouter.
func (p *passage[C]) Rerouted() (path string, changed bool) {
	if p.response() != &p.request.Response { // a late handler may be changing the path
		return text(p.first), p.rerouted && string(p.first) != string(p.path)
	}
	p.current = p.mount.router.AppendPlain(p.current[:0], p.mount.router.Path(p.c))
	last, again := string(p.current) != string(p.path), p.rerouted && string(p.first) != string(p.path)
	switch {
	case last && again && string(p.first) != string(p.current):
		return "//", true // three paths are not certain
	case last:
		return text(p.current), true
	default:
		return text(p.first), again
	}
}

// Ask implements mount.Exchange.
func (p *passage[C]) Ask(method string) string { return p.mount.router.Ask(method, text(p.asked)) }

// Hit implements mount.Exchange. If middleware answers with an error status, the policy of
// the route that would have served the request decides, unless a handler has changed the
// path. The same holds for a 404, because a route that called the next handler may have
// written to the response.
func (p *passage[C]) Hit() (method, pattern string, known mount.Known) {
	method, pattern, known = p.mount.router.Hit(p.c)
	if known != mount.Below {
		return method, pattern, known
	}
	if status := p.status(); status >= 300 && status != http.StatusNotModified {
		if _, changed := p.Rerouted(); !changed && p.Ask(p.mount.router.Method(p.c)) != "" {
			return "", "", mount.Partly
		}
	}
	return method, pattern, known
}

// ownMethod returns a copy of the method that does not share memory with the request.
func ownMethod(method string) string {
	switch method {
	case http.MethodGet:
		return http.MethodGet
	case http.MethodHead:
		return http.MethodHead
	case http.MethodPost:
		return http.MethodPost
	case http.MethodPut:
		return http.MethodPut
	case http.MethodPatch:
		return http.MethodPatch
	case http.MethodDelete:
		return http.MethodDelete
	case http.MethodOptions:
		return http.MethodOptions
	default:
		return strings.Clone(method)
	}
}
