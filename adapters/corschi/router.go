package corschi

import (
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// maxDepth bounds how deeply routers may be mounted in each other. A router that is mounted
// in itself would have no end.
const maxDepth = 32

// router is a tree of chi's routers as an adapt.Router.
type router struct {
	root   chi.Routes
	index  adapt.Snapshot[node]
	probes sync.Pool // *chi.Context
}

func newRouter(root chi.Routes) *router {
	return &router{root: root, probes: sync.Pool{New: func() any { return chi.NewRouteContext() }},
		index: adapt.Snapshot[node]{Make: func() *node { return newNode(root, "", 0) }}}
}

// Root implements adapt.Router.
func (r *router) Root() any { return r.root }

// Ask implements adapt.Router.
func (r *router) Ask(x *adapt.Exchange, method string) (pattern string) {
	index := r.index.Get()
	pattern, unknown := r.ask(index, x.RoutePath, method)
	if unknown {
		pattern, _ = r.ask(r.index.Renew(index), x.RoutePath, method)
	}
	return pattern
}

// ask returns the pattern of the route for the path and method. chi's Find is not enough:
// where a router is mounted, chi registers the prefix for all methods, and Find stops there.
func (r *router) ask(at *node, path, method string) (pattern string, unknown bool) {
	probe := r.probes.Get().(*chi.Context)
	defer r.probes.Put(probe)
	for range maxDepth {
		probe.Reset()
		if at.routes.Find(probe, method, path) == "" {
			return "", false
		}
		end := at.follow(probe.RoutePatterns, method)
		if end.served || end.unknown {
			return end.pattern, end.unknown
		}
		at, path = end.node, "/"
	}
	return "", false
}

// Hit implements adapt.Router. chi records the pattern of each router in a context that
// copies of the request share.
func (r *router) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	rctx := x.Data.(*chi.Context)
	if method = rctx.RouteMethod; method == "" {
		method = x.Request.Method
	}
	if int(x.Mark) > len(rctx.RoutePatterns) {
		return "", "", mount.Unclear
	}
	x.Again = true // a handler may have called the router again, behind a writer without Unwrap
	hits := rctx.RoutePatterns[x.Mark:]
	if len(hits) == 0 {
		if rctx.RouteMethod != "" && !x.Begun { // chi has looked for a route and found none
			return "", "", mount.Nothing
		}
		return "", "", mount.Partly // middleware has answered
	}
	index := r.index.Get()
	end := index.follow(hits, method)
	if end.unknown {
		end = r.index.Renew(index).follow(hits, method)
	}
	switch {
	case end.served:
		x.RouteMemo = end.memo
		return method, end.pattern, mount.Served
	case end.unknown:
		return "", "", mount.Unclear
	case end.node.opaque:
		return method, end.node.base + rctx.RoutePath, mount.Below
	}
	// A mounted router has found nothing, or its middleware has answered.
	came := r.Ask(x, method)
	now, _ := r.ask(end.node, rctx.RoutePath, method)
	switch {
	case !end.node.expects(x.RoutePath, came):
		return "", "", mount.Unclear // the routing is not that of the path that came in
	case now == "":
		return "", "", mount.Nothing
	case now != came:
		return "", "", mount.Unclear
	default:
		return "", "", mount.Partly
	}
}

// Routes implements adapt.Router.
func (r *router) Routes() (routes []mount.Route, known bool) {
	return r.index.Remake().list(nil), true
}

// node is a router with its routes and mounted routers.
type node struct {
	routes  chi.Routes
	base    string // where it is mounted, without a final slash
	leaves  map[string]*leaf
	mounted map[string]*node // by each form of the prefix that chi registers
	opaque  bool             // it does not list its routes
}

// leaf is a pattern and its handlers.
type leaf struct {
	pattern string // the whole pattern, with the prefixes of the routers around it
	memo    mount.Memo
	methods map[string]bool // "*" for all
}

func (l *leaf) serves(method string) bool { return l.methods["*"] || l.methods[method] }

func newNode(routes chi.Routes, base string, depth int) *node {
	n := &node{routes: routes, base: base, leaves: make(map[string]*leaf), mounted: make(map[string]*node)}
	all, ok := list(routes)
	if n.opaque = !ok || depth >= maxDepth; n.opaque {
		return n
	}
	for _, route := range all {
		prefix := strings.TrimSuffix(strings.TrimSuffix(route.Pattern, "*"), "/")
		if route.SubRoutes != nil {
			sub := newNode(route.SubRoutes, base+prefix, depth+1)
			for _, form := range []string{route.Pattern, prefix, prefix + "/"} {
				n.mounted[form] = sub
			}
			continue
		}
		n.leaf(route.Pattern, route)
		if strings.HasSuffix(route.Pattern, "/*") && route.Handlers["*"] != nil {
			// A mounted handler: chi registers three forms of its prefix and lists one.
			n.leaf(prefix, route)
			n.leaf(prefix+"/", route)
		}
	}
	return n
}

// list returns the routes that a router lists. A chi.Routes that is not chi's own may panic.
func list(routes chi.Routes) (all []chi.Route, ok bool) {
	defer func() { _ = recover() }()
	return routes.Routes(), true
}

func (n *node) leaf(pattern string, route chi.Route) {
	l := n.leaves[pattern]
	if l == nil {
		l = &leaf{pattern: n.base + pattern, methods: make(map[string]bool)}
		n.leaves[pattern] = l
	}
	for method := range route.Handlers {
		l.methods[method] = true
	}
}

// list appends the routes of n and of the routers mounted in it.
func (n *node) list(routes []mount.Route) []mount.Route {
	if n.opaque {
		return append(routes, mount.Route{Pattern: n.base + "/", Opaque: true})
	}
	for _, l := range n.leaves {
		for method := range l.methods {
			if method == "*" {
				method = ""
			}
			routes = append(routes, mount.Route{Method: method, Pattern: l.pattern})
		}
	}
	for form, sub := range n.mounted {
		if strings.HasSuffix(form, "*") { // of three forms of one router
			routes = sub.list(routes)
		}
	}
	return routes
}

// end is the result of following the patterns that routers have hit one after the other.
type end struct {
	node    *node  // the router that was reached
	pattern string // of the route that was reached, if served
	memo    *mount.Memo
	served  bool
	unknown bool // a pattern is not registered
}

// follow follows the patterns. Patterns after that of a route come from its handler's own
// routing.
func (n *node) follow(hits []string, method string) end {
	for i, hit := range hits {
		if n.opaque {
			return end{pattern: n.base + "/" + strings.TrimPrefix(hit, "/"), served: i == len(hits)-1, unknown: i < len(hits)-1}
		}
		l, sub := n.leaves[hit], n.mounted[hit]
		switch {
		case l != nil && (sub == nil || l.serves(method)):
			return end{node: n, pattern: l.pattern, memo: &l.memo, served: true}
		case sub == nil:
			return end{unknown: true}
		}
		n = sub
	}
	return end{node: n}
}

// expects reports whether the path leads into n. pattern is the pattern of the path's route,
// or "".
func (n *node) expects(path, pattern string) bool {
	if pattern != "" {
		return n.base == "" || pattern == n.base || strings.HasPrefix(pattern, n.base+"/")
	}
	for base := n.base; base != ""; {
		var segment, asked string
		segment, base = cutSegment(base)
		asked, path = cutSegment(path)
		if segment != asked && !strings.Contains(segment, "{") {
			return false
		}
	}
	return true
}

// cutSegment cuts "/a" off "/a/b".
func cutSegment(path string) (segment, rest string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}
