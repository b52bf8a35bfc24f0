package adapt

import (
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Guard makes the headers of one response those of a Decision: when the head is
// committed, and again whenever a handler may have changed them since. A writer outside,
// such as gzip's, may send the head later than the handler has committed it.
type Guard struct {
	decision *cors.Decision // nil while exchange is to decide
	values   [4]string      // of the headers; a response to an actual request has no more
	exchange *Exchange      // decides when the head is committed; nil once it has
	mode     cors.GuardMode
	unmarked bool // mark is to be called when somebody looks at the header
	mount    *Mount
	place    *place
}

// Placed is a framework's context, by which a handler can have another route chosen. Path
// returns the pattern of the one that is chosen. Where the framework tells the method of the
// route as well, a method Method() string returns it.
type Placed interface{ Path() string }

// place is what a Placed has said when the pass began.
type place struct {
	context         Placed
	tells           interface{ Method() string } // the same, or nil
	method, pattern string
}

func newPlace(c Placed) place {
	p := place{context: c, pattern: c.Path()}
	if tells, ok := c.(interface{ Method() string }); ok {
		p.tells, p.method = tells, tells.Method()
	}
	return p
}

func (p *place) changed() bool {
	return p != nil && (p.context.Path() != p.pattern || p.tells != nil && p.tells.Method() != p.method)
}

// Guarded is implemented by a writer whose response has a Guard.
type Guarded interface {
	CORSGuard() *Guard
	Unwrap() http.ResponseWriter
}

// Guard makes g the guard of a response with header h, by d, which Begin has made and which
// must stay as it is until the response is over.
func (l *Layer) Guard(g *Guard, h http.Header, d *cors.Decision) {
	g.decision, g.mode, g.mount = d, l.guard, l.mount
	g.mark(h)
}

// mark sets the last header, by which a second pass over the response notices that there may
// have been a first. The other headers can wait.
func (g *Guard) mark(h http.Header) {
	g.unmarked = false
	last, name := 0, ""
	if d := g.decision; d != nil && d.Len() > 0 {
		last = d.Len() - 1
		name, _ = d.At(last)
	}
	switch {
	case name == "Vary" && len(h["Vary"]) > 0:
		_, value := g.decision.At(last)
		addVary(h, value)
	case name == "Vary", name != "" && g.mode == cors.PolicyWins:
		g.set(h, last)
	case h["Vary"] == nil:
		h["Vary"] = []string{} // which no server sends
	}
}

// take makes g decide as a later pass over the response does. Where no page may read
// through a Mount, none reads through another inside it either.
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

// passThrough returns the pass of this response through m, one of whose routes is about to
// serve, or nil. If another Mount inside has taken over from it, and its router routes once
// more since, the pass takes over again.
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

// Commit makes h right. Call it just before each call that may send the head: WriteHeader
// with its status, and any write or flush with http.StatusOK. It does nothing for an
// informational response, which other headers follow.
func (g *Guard) Commit(h http.Header, status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	g.Finish(h, status)
}

// Finish makes h right when the handler is done. If nothing has committed the head, the
// server, or middleware outside, is going to, with the status: that is 200 for most
// servers, and 500 after a panic.
func (g *Guard) Finish(h http.Header, status int) {
	g.unmarked = false
	if g.exchange != nil {
		g.decideLate(h, status)
	}
	if g.place.changed() && !g.withholds() { // a handler has routed again, past the Mount
		g.close()
	}
	n := g.decision.Len()
	if n == 0 { // no policy
		if lines, ok := h["Vary"]; ok && len(lines) == 0 {
			delete(h, "Vary")
		}
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
	handlers := g.mode == cors.HandlerWins && originLines(h) == 1 && !g.withholds()
	right := 0
	for name, lines := range h {
		switch {
		case isCORS(name):
			if handlers {
				continue
			}
			if g.has(name, lines) {
				right++
			} else {
				delete(h, name)
			}
		case name == "Trailer":
			keepFromTrailer(h, lines)
		case isTrailer(name):
			delete(h, name)
		}
	}
	lines, marked := h["Vary"]
	switch name, value := g.decision.At(n - 1); {
	case name != "Vary":
		if marked && len(lines) == 0 {
			delete(h, "Vary")
		}
	case len(lines) == 0:
		n--
		g.set(h, n)
	default:
		if n--; !covers(lines, value) {
			addVary(h, value)
		}
	}
	if right == n || handlers {
		return
	}
	for i := range n {
		if name, _ := g.decision.At(i); right == 0 || h[name] == nil {
			g.set(h, i)
		}
	}
}

// passed is a name in a header without a value, so no server sends it. By it a pass inside
// another, which a writer between hides, says that it has decided.
const passed = "Crossgate-Passed"

// lost is another such name. By it a route says that it does not know the pass that it is
// part of, as its request has another context, and a writer hides the one of the pass.
const lost = "Crossgate-Lost"

// decideLate decides now that it is known which route has served.
func (g *Guard) decideLate(h http.Header, status int) {
	x := g.exchange
	g.exchange = nil
	g.decision = x.pass.Commit(status)
	if len(h) == 0 && x.Mark == 0 {
		return
	}
	if _, found := h[lost]; found {
		delete(h, lost)
		g.close()
		x.mount.sayLost(x)
	}
	if x.Again {
		if _, decided := h[passed]; decided {
			g.decision = new(cors.Decision)
			if x.Mark == 0 {
				delete(h, passed)
			}
			return
		}
	}
	if x.Mark > 0 {
		h[passed] = nil
	}
}

// alone reports whether h holds nothing but what the guard has set, and completes it. So
// what handlers mostly do costs no walk through h.
func (g *Guard) alone(h http.Header, n int) bool {
	right := 0
	for i := n - 1; i >= 0 && right == n-1-i; i-- { // the one that mark has set comes first
		name, value := g.decision.At(i)
		if lines := h[name]; len(lines) == 1 && lines[0] == value {
			right++
		}
	}
	if right == 0 && len(h) == 1 {
		lines, marked := h["Vary"]
		if !marked || len(lines) > 0 {
			return false
		}
		if name, _ := g.decision.At(n - 1); name != "Vary" {
			delete(h, "Vary")
		}
	} else if right != len(h) {
		return false
	}
	for i := range n - right {
		g.set(h, i)
	}
	return true
}

// set sets header i of the decision. No other request shares its value.
func (g *Guard) set(h http.Header, i int) {
	name, value := g.decision.At(i)
	values := g.values[:]
	if i >= len(values) || values[i] != "" { // which an earlier pass's Vary may still be
		values, i = make([]string, 1), 0
	}
	values[i] = value
	h[name] = values[i : i+1 : i+1] // as in setHeaders
}

// has reports whether the decision's header with the name is what lines say.
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

// close lets no page read.
func (g *Guard) close() {
	d := cors.Withheld(cors.Request{}, cors.MountUncertain, 0)
	g.decision = &d
}

// withholds reports whether no page may read, whatever a handler writes.
func (g *Guard) withholds() bool {
	reason := g.decision.Reason()
	return reason == cors.MountUnattached || reason == cors.MountUncertain
}

// serve calls next with wrapped, a writer around w, and makes the headers right when it is
// done or has panicked.
func (g *Guard) serve(next http.Handler, wrapped, w http.ResponseWriter, r *http.Request) {
	status := http.StatusInternalServerError
	defer func() { g.Finish(w.Header(), status) }()
	next.ServeHTTP(wrapped, r)
	status = http.StatusOK
}

// GuardOf returns the guard of an earlier pass over the response of w, or nil.
func GuardOf(w http.ResponseWriter) *Guard {
	for range 64 { // an Unwrap may return itself
		if g, ok := w.(Guarded); ok {
			return g.CORSGuard()
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = u.Unwrap()
	}
	return nil
}
