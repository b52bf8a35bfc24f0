package adapt

import (
	"net/http"
	"strings"
	"sync/atomic"

	cors "github.com/crossgate/cors/core"
)

// Guard gives one response the headers of a Decision. It corrects them when the handler
// commits the head, and again whenever the handler may have changed them since: a writer
// outside, such as one that compresses, may send the head later.
type Guard struct {
	decision *cors.Decision // nil until exchange decides
	values   [4]string      // of the headers; a response to an actual request has at most 4
	exchange *Exchange      // decides when the head is committed; nil once it has
	mode     cors.GuardMode
	mount    *Mount
	place    *place
}

// Placed is the context of a framework whose handlers can route a request again. Path
// returns the pattern of the route that is chosen now. If the framework also knows the
// method of that route, the type has a method Method() string too.
type Placed interface{ Path() string }

// place is the route of a Placed when the pass began.
type place struct {
	context         Placed
	tells           interface{ Method() string } // the same value if it has Method, or nil
	method, pattern string
}

func newPlace(c Placed) place {
	p := place{context: c, pattern: c.Path()}
	if tells, ok := any(c).(interface{ Method() string }); ok { // any: see GuardOf
		p.tells, p.method = tells, tells.Method()
	}
	return p
}

func (p *place) changed() bool {
	return p.context.Path() != p.pattern || p.tells != nil && p.tells.Method() != p.method
}

// Guarded is the interface of a response writer with a Guard.
type Guarded interface {
	CORSGuard() *Guard
	Unwrap() http.ResponseWriter
}

// Guard prepares g to guard a response with the header h. d is the Decision of Begin; do not
// change it until the response is over.
func (l *Layer) Guard(g *Guard, h http.Header, d *cors.Decision) {
	g.decision, g.mode, g.mount = d, l.guard, l.mount
	if len(h) == 0 || len(h["Vary"]) == 0 || d.Len() == 0 {
		return
	}
	if name, value := d.At(d.Len() - 1); name == "Vary" {
		addVary(h, value) // as without a guard, to what was set outside
	}
}

// take gives g the decision of a later pass over the same response. One decision stays: if
// an outer Mount has an attachment without a route, no page may read the response, whatever
// an inner Mount decides.
func (g *Guard) take(later *Guard) {
	if m := later.mount; m != nil && g.mount != nil && m != g.mount && m.root != nil && m.root == g.mount.root {
		m.sayTwice()
	}
	if g.decision != nil && g.decision.Reason() == cors.MountUnattached {
		return
	}
	if x := later.exchange; x != nil && g.exchange != nil && g.exchange.mount != x.mount {
		x.outer = g.exchange
	}
	g.decision, g.exchange, g.mode, g.mount, g.place = later.decision, later.exchange, later.mode, later.mount, later.place
}

// passThrough returns the pass of this response through m, or nil. A route of m is about to
// serve. If an inner Mount has taken the guard over, and its route now calls m's router
// again, the pass of m takes the guard back.
func (g *Guard) passThrough(m *Mount) *Exchange {
	var inner *Exchange
	for x := g.exchange; x != nil; inner, x = x, x.outer {
		if x.mount != m {
			continue
		}
		if inner != nil && x.Reported() != nil {
			inner.outer, x.outer = x.outer, g.exchange
			g.exchange, g.mode, g.mount = x, m.Guard(), m
		}
		return x
	}
	return nil
}

// Commit corrects the header h. Call it just before each call that may send the head: before
// WriteHeader with its status, and before any write or flush with http.StatusOK. It does
// nothing for an informational response (1xx), because the final head follows.
func (g *Guard) Commit(h http.Header, status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	g.Finish(h, status)
	g.exchange = nil
}

// Finish corrects the header h when the handler is done. If the handler has not committed
// the head, the server or outer middleware will do so with the given status: pass 200, or
// 500 after a panic.
func (g *Guard) Finish(h http.Header, status int) {
	if g.exchange != nil {
		g.decideLate(h, status)
	}
	if g.place != nil && g.place.changed() && !g.withholds() { // a handler has routed again without the Mount
		g.close()
	}
	n := g.decision.Len()
	if n == 0 { // no policy
		return
	}
	if len(h) == 0 {
		for i := range n {
			g.set(h, i)
		}
		return
	}
	if g.alone(h, n) {
		return
	}
	found := g.inspect(h)
	handlers := g.mode == cors.HandlerWins && found.origins == 1 && !g.withholds()
	if found.trailers || found.wrong && !handlers {
		g.remove(h, handlers)
	}
	if name, value := g.decision.At(n - 1); name == "Vary" {
		n--
		if len(found.vary) == 0 {
			g.set(h, n)
		} else if !covers(found.vary, value) {
			addVary(h, value)
		}
	}
	if found.right == n || handlers {
		return
	}
	for i := range n {
		if name, _ := g.decision.At(i); found.right == 0 || h[name] == nil {
			g.set(h, i)
		}
	}
}

