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

// Config is what a Table needs from its adapter. Set each field, except where its comment
// says otherwise.
type Config struct {
	// Package is the adapter's name in messages: "corsgin".
	Package string

	// Routes returns all routes that are registered now. If the framework cannot list
	// them, it returns false for known, and nothing is checked. The Table calls it from one
	// goroutine at a time, also while requests are served.
	Routes func() (routes []Route, known bool)

	// RoutedFirst says that the framework chooses the route before it calls the adapter's
	// middleware, so that Exchange.Hit is right from the beginning. The default is false.
	RoutedFirst bool
}

// Table maps a framework's routes to Deciders. It is safe for concurrent use. A Decider that
// is attached while requests are served applies to requests that begin afterwards.
type Table struct {
	config   Config
	settings cors.Settings

	app        *Scope
	unattached *Scope // decides while an attachment has no route
	ambiguous  *Scope // decides for a path that routers read in more than one way
	uncertain  *Scope // decides if it is not known which route serves

	attach      sync.Mutex   // locks the next three
	attachments []attachment // states share the array, so its elements never change
	keys        map[attachmentKey]bool
	mistakes    bool                  // some attachments were refused
	made        atomic.Pointer[state] // nil after each attachment; see current
	check       check
}

// New returns a Table with the Decider app for the application. app decides wherever
// nothing else is attached; nil switches CORS off there. New panics if app is a nil pointer
// to a Live or Routes, and if an option other than Around is given twice.
func New(config Config, app cors.Decider, opts []cors.Option) *Table {
	t := &Table{config: config, settings: cors.MountSettings(config.Package+".NewMount", opts)}
	if t.settings.Guard == 0 {
		t.settings.Guard = cors.PolicyWins // otherwise an upstream's "*" would be wider than the route's policy
	}
	t.app = t.scope("NewMount", "", app)
	t.unattached = t.scope("NewMount", "", &closed{table: t, reason: cors.MountUnattached, refuses: true})
	t.ambiguous = t.scope("NewMount", "", &closed{table: t, reason: cors.MountUncertain, refuses: true})
	t.uncertain = t.scope("NewMount", "", &closed{table: t, reason: cors.MountUncertain})
	t.keys = make(map[attachmentKey]bool)
	return t
}

// current returns the state with all attachments. It is made on first use, because making it
// after each attachment would take quadratic time at start.
func (t *Table) current() *state {
	if s := t.made.Load(); s != nil {
		return s
	}
	return t.makeState()
}

func (t *Table) makeState() *state {
	t.attach.Lock()
	defer t.attach.Unlock()
	if s := t.made.Load(); s != nil {
		return s
	}
	s := newState(t, slices.Clip(t.attachments))
	t.made.Store(s)
	return s
}

// Guard returns the mode in which responses are guarded: PolicyWins, unless the options
// have Guard(HandlerWins).
func (t *Table) Guard() cors.GuardMode { return t.settings.Guard }

// NeedsMetadata reports whether any attached policy now needs a request's metadata or
// context. If it does, an adapter whose handlers can change these must keep a copy.
func (t *Table) NeedsMetadata() bool { return t.current().enforcers.active() }

// Group attaches d to all routes whose pattern is prefix or lies below it: "/api" covers
// the patterns /api, /api/items and /api*, but not /apix. The innermost group decides
// alone; policies of outer groups are never merged in. A nil d switches CORS off there. If
// patterns have a host, the prefix has it too: "api.example/v1".
//
// Group returns a *cors.ConfigError if prefix is invalid, or if something is attached there
// already. Then it attaches nothing. Check reports an invalid prefix again, unless its
// repair has been attached by then. Group panics if d is a nil pointer to a Live or Routes.
func (t *Table) Group(prefix string, d cors.Decider) error {
	key := strings.TrimRight(prefix, "/")
	fail := func(hint string, repair ...string) error {
		return t.refuse(attachment{field: "Group"}, d, &cors.ConfigError{Field: "Group", Value: prefix, Code: "mount-place", Hint: hint, Repair: repair})
	}
	last := key[strings.LastIndexByte(key, '/')+1:]
	switch {
	case key == "":
		return fail("this is the whole application, which has the policy that NewMount takes; write the prefix of a group")
	case strings.ContainsAny(prefix, " \t"):
		alone := prefix[strings.LastIndexAny(strings.TrimRight(prefix, " \t"), " \t")+1:]
		return fail(fmt.Sprintf("a group covers all methods; write only the prefix: %q", strings.TrimRight(alone, " \t")))
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
			return fail("this covers the whole application, which has the policy that NewMount takes; write the prefix of a group")
		}
		return fail(fmt.Sprintf("a group covers everything below its prefix, without a wildcard; write %q", shorter), shorter)
	}
	return t.add(attachment{field: "Group", value: prefix, pattern: key}, d)
}

// Route attaches d to the route that is registered with pattern for method. An empty method
// means all methods. d decides instead of the Deciders of groups. A HEAD route without an
// attachment of its own has that of the GET route. A nil d switches CORS off there.
//
// Route returns a *cors.ConfigError if the method or pattern is invalid, or if something is
// attached there already. Then it attaches nothing. Check reports an invalid method or
// pattern again, unless its repair has been attached by then. Route panics if d is a nil
// pointer to a Live or Routes.
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

