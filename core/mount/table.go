package mount

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/ascii"
)

// Config says what a Table needs of its adapter. Each field must be set unless it says
// otherwise.
type Config struct {
	// Package is the adapter's name in messages: "corsgin".
	Package string

	// Routes returns all routes that are registered at the time. known is false if the
	// framework cannot tell; then nothing is checked. It is called from one goroutine at a
	// time, and while requests are served.
	Routes func() (routes []Route, known bool)

	// RoutedFirst says that the framework chooses the route before it calls the adapter's
	// middleware, so that Exchange.Hit is right from the beginning. It may be left false.
	RoutedFirst bool
}

// Table says which Decider decides for which of a framework's routes. It is safe for
// concurrent use. What is attached while serving holds for requests that begin afterwards.
type Table struct {
	config   Config
	settings cors.Settings

	app        *Scope
	unattached *Scope // decides while an attachment matches nothing
	ambiguous  *Scope // decides for a path that routers read in more than one way
	uncertain  *Scope // decides where it is not known which route serves

	attach  sync.Mutex
	current atomic.Pointer[state]
	check   check
}

// New returns a Table whose Decider for the application is app. It decides wherever
// nothing else is attached; nil means that CORS is off there. New panics if app is a nil
// pointer to a Live or Routes, and if an option is given twice.
func New(config Config, app cors.Decider, opts []cors.Option) *Table {
	t := &Table{config: config, settings: cors.MountSettings(config.Package+".NewMount", opts)}
	if t.settings.Guard == 0 {
		t.settings.Guard = cors.PolicyWins // else an upstream's "*" would say more than the policy of the route
	}
	t.app = t.scope("NewMount", "", app)
	t.unattached = t.scope("NewMount", "", &closed{table: t, reason: cors.MountUnattached, refuses: true})
	t.ambiguous = t.scope("NewMount", "", &closed{table: t, reason: cors.MountUncertain, refuses: true})
	t.uncertain = t.scope("NewMount", "", &closed{table: t, reason: cors.MountUncertain})
	t.current.Store(newState(t, nil))
	return t
}

// Guard returns the mode in which the responses are guarded: PolicyWins, unless the
// options say HandlerWins.
func (t *Table) Guard() cors.GuardMode { return t.settings.Guard }

// NeedsMetadata reports whether a policy that is attached needs a request's metadata or
// context now. An adapter whose handlers can change these keeps a copy then.
func (t *Table) NeedsMetadata() bool { return t.current.Load().enforcers.active() }

// Group attaches d to all routes whose pattern is prefix or lies below it: "/api" holds
// the patterns /api, /api/items and /api*, and not /apix. The innermost group decides, by
// d as a whole; nothing of outer ones is merged in. A nil d switches CORS off there. Where
// patterns have a host, so has the prefix: "api.example/v1".
//
// A *cors.ConfigError says that prefix is not one, or that something is attached there
// already. Then nothing is attached, and Check says so too, unless what the error tells to
// write has been attached by then. Group panics if d is a nil pointer to a Live or Routes.
func (t *Table) Group(prefix string, d cors.Decider) error {
	key := strings.TrimRight(prefix, "/")
	fail := func(hint string, repair ...string) error {
		return t.refuse(attachment{field: "Group"}, d, &cors.ConfigError{Field: "Group", Value: prefix, Code: "mount-place", Hint: hint, Repair: repair})
	}
	last := key[strings.LastIndexByte(key, '/')+1:]
	switch {
	case key == "":
		return fail("the whole application has the policy that NewMount takes; write the prefix of a group")
	case strings.ContainsAny(prefix, " \t"):
		alone := prefix[strings.LastIndexAny(strings.TrimRight(prefix, " \t"), " \t")+1:]
		return fail(fmt.Sprintf("a group holds all methods; write the prefix alone: %q", strings.TrimRight(alone, " \t")))
	case !strings.Contains(prefix, "/") && strings.Contains(prefix, "."):
		return fail(fmt.Sprintf("a prefix begins with a slash, or with a host and a slash; write %q for a path, or %q for a host", "/"+prefix, prefix+"/"))
	case !strings.Contains(prefix, "/"):
		return fail(fmt.Sprintf("a prefix begins with a slash, or with a host and a slash; write %q", "/"+prefix), "/"+prefix)
	case holdsAll(last):
		shorter := strings.TrimRight(strings.TrimSuffix(key, last), "/")
		if i := strings.IndexByte(last, '*'); i > 0 {
			shorter = strings.TrimSuffix(key, last[i:])
		}
		if shorter == "" {
			return fail("this holds the whole application, which has the policy that NewMount takes; write the prefix of a group")
		}
		return fail(fmt.Sprintf("a group holds all below its prefix, without a wildcard; write %q", shorter), shorter)
	}
	return t.add(attachment{field: "Group", value: prefix, pattern: key}, d)
}