// findings is what one walk through a header has found in it.
type findings struct {
	right    int      // how many CORS headers are the decision's
	wrong    bool     // there are other CORS headers
	origins  int      // how many lines Access-Control-Allow-Origin has
	vary     []string // the lines of Vary
	trailers bool     // there is a trailer, or a header that announces one
}

func (g *Guard) inspect(h http.Header) (found findings) {
	for name, lines := range h {
		switch {
		case name == "Vary":
			found.vary = lines
		case g.has(name, lines):
			found.right++
			if name == allowOrigin {
				found.origins++
			}
		case isCORS(name):
			found.wrong = true
			if strings.EqualFold(name, allowOrigin) {
				found.origins += len(lines)
			}
		case name == "Trailer", isTrailer(name):
			found.trailers = true
		}
	}
	return found
}

// remove removes the CORS headers that are not the decision's, unless the handler's are kept.
// It removes the trailers that belong into the head.
func (g *Guard) remove(h http.Header, handlers bool) {
	for name, lines := range h {
		switch {
		case isCORS(name):
			if !handlers && !g.has(name, lines) {
				delete(h, name)
			}
		case name == "Trailer":
			keepFromTrailer(h, lines)
		case isTrailer(name):
			delete(h, name)
		}
	}
}

// alone is a fast path for handlers that set no headers. It reports whether h has only the
// headers that the guard has set.
func (g *Guard) alone(h http.Header, n int) bool {
	if len(h) != n {
		return false
	}
	for i := range n {
		name, value := g.decision.At(i)
		if lines := h[name]; len(lines) != 1 || lines[0] != value {
			return false
		}
	}
	return true
}

// set sets header i of the decision. Its value slice is not shared with other requests.
func (g *Guard) set(h http.Header, i int) {
	name, value := g.decision.At(i)
	values := g.values[:]
	if i >= len(values) || values[i] != "" { // an earlier pass may have used it for Vary
		values, i = make([]string, 1), 0
	}
	values[i] = value
	h[name] = values[i : i+1 : i+1] // as in setHeaders
}

// has reports whether lines is the decision's value of the named header.
func (g *Guard) has(name string, lines []string) bool {
	if len(lines) != 1 {
		return false
	}
	for i := range g.decision.Len() {
		if n, value := g.decision.At(i); n == name {
			return value == lines[0]
		}
	}
	return false
}

// close makes the decision that no page may read the response.
func (g *Guard) close() {
	d := cors.Withheld(cors.Request{}, cors.MountUncertain, 0)
	g.decision = &d
}

// withholds reports whether no page may read the response, even if the handler writes CORS
// headers.
func (g *Guard) withholds() bool {
	reason := g.decision.Reason()
	return reason == cors.MountUnattached || reason == cors.MountUncertain
}

// serve calls next with wrapped, a writer around w, and corrects the headers when next
// returns or panics.
func (g *Guard) serve(next http.Handler, wrapped, w http.ResponseWriter, r *http.Request) {
	status := http.StatusInternalServerError
	defer func() { g.Finish(w.Header(), status) }()
	next.ServeHTTP(wrapped, r)
	status = http.StatusOK
}

// guards reports whether the process has made a Layer or a Mount that guards. In all other
// processes GuardOf need not look for a guard.
var guards atomic.Bool

// GuardOf returns the guard of an earlier pass over the response of w, or nil.
func GuardOf(w http.ResponseWriter) *Guard {
	if !guards.Load() {
		return nil
	}
	for range 64 { // a bound, because an Unwrap may return its own writer
		// The runtime caches which case a type is, under the type's hash. It reads the hash of
		// an http.ResponseWriter from a table in which it is missing if w was converted from
		// another interface, such as gin's, so it would not find the cached case. It reads
		// the hash of an any from the type itself.
		switch of := any(w).(type) {
		case Guarded:
			return of.CORSGuard()
		case interface{ Unwrap() http.ResponseWriter }:
			w = of.Unwrap()
		default:
			return nil
		}
	}
	return nil
}
