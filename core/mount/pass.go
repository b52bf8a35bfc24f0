package mount

import (
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Exchange is one request and what the framework's router says of it. A pointer to what
// the adapter keeps for a request anyway can implement it, so that it allocates nothing.
//
// Context and Metadata (of cors.MetadataSource) tell of the request as it came in, also if
// a handler has changed it since.
type Exchange interface {
	cors.MetadataSource

	// Path returns the path that the router is to route by, as it was when the Pass began,
	// percent-encoded as sent if the framework still has it so.
	Path() string

	// Ask returns the pattern of the route that the request would hit by method, with the
	// path as it was when the Pass began; "" if no route would serve it. A method that
	// nobody registers may be asked about.
	Ask(method string) (pattern string)

	// Hit reports which route has served the request. It is called when the head is
	// committed, and where Config.RoutedFirst is set, when the Pass begins. method is the
	// one that the router has chosen the route by.
	Hit() (method, pattern string, known Known)
}

// Rerouter is implemented by an Exchange whose handlers can change the path by which the
// router goes on. Where no route serves, the groups of both paths have to be the same.
type Rerouter interface {
	// Rerouted returns another path that the router has routed the request by, if there is one.
	Rerouted() (path string, changed bool)
}

// Memorizer is implemented by an Exchange whose adapter keeps something for each route.
type Memorizer interface {
	// Memo returns the Memo of the route that Hit has reported, or nil.
	Memo() *Memo
}

// Known says how much a router tells of the route that has served a request.
type Known uint8

// What a router may tell.
const (
	// Unclear: several routes may have served it. No page reads.
	Unclear Known = iota

	// Served: the route with the pattern has.
	Served

	// Nothing: no route has.
	Nothing

	// Partly: the routing has not come to its end, as middleware has answered, or the
	// router cannot tell. The route that Exchange.Ask tells decides. If it tells none, it
	// is as with Nothing.
	Partly

	// Below: a handler has that is not a route, and is there for all paths below the
	// pattern, as what fiber's Use registers. What is attached to the pattern as to a route
	// decides, else the group that holds the path or the pattern.
	Below
)

// Pass is the way of one request through a Mount. The zero Pass is ready for Begin.
type Pass struct {
	table    *Table
	state    *state // what is attached when the request begins
	exchange Exchange

	// Of the request. What else a preflight has is not needed after Begin.
	method, origin string

	decision cors.Decision
	by       *Scope // of the decision, if one has been made
	final    bool
	unserved bool // a preflight for what no route serves
}

// Begin begins the way of r, in which Host, Path and FetchSite need not be set. If final is
// true, the Decision is made: set its headers, and answer with its Status unless that is
// 0. If not, it is for Commit to decide, and d has no headers yet.
//
// Begin may be called again on the same Pass, also with another Table: what counts is the
// last call. d is valid until the next one.
func (p *Pass) Begin(t *Table, r cors.Request, x Exchange) (d *cors.Decision, final bool) {
	p.table, p.state, p.exchange, p.method, p.origin = t, t.current.Load(), x, r.Method, r.Origin
	p.decision, p.by, p.final, p.unserved = cors.Decision{}, nil, false, false
	switch {
	case !t.attached(p.state):
		p.decideAbout(t.unattached, &r)
		p.final = true
	case r.Method == "OPTIONS" && r.Kind() == cors.Preflight:
		p.beginPreflight(&r)
	case t.config.RoutedFirst:
		p.beginRouted()
	case p.state.enforcers.active():
		p.refuse(p.expected())
	}
	return &p.decision, p.final
}

// beginPreflight decides by the route that the requested method would hit.
func (p *Pass) beginPreflight(r *cors.Request) {
	method, pattern := p.ask(trimOWS(r.RequestMethod))
	if pattern == "" {
		// The answer is the framework's, and says nothing of methods. It is decided on as one
		// to an actual request, so that the browser's console shows its status.
		p.unserved = true
		return
	}
	scope := p.state.of(method, pattern)
	p.decideAbout(scope, r)
	if p.table.settings.RouteMethods {
		p.decision.KeepMethods(func(method string) bool {
			method, pattern := p.ask(method)
			return pattern != "" && p.state.of(method, pattern) == scope
		})
	}
	p.final = true
}

// beginRouted decides by the route that has been chosen.
func (p *Pass) beginRouted() {
	switch method, pattern, known := p.hit(); known {
	case Served:
		p.decide(p.served(method, pattern))
		p.final = true
	case Unclear:
		p.decide(p.table.ambiguous)
		p.final = true
	default:
		if p.state.enforcers.active() {
			p.refuse(p.holding())
		}
	}
}

// refuse asks the Scope's policy beforehand. If it does not refuse the request, the
// decision is used if that Scope decides in the end.
func (p *Pass) refuse(s *Scope) {
	p.decide(s)
	p.final = p.decision.Status() != 0
}

// expected returns the Scope of the route that the router says would serve the request, or
// of the group that holds its path.
func (p *Pass) expected() *Scope {
	if method, pattern := p.ask(p.method); pattern != "" {
		return p.state.of(method, pattern)
	}
	return p.holding()
}

// holding returns the Scope of the group that holds the path, as cors.Routes reads paths.
func (p *Pass) holding() *Scope {
	host := ""
	if p.state.paths.hosts() {
		host, _, _ = p.exchange.Metadata()
	}
	s := p.state.paths.scope(host, p.exchange.Path())
	if x, ok := p.exchange.(Rerouter); ok {
		if path, changed := x.Rerouted(); changed {
			if s != p.state.paths.scope(host, path) {
				return p.table.uncertain
			}
		}
	}
	if s == p.table.ambiguous && p.unserved {
		return p.table.uncertain // a preflight is never refused for what an actual request might be
	}
	return s
}

// Commit returns the Decision for a response whose head is about to be sent with the
// status. Where a handler is done and has committed nothing, that is what the server is
// going to send: 200, and 500 after a panic. Called again, it returns the same.
func (p *Pass) Commit(status int) *cors.Decision {
	if p.final {
		return &p.decision
	}
	p.final = true
	if s := p.serving(status); s != p.by {
		p.decide(s)
	}
	if p.decision.Status() != 0 && !p.unserved {
		p.decide(p.table.uncertain) // it would have been refused, had it been known
	}
	return &p.decision
}

// serving returns the Scope of what has served the request.
func (p *Pass) serving(status int) *Scope {
	switch method, pattern, known := p.hit(); known {
	case Served:
		return p.served(method, pattern)
	case Partly:
		if method, pattern := p.ask(p.method); pattern != "" {
			return p.state.of(method, pattern)
		}
		return p.unservedScope(status)
	case Nothing:
		return p.unservedScope(status)
	case Below:
		return p.below(method, pattern)
	default:
		return p.table.uncertain
	}
}

// served returns the Scope of the route that Hit has reported.
func (p *Pass) served(method, pattern string) *Scope {
	if x, ok := p.exchange.(Memorizer); ok {
		return p.state.remembered(x.Memo(), method, pattern)
	}
	return p.state.of(method, pattern)
}

// unservedScope returns the Scope for what no route serves. Pages may read a 404 or a 405,
// but a success is something that nobody knows, and so is a 304, which says that what was
// read before is still right. To a preflight the status makes no difference: no page reads
// its response.
func (p *Pass) unservedScope(status int) *Scope {
	if !p.unserved && (status < 300 || status == 304) {
		return p.table.uncertain
	}
	return p.holding()
}

// below returns the Scope of a handler for all that is below a prefix: what is attached to
// it as to a route, or the innermost of the groups that hold the path and the prefix.
func (p *Pass) below(method, prefix string) *Scope {
	byPath, byPrefix := p.holding(), p.state.of(method, prefix)
	switch {
	case byPath == p.table.ambiguous, byPath == p.table.uncertain:
		return byPath
	case byPrefix.route, byPath == p.state.app:
		return byPrefix
	case byPrefix == p.state.app, within(byPath.prefix, byPrefix.prefix):
		return byPath
	default:
		return p.table.uncertain
	}
}

// within reports whether pattern is prefix or lies below it, as state.group sees it.
func within(pattern, prefix string) bool {
	return len(pattern) >= len(prefix) && pattern[:len(prefix)] == prefix &&
		(len(pattern) == len(prefix) || pattern[len(prefix)] == '/' || pattern[len(prefix)] == '*')
}

// decide decides by the Scope's Decider, about an actual request.
func (p *Pass) decide(s *Scope) {
	p.decideAbout(s, &cors.Request{Method: p.method, Origin: p.origin})
}

// decideAbout decides about r, which DecideTo changes.
func (p *Pass) decideAbout(s *Scope, r *cors.Request) {
	p.by = s
	cors.DecideTo(&p.decision, s.decider, r, p.exchange)
}

// ask asks the router which route the path hits by method. A HEAD without a route is asked
// about as a GET, whose route serves it (RFC 9110, section 9.3.2).
func (p *Pass) ask(method string) (by, pattern string) {
	defer p.table.check.panics.Panic("a router panicked when it was asked for a route")
	if pattern = p.exchange.Ask(method); pattern == "" && method == "HEAD" {
		method = "GET"
		pattern = p.exchange.Ask(method)
	}
	return method, pattern
}

// hit asks the router which route has served the request.
func (p *Pass) hit() (method, pattern string, known Known) {
	defer p.table.check.panics.Panic("a router panicked when it was asked which route has served")
	return p.exchange.Hit()
}

// trimOWS cuts optional white space (RFC 9110, section 5.6.3), which some servers keep.
func trimOWS(s string) string { return strings.Trim(s, " \t") }
