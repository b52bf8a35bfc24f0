package mount

import (
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Exchange is a request together with what the framework's router knows about it. Let a
// pointer to the adapter's own data of a request implement it: then it allocates nothing.
//
// The methods Context and Metadata of cors.MetadataSource must describe the request as it
// arrived, even if a handler has changed it since.
type Exchange interface {
	cors.MetadataSource

	// Path returns the path that the router uses, as it was when the Pass began:
	// percent-encoded as sent, if the framework still has that form.
	Path() string

	// Ask returns the pattern of the route that would serve the request if it had the given
	// method, for the path as it was when the Pass began. It returns "" if there is no such
	// route. The method may be one for which no route is registered.
	Ask(method string) (pattern string)

	// Hit reports which route has served the request. The Pass calls it when the head is
	// committed; if Config.RoutedFirst is set, also when the Pass begins. method is the
	// method by which the router chose the route.
	Hit() (method, pattern string, known Known)
}

// Rerouter is an optional interface of an Exchange, for frameworks whose handlers can
// change the path during routing. If no route serves the request, a page may read the
// response only if the old and the new path belong to the same group.
type Rerouter interface {
	// Rerouted returns the changed path and true if the router has routed the request by
	// another path than Exchange.Path.
	Rerouted() (path string, changed bool)
}

// Memorizer is an optional interface of an Exchange whose adapter keeps a Memo for each
// route.
type Memorizer interface {
	// Memo returns the Memo of the route that Hit has reported, or nil.
	Memo() *Memo
}

// Known says how much a router knows about the route that has served a request.
type Known uint8

// The values of Known.
const (
	// Unclear: several routes may have served the request. No page may read the response.
	Unclear Known = iota

	// Served: the route with the pattern has served the request.
	Served

	// Nothing: no route has served the request.
	Nothing

	// Partly: routing did not finish, because middleware answered, or the router cannot
	// tell. The route that Exchange.Ask returns decides. If it returns none, Partly means
	// the same as Nothing.
	Partly

	// Below: a handler that is not a route has served the request. It serves all paths
	// below the pattern, such as a handler registered by fiber's Use. The policy that is
	// attached to the pattern by Table.Route decides, or else that of the group of the path
	// or the pattern.
	Below
)

// Pass handles one request in a Mount. The zero Pass is ready for Begin.
type Pass struct {
	table    *Table
	state    *state // what is attached when the request begins
	exchange Exchange

	method, origin string // of the request

	decision cors.Decision
	by       *Scope // that made the decision, or nil
	final    bool
	unserved bool // the request is a preflight for a path and method without a route
	failed   bool // the decision is about an error without a route, so it is not for a success
}

// Begin starts the handling of r. The fields Host, Path and FetchSite of r need not be set.
// If final is true, the Decision is made: set its headers, and if its Status is not 0,
// answer with that. If final is false, call Commit later; do not use d.
//
// You may call Begin again on the same Pass, also with another Table: the last call counts.
// d is valid until the next call.
func (p *Pass) Begin(t *Table, r cors.Request, x Exchange) (d *cors.Decision, final bool) {
	p.table, p.state, p.exchange, p.method, p.origin = t, t.current(), x, r.Method, r.Origin
	p.decision, p.by, p.final, p.unserved, p.failed = cors.Decision{}, nil, false, false, false
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

// beginPreflight decides by the route for the method that the preflight asks for.
func (p *Pass) beginPreflight(r *cors.Request) {
	method, pattern := p.ask(trimOWS(r.RequestMethod))
	if pattern == "" {
		// The framework answers, for example with 404. Treat the answer like that to an
		// actual request, so that the browser's console shows its status.
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

// beginRouted decides by the route that the framework has chosen already.
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

// refuse decides by the Scope's policy before the handler runs. The decision is final if it
// refuses the request. Otherwise Commit reuses it if the same Scope decides then.
func (p *Pass) refuse(s *Scope) {
	p.decide(s)
	p.final = p.decision.Status() != 0
}

// expected returns the Scope of the route that would serve the request, or that of the
// group of its path.
func (p *Pass) expected() *Scope {
	if method, pattern := p.ask(p.method); pattern != "" {
		return p.state.of(method, pattern)
	}
	return p.holding()
}

// holding returns the Scope of the group of the path. It reads paths as cors.Routes does.
func (p *Pass) holding() *Scope {
	host := ""
	if p.state.paths.hosts {
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
		return p.table.uncertain // like ambiguous, but it never refuses the framework's answer
	}
	return s
}

// Commit returns the Decision for a response whose head is about to be sent with the given
// status. If the handler has returned without sending a head, pass the status that the
// server will send: 200, or 500 after a panic. Further calls return the same Decision, with
// one exception: if a page may read it because it is an error that no route has served, and
// a success is sent in its place, no page may read that.
func (p *Pass) Commit(status int) *cors.Decision {
	if p.final {
		if p.failed && !isError(status) && p.by != p.table.uncertain {
			p.decide(p.table.uncertain)
		}
		return &p.decision
	}
	p.final = true
	if s := p.serving(status); s != p.by {
		p.decide(s)
	}
	if p.decision.Status() != 0 && !p.unserved {
		p.decide(p.table.uncertain) // the policy refuses the request, but the handler has run
	}
	return &p.decision
}

// serving returns the Scope of the route or handler that has served the request.
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

// unservedScope returns the Scope for a request without a route. Pages may read a 404 or a
// 405. If the response is a success, something unknown has served it, so no page may read
// it; nor a 304, which confirms an earlier success. The status of a preflight does not
// matter, because pages never read its response.
func (p *Pass) unservedScope(status int) *Scope {
	if !p.unserved {
		if !isError(status) {
			return p.table.uncertain
		}
		p.failed = true
	}
	return p.holding()
}

// isError reports whether a response with the status confirms nothing: it is neither a success
// nor a 304. It may be a redirect.
func isError(status int) bool { return status >= 300 && status != 304 }

// below returns the Scope for a handler that serves all paths below a prefix: the one that
// is attached to the prefix as to a route, or else the inner one of the group of the path
// and the group of the prefix.
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

// within reports whether pattern is prefix or lies below it, by the rule of state.group.
func within(pattern, prefix string) bool {
	return len(pattern) >= len(prefix) && pattern[:len(prefix)] == prefix &&
		(len(pattern) == len(prefix) || pattern[len(prefix)] == '/' || pattern[len(prefix)] == '*')
}

// decide decides the actual request by the Scope's Decider.
func (p *Pass) decide(s *Scope) {
	p.decideAbout(s, &cors.Request{Method: p.method, Origin: p.origin})
}

// decideAbout decides r by the Scope's Decider. It changes r (see cors.DecideTo).
func (p *Pass) decideAbout(s *Scope, r *cors.Request) {
	p.by = s
	cors.DecideTo(&p.decision, s.decider, r, p.exchange)
}

// ask asks the router for the route of the path and a method. For a HEAD without a route it
// asks for GET, whose route serves it (RFC 9110, section 9.3.2).
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
	defer p.table.check.panics.Panic("a router panicked when it was asked which route served the request")
	return p.exchange.Hit()
}

// trimOWS removes optional white space (RFC 9110, section 5.6.3), which some servers keep.
func trimOWS(s string) string { return strings.Trim(s, " \t") }