// Route attaches d to the route that is registered with pattern for method, or for all
// methods if method is "". It decides before any group does. A HEAD route without an
// attachment of its own has that of GET. A nil d switches CORS off there.
//
// A *cors.ConfigError says that this could not be a route, or that something is attached
// there already. Then nothing is attached, and Check says so too, unless what the error
// tells to write has been attached by then. Route panics if d is a nil pointer to a Live or
// Routes.
func (t *Table) Route(method, pattern string, d cors.Decider) error {
	value := strings.TrimPrefix(method+" "+pattern, " ")
	fail := func(hint string, repair ...string) error {
		return t.refuse(attachment{field: "Route"}, d, &cors.ConfigError{Field: "Route", Value: value, Code: "mount-place", Hint: hint, Repair: repair})
	}
	switch upper := strings.ToUpper(method); {
	case method != "" && !ascii.IsToken(method):
		return fail(`this is not a method; write the one that the route is registered for, or "" for all`)
	case upper != method && normalised(upper):
		return fail(fmt.Sprintf("browsers send this method in upper case only; write %q", upper), upper+" "+pattern)
	case strings.ContainsAny(pattern, " \t"):
		return fail("a pattern has no method; write the method as the first argument")
	case !strings.Contains(pattern, "/"):
		return fail(fmt.Sprintf("a pattern begins with a slash, or with a host and a slash; write %q", "/"+pattern), strings.TrimPrefix(method+" /"+pattern, " "))
	}
	return t.add(attachment{field: "Route", value: value, method: method, pattern: pattern}, d)
}

// normalised reports whether browsers send the method in upper case, however a script
// writes it (Fetch, "normalize a method").
func normalised(upper string) bool {
	switch upper {
	case "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT":
		return true
	}
	return false
}

// holdsAll reports whether a pattern's last segment is a wildcard for all below, in any
// framework's spelling: "*", "*path", "files*", "+", "{rest...}" or "{$}".
func holdsAll(segment string) bool {
	return strings.ContainsAny(segment, "*+") && !strings.HasPrefix(segment, "{") && !strings.HasPrefix(segment, ":") ||
		strings.HasSuffix(segment, "...}") || segment == "{$}"
}

// attachment is a place where something is attached.
type attachment struct {
	field, value    string // as in a ConfigError
	method, pattern string
	scope           *Scope
	refused         *cors.ConfigError // it could not be attached
}

// add puts a copy of the state with one attachment more into force.
func (t *Table) add(a attachment, d cors.Decider) error {
	a.scope = t.scope("Mount."+a.field, a.pattern, d)
	a.scope.route = a.field == "Route"
	t.attach.Lock()
	defer t.attach.Unlock()
	old := t.current.Load()
	for _, b := range old.attachments {
		if b.refused == nil && b.field == a.field && b.method == a.method && b.pattern == a.pattern {
			return &cors.ConfigError{Field: a.field, Value: a.value, Code: "mount-twice",
				Hint: "a policy is attached there already, and two are never merged; remove one"}
		}
	}
	t.current.Store(newState(t, append(old.without(a), a)))
	return nil
}

// refuse returns err, and keeps it for Check, in case that nobody looks at it here. Once
// all that is attached has a route, what comes later is the caller's alone to look at: one
// mistake while serving must not close the application.
func (t *Table) refuse(a attachment, d cors.Decider, err *cors.ConfigError) error {
	a.scope = t.scope("Mount."+a.field, "", d)
	a.refused = err
	t.attach.Lock()
	defer t.attach.Unlock()
	if old := t.current.Load(); !old.verdict.fine.Load() {
		t.current.Store(newState(t, append(old.without(a), a)))
	}
	return err
}

// without returns a copy of what is attached, without what was refused and is repaired by a.
func (s *state) without(a attachment) []attachment {
	return slices.DeleteFunc(slices.Clone(s.attachments), func(b attachment) bool {
		return b.refused != nil && b.field == a.field && slices.Contains(b.refused.Repair, a.value)
	})
}

// Scope is where one Decider decides: the application, a group, or a route. Scopes are
// compared by their addresses.
type Scope struct {
	prefix  string // of a group, or a route's pattern
	route   bool
	decider cors.Decider
}

// Decider returns what decides there, as cors.Around wraps it. It is not nil.
func (s *Scope) Decider() cors.Decider { return s.decider }