// normalised reports whether browsers always send the method in upper case (Fetch,
// "normalize a method").
func normalised(upper string) bool {
	switch upper {
	case "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT":
		return true
	}
	return false
}

// holdsAll reports whether a pattern's last segment is a wildcard for everything below it,
// in any framework's spelling: "*", "*path", "files*", "+", "{rest...}" or "{$}".
func holdsAll(segment string) bool {
	return strings.ContainsAny(segment, "*+") && !strings.HasPrefix(segment, "{") && !strings.HasPrefix(segment, ":") ||
		strings.HasSuffix(segment, "...}") || segment == "{$}"
}

// attachment is one call of Group or Route.
type attachment struct {
	field, value    string // as in a ConfigError
	method, pattern string
	scope           *Scope
	refused         *cors.ConfigError // why it was not attached, or nil
}

// attachmentKey identifies what an attachment is attached to.
type attachmentKey struct{ field, method, pattern string }

// add attaches d, unless something is attached there already.
func (t *Table) add(a attachment, d cors.Decider) error {
	a.scope = t.scope("Mount."+a.field, a.pattern, d)
	a.scope.route = a.field == "Route"
	key := attachmentKey{a.field, a.method, a.pattern}
	t.attach.Lock()
	defer t.attach.Unlock()
	if t.keys[key] {
		return &cors.ConfigError{Field: a.field, Value: a.value, Code: "mount-twice",
			Hint: "a policy is attached there already, and two are never merged; remove one"}
	}
	t.keys[key] = true
	t.put(a)
	return nil
}

// refuse returns err and also keeps it for Check, in case the caller ignores it. After a
// check without errors it no longer keeps it: a mistake while requests are served must not
// close the whole application.
func (t *Table) refuse(a attachment, d cors.Decider, err *cors.ConfigError) error {
	a.scope = t.scope("Mount."+a.field, "", d)
	a.refused = err
	t.attach.Lock()
	defer t.attach.Unlock()
	if s := t.made.Load(); s == nil || !s.verdict.fine.Load() {
		t.put(a)
	}
	return err
}

// put adds a to the attachments. It removes the refused attachments that a repairs.
func (t *Table) put(a attachment) {
	if t.mistakes {
		t.attachments = slices.DeleteFunc(slices.Clone(t.attachments), func(b attachment) bool {
			return b.refused != nil && b.field == a.field && slices.Contains(b.refused.Repair, a.value)
		})
	}
	t.mistakes = t.mistakes || a.refused != nil
	t.attachments = append(t.attachments, a)
	t.made.Store(nil)
}

// Scope is the application, a group or a route, with its Decider. Compare Scopes by their
// addresses.
type Scope struct {
	prefix  string // of a group, or a route's pattern
	route   bool
	decider cors.Decider
}

// Decider returns the Scope's Decider, wrapped by cors.Around. It is not nil.
func (s *Scope) Decider() cors.Decider { return s.decider }

// scope returns a new Scope with the Decider d.
func (t *Table) scope(caller, prefix string, d cors.Decider) *Scope {
	if d == nil {
		d = (*cors.Policy)(nil)
	}
	caller = t.config.Package + "." + caller
	cors.CheckDecider(caller, d)
	return &Scope{prefix: prefix, decider: t.settings.Wrap(caller, d)}
}

// Served returns the Scope of a route, for an actual request that this route is certain to
// serve. It returns nil while an attachment has no route; then call Pass.Begin. m is the
// Memo of the pattern, or nil.
func (t *Table) Served(method, pattern string, m *Memo) *Scope {
	s := t.current()
	if !t.attached(s) {
		return nil
	}
	return s.remembered(m, method, pattern)
}

// Scope returns the Scope of the route that is registered with pattern for method.
func (t *Table) Scope(method, pattern string) *Scope { return t.current().of(method, pattern) }

// state holds all attachments at one time. It is never changed, except verdict and scopes,
// which depend on the router.
type state struct {
	app         *Scope
	attachments []attachment
	groups      map[string]*Scope   // by prefix without a final slash
	routes      map[routeKey]*Scope // the method "" means all
	byMethod    map[string]bool     // patterns that have an attachment for one method
	paths       paths
	enforcers   enforcers

	verdict verdict
	// scopes caches the Scope of each registered pattern that is not in byMethod, once the
	// routes are known.
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

// of returns the Scope that decides for a route: its own, that of its innermost group, or
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

// Memo caches the Scope of a route. An adapter keeps one Memo for each pattern. The zero
// Memo is ready for use, and safe for concurrent use.
type Memo struct{ last atomic.Pointer[memo] }

type memo struct {
	state *state
	scope *Scope
}

// remembered is of with a cache: m is the Memo of the pattern, or nil.
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
		if method == "HEAD" { // served like GET, without the content (RFC 9110, section 9.3.2)
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

// group returns the Scope of the innermost group of the pattern, or the application's.
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

// learn caches the Scope of each registered pattern.
func (s *state) learn(routes []Route) {
	scopes := make(map[string]*Scope, len(routes))
	for _, r := range routes {
		if !r.Opaque && !s.byMethod[r.Pattern] {
			scopes[r.Pattern] = s.find("", r.Pattern)
		}
	}
	s.scopes.Store(&scopes)
}
