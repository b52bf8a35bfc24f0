package cors

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/crossgate/cors/core/internal/ascii"
)

// Mounts says which Decider decides for which of a framework's routes. It is what
// the adapters' Mount types are made of: each asks its framework's router which
// route a request hits, and Mounts which Decider stands at that route's pattern.
//
// Patterns are compared as the application wrote them ("/users/:id"), on whole
// segments; a request's path is never matched here, so there is no second reading
// of a path that could differ from the router's.
//
// A Mounts is safe for concurrent use. Attachments made while serving hold for the
// requests that begin afterwards.
type Mounts struct {
	app          *Place // nil where CORS is off
	routeMethods bool

	attach sync.Mutex
	table  atomic.Pointer[mountTable]

	cuts cuts
}

// mountTable is never changed: attaching replaces it by a copy.
type mountTable struct {
	groups map[string]*Place   // by prefix without a final slash
	routes map[routeKey]*Place // the method "" stands for all
}

type routeKey struct{ method, pattern string }

// Place is somewhere in an application where a Decider stands: the whole of it, a
// group, or a route. Places are compared by their addresses.
type Place struct {
	decider Decider
}

// Decider returns what decides there. It is not nil.
func (p *Place) Decider() Decider { return p.decider }

func newPlace(d Decider) *Place {
	if p, ok := d.(*Policy); d == nil || ok && p == nil {
		return nil
	}
	return &Place{decider: d}
}

// NewMounts returns Mounts with a Decider for the application as a whole, which
// decides wherever nothing else is attached. If it is nil, CORS is off there.
func NewMounts(app Decider, opts ...Option) *Mounts {
	settings := MountSettings("cors.NewMounts", opts)
	m := &Mounts{app: newPlace(app), routeMethods: settings.RouteMethods}
	m.table.Store(new(mountTable))
	return m
}

// Group attaches d to all routes whose pattern is prefix or lies below it: "/api"
// stands for the patterns /api, /api/items and /api*, but not for /apix. The
// innermost group decides, by d as a whole; nothing of outer ones is merged in. A nil
// d switches CORS off there. Where patterns have a host, so has the prefix:
// "api.example/v1".
//
// Attaching to one place twice is an error, a *ConfigError, and so is a prefix
// that could not be one.
func (m *Mounts) Group(prefix string, d Decider) error {
	key := strings.TrimRight(prefix, "/")
	switch {
	case key == "":
		return &ConfigError{Field: "Group", Value: prefix, Code: "mount-place",
			Hint: "the whole application has the policy that NewMount takes; write the prefix of a group"}
	case !strings.Contains(prefix, "/") || strings.ContainsAny(prefix, " \t"):
		return &ConfigError{Field: "Group", Value: prefix, Code: "mount-place",
			Hint: `a prefix begins with a slash ("/api"), or with a host and a slash, and has no method`}
	}
	return m.change("Group", prefix, func(t *mountTable) (taken bool) {
		if _, taken = t.groups[key]; !taken {
			t.groups[key] = newPlace(d)
		}
		return taken
	})
}

// Route attaches d to the route that is registered with pattern for method, or
// for all methods if method is "". It decides before any group does. A HEAD route
// without an attachment of its own has that of GET. A nil d switches CORS off there.
//
// Browsers keep a preflight's answer for the URL, with every method that it lists. A
// policy for one method of a pattern is therefore sure to be asked only if the policies
// of the others do not list that method; RouteMethods sees to it.
//
// Attaching to one place twice is an error, a *ConfigError, and so is what could not
// be a route.
func (m *Mounts) Route(method, pattern string, d Decider) error {
	where := strings.TrimPrefix(method+" "+pattern, " ")
	switch {
	case method != "" && !ascii.IsToken(method):
		return &ConfigError{Field: "Route", Value: where, Code: "mount-place",
			Hint: `this is not a method; write the one that the route is registered for, or "" for all`}
	case !strings.Contains(pattern, "/") || strings.ContainsAny(pattern, " \t"):
		return &ConfigError{Field: "Route", Value: where, Code: "mount-place",
			Hint: "a pattern begins with a slash, or with a host and a slash; the method stands apart from it"}
	}
	return m.change("Route", where, func(t *mountTable) (taken bool) {
		key := routeKey{method, pattern}
		if _, taken = t.routes[key]; !taken {
			t.routes[key] = newPlace(d)
		}
		return taken
	})
}

// change puts a changed copy of the table into force.
func (m *Mounts) change(field, value string, add func(*mountTable) (taken bool)) error {
	m.attach.Lock()
	defer m.attach.Unlock()
	old := m.table.Load()
	t := &mountTable{groups: make(map[string]*Place), routes: make(map[routeKey]*Place)}
	maps.Copy(t.groups, old.groups)
	maps.Copy(t.routes, old.routes)
	if add(t) {
		return &ConfigError{Field: field, Value: value, Code: "mount-twice",
			Hint: "a policy is attached there already, and two are never merged; remove one"}
	}
	m.table.Store(t)
	return nil
}

// Place returns the place whose Decider decides of r, or nil where r is to be
// handed on without CORS headers. Of r it reads Method, Origin and RequestMethod.
//
// route asks the framework's router for the pattern that r's path has with the given
// method, and whether a route serves it. A preflight belongs to the route that the
// requested method would hit. One that no route serves is the framework's to answer,
// as an unknown path; any other request that no route serves belongs to the
// application as a whole.
func (m *Mounts) Place(r Request, route func(method string) (pattern string, served bool)) *Place {
	method, preflight := r.Method, r.trim() == Preflight
	if preflight {
		method = r.RequestMethod
	}
	pattern, served := route(method)
	switch {
	case !served && preflight:
		return nil
	case !served:
		return m.app
	}
	t := m.table.Load()
	p := m.lookup(t, method, pattern)
	if p != nil && preflight && m.routeMethods {
		return m.cut(t, p, method, pattern, route)
	}
	return p
}

// lookup returns the place of a route: its own, that of the innermost group around
// it, or the application.
func (m *Mounts) lookup(t *mountTable, method, pattern string) *Place {
	if len(t.routes) > 0 {
		if p, ok := t.routes[routeKey{method, pattern}]; ok {
			return p
		}
		if method == "HEAD" { // answered as GET is, without the content (RFC 9110, section 9.3.2)
			if p, ok := t.routes[routeKey{"GET", pattern}]; ok {
				return p
			}
		}
		if p, ok := t.routes[routeKey{"", pattern}]; ok {
			return p
		}
	}
	if len(t.groups) > 0 {
		if p, ok := t.groups[pattern]; ok {
			return p
		}
		for i := len(pattern) - 1; i >= 0; i-- {
			if pattern[i] == '/' || pattern[i] == '*' { // echo's and fiber's "/files*" has a segment end there
				if p, ok := t.groups[pattern[:i]]; ok {
					return p
				}
			}
		}
	}
	return m.app
}