// scope returns a new Scope in which d decides.
func (t *Table) scope(caller, prefix string, d cors.Decider) *Scope {
	if d == nil {
		d = (*cors.Policy)(nil)
	}
	caller = t.config.Package + "." + caller
	cors.CheckDecider(caller, d)
	return &Scope{prefix: prefix, decider: t.settings.Wrap(caller, d)}
}

// Served returns the Scope that decides about an actual request which the route is certain
// to serve. It is nil while an attachment matches nothing: then Begin decides. The Memo is
// that of the pattern, or nil.
func (t *Table) Served(method, pattern string, m *Memo) *Scope {
	s := t.current.Load()
	if !t.attached(s) {
		return nil
	}
	return s.remembered(m, method, pattern)
}

// Scope returns the Scope of the route that is registered with pattern for method.
func (t *Table) Scope(method, pattern string) *Scope { return t.current.Load().of(method, pattern) }

// state is all that is attached at a time. It is never changed, but for what it has learnt
// of the router.
type state struct {
	app         *Scope
	attachments []attachment
	groups      map[string]*Scope   // by prefix without a final slash
	routes      map[routeKey]*Scope // the method "" stands for all
	byMethod    map[string]bool     // patterns that have an attachment for one method
	paths       paths
	enforcers   enforcers

	verdict verdict
	// scopes has the Scope of each registered pattern that is not in byMethod, once the
	// routes are known. It saves look-ups.
	scopes atomic.Pointer[map[string]*Scope]
}

type routeKey struct{ method, pattern string }

func newState(t *Table, all []attachment) *state {
	s := &state{
		app: t.app, attachments: all,
		groups: make(map[string]*Scope), routes: make(map[routeKey]*Scope), byMethod: make(map[string]bool),
	}
	s.enforcers.add(t.app)
	for _, a := range all {
		s.enforcers.add(a.scope)
		if a.refused != nil {
			continue
		}
		if a.field == "Group" {
			s.groups[a.pattern] = a.scope
			continue
		}
		s.routes[routeKey{a.method, a.pattern}] = a.scope
		if a.method != "" {
			s.byMethod[a.pattern] = true
		}
	}
	s.paths = newPaths(t, s.groups)
	return s
}

// of returns the Scope of a route: its own, that of the innermost group that holds it, or
// the application's.
func (s *state) of(method, pattern string) *Scope {
	if len(s.attachments) == 0 {
		return s.app
	}
	if scopes := s.scopes.Load(); scopes != nil {
		if found, ok := (*scopes)[pattern]; ok {
			return found
		}
	}
	return s.find(method, pattern)
}

// Memo keeps the Scope of a route, so that it need not be looked up for each request. An
// adapter has one for each pattern. The zero Memo is ready for use, by several requests at
// once.
type Memo struct{ last atomic.Pointer[memo] }

type memo struct {
	state *state
	scope *Scope
}

// remembered is of, with a Memo of the pattern, or nil.
func (s *state) remembered(m *Memo, method, pattern string) *Scope {
	if m != nil {
		if last := m.last.Load(); last != nil && last.state == s {
			return last.scope
		}
	}
	scope := s.of(method, pattern)
	if m != nil && !s.byMethod[pattern] {
		m.last.Store(&memo{s, scope})
	}
	return scope
}

func (s *state) find(method, pattern string) *Scope {
	if len(s.routes) > 0 {
		if found, ok := s.routes[routeKey{method, pattern}]; ok {
			return found
		}
		if method == "HEAD" { // answered as GET is, without the content (RFC 9110, section 9.3.2)
			if found, ok := s.routes[routeKey{"GET", pattern}]; ok {
				return found
			}
		}
		if found, ok := s.routes[routeKey{"", pattern}]; ok {
			return found
		}
	}
	return s.group(pattern)
}

// group returns the Scope of the innermost group that holds the pattern, or the
// application's.
func (s *state) group(pattern string) *Scope {
	if len(s.groups) == 0 {
		return s.app
	}
	for end := len(pattern); end > 0; end-- {
		// In echo's and fiber's "/files*" a segment ends before the wildcard.
		if end == len(pattern) || pattern[end] == '/' || pattern[end] == '*' {
			if found, ok := s.groups[pattern[:end]]; ok {
				return found
			}
		}
	}
	return s.app
}

// learn keeps the Scope of each registered pattern.
func (s *state) learn(routes []Route) {
	scopes := make(map[string]*Scope, len(routes))
	for _, r := range routes {
		if !r.Opaque && !s.byMethod[r.Pattern] {
			scopes[r.Pattern] = s.find("", r.Pattern)
		}
	}
	s.scopes.Store(&scopes)
}
