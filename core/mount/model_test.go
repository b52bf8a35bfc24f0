package mount_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// model is a slow and simple form of the rule. It says which policy decides. Its places are
// names: "" is the application, and closed lets no page read.
type model struct {
	groups map[string]string // by prefix
	routes map[string]string // by "METHOD /pattern" or "/pattern"
}

const closedTo = "(nobody)"

// byPattern returns the route's own policy, or else that of the longest group around it.
func (m model) byPattern(method, pattern string) string {
	keys := []string{method + " " + pattern}
	if method == "HEAD" {
		keys = append(keys, "GET "+pattern)
	}
	for _, key := range append(keys, pattern) {
		if name, ok := m.routes[key]; ok {
			return name
		}
	}
	longest, found := "", ""
	for prefix, name := range m.groups {
		if (pattern == prefix || strings.HasPrefix(pattern, prefix+"/") || strings.HasPrefix(pattern, prefix+"*")) && len(prefix) > len(longest) {
			longest, found = prefix, name
		}
	}
	return found
}

// byPath returns the policy of the group of the path, which it reads segment by segment. If
// anything is in doubt, no page may read.
func (m model) byPath(path string) string {
	segments := strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
	if path == "/" {
		segments = nil
	}
	for _, s := range segments {
		if s == "" || s == "." || s == ".." || strings.Contains(s, "%61") || strings.Contains(s, "%2F") {
			return closedTo
		}
	}
	var holding [][]string // the normal forms of the groups of the path
	names := make(map[string][]string)
	for prefix, name := range m.groups {
		own := strings.Split(prefix[1:], "/")
		matches := len(own) <= len(segments)
		for i, s := range own {
			parameter := strings.HasPrefix(s, ":")
			if parameter {
				own[i] = ":"
			}
			if i >= len(segments) || parameter || s == segments[i] {
				continue
			}
			if strings.EqualFold(s, segments[i]) {
				return closedTo
			}
			matches = false
			break
		}
		if matches {
			form := strings.Join(own, "/")
			holding, names[form] = append(holding, own), append(names[form], name)
		}
	}
	if len(holding) == 0 {
		return ""
	}
	innermost := slices.MaxFunc(holding, func(a, b []string) int { return len(a) - len(b) })
	for _, other := range holding {
		if !slices.Equal(other, innermost[:len(other)]) {
			return closedTo
		}
	}
	if all := names[strings.Join(innermost, "/")]; len(all) == 1 {
		return all[0]
	}
	return closedTo
}

// below returns the policy for a handler that serves all paths below a prefix.
func (m model) below(path, method, prefix string) string {
	byPath, byPrefix := m.byPath(path), m.byPattern(method, prefix)
	if byPath == closedTo {
		return closedTo
	}
	if route := (model{routes: m.routes}).byPattern(method, prefix); route != "" {
		return route
	}
	prefixOf := func(name string) string {
		for prefix, n := range m.groups {
			if n == name {
				return prefix
			}
		}
		return ""
	}
	switch {
	case byPath == byPrefix || byPrefix == "":
		return byPath
	case byPath == "":
		return byPrefix
	case strings.HasPrefix(prefixOf(byPath)+"/", prefixOf(byPrefix)+"/"):
		return byPath
	}
	return closedTo
}

// actual returns the name of the policy that decides a response with the status.
func (m model) actual(method string, x exchange, status int) string {
	ask := func() (string, string) {
		if pattern := x.Ask(method); pattern != "" || method != "HEAD" {
			return method, pattern
		}
		return "GET", x.Ask("GET")
	}
	known := x.known
	if known == mount.Partly {
		if by, pattern := ask(); pattern != "" {
			return m.byPattern(by, pattern)
		}
		known = mount.Nothing
	}
	switch {
	case known == mount.Served:
		return m.byPattern(x.method, x.pattern)
	case known == mount.Below:
		return m.below(x.path, x.method, x.pattern)
	case known == mount.Nothing && status >= 300 && status != 304:
		return m.byPath(x.path)
	}
	return closedTo
}

// beforehand returns whose policy may refuse the request before the handler runs, if
// policies enforce.
func (m model) beforehand(method string, x exchange, routedFirst bool) string {
	switch {
	case routedFirst && x.known == mount.Served:
		return m.byPattern(x.method, x.pattern)
	case routedFirst && x.known == mount.Unclear:
		return closedTo
	case routedFirst:
		return m.byPath(x.path)
	}
	for _, by := range map[string][]string{"HEAD": {"HEAD", "GET"}}[method] {
		if pattern := x.Ask(by); pattern != "" {
			return m.byPattern(by, pattern)
		}
	}
	if pattern := x.Ask(method); pattern != "" {
		return m.byPattern(method, pattern)
	}
	return m.byPath(x.path)
}

// pick returns one of the values.
func pick[T any](rnd *rand.Rand, values ...T) T { return values[rnd.IntN(len(values))] }

func somePattern(rnd *rand.Rand, segments ...string) string {
	var b strings.Builder
	for range 1 + rnd.IntN(3) {
		b.WriteString("/" + pick(rnd, segments...))
	}
	return b.String()
}

// TestAgainstTheModel compares the decisions of random tables with the model.
func TestAgainstTheModel(t *testing.T) {
	t.Parallel()
	tables := 600
	if testing.Short() {
		tables = 60
	}
	policies, enforced := make(map[string]*cors.Policy), make(map[string]*cors.Policy)
	names := []string{"app"}
	for i := range 12 {
		names = append(names, fmt.Sprintf("place-%d", i))
	}
	for _, name := range names {
		policies[name] = named(t, name, "DELETE", "PUT")
		enforced[name] = policy(t, cors.Config{AllowOrigins: []string{page(name)}, AllowMethods: []string{"DELETE", "PUT"}, Enforce: cors.EnforceAll})
	}
	readers := make(map[string]int) // how often each page could read, which shows that the test compares something
	for seed := range uint64(tables) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		m := model{map[string]string{}, map[string]string{}}
		var all []mount.Route
		for range 12 {
			all = append(all, mount.Route{Method: pick(rnd, "GET", "PUT", "DELETE", "HEAD", ""), Pattern: somePattern(rnd, "a", "b", "A", ":id", "c*", "*")})
		}
		known, routedFirst, policies := rnd.IntN(4) > 0, rnd.IntN(2) == 0, policies
		if seed%2 == 1 {
			policies = enforced
		}
		table := mount.New(mount.Config{Package: "corsany", RoutedFirst: routedFirst, Routes: func() ([]mount.Route, bool) {
			return append(all, registered("/…")...), known
		}}, policies["app"], nil)
		for i, name := range names[1:] {
			method, place := "group", somePattern(rnd, "a", "b", "A", ":id", ":name")
			if i%3 == 0 {
				method, place = pick(rnd, "GET", "PUT", "HEAD", ""), all[rnd.IntN(len(all))].Pattern
			}
			if attach(table, method, place, policies[name]) != nil {
				continue // it is attached already
			}
			if method == "group" {
				m.groups[place] = name
			} else {
				m.routes[strings.TrimPrefix(method+" "+place, " ")] = name
			}
		}
		if rnd.IntN(2) == 0 {
			_ = table.Check()
		}
		for range 60 {
			x := exchange{routes: map[string]string{}, path: somePattern(rnd, "a", "b", "A", "B", "x", "", "%61", "a%2F", "..") + pick(rnd, "", "", "/")}
			for _, r := range all {
				if r.Method != "" && rnd.IntN(4) == 0 {
					x.routes[r.Method] = r.Pattern
				}
			}
			hit := all[rnd.IntN(len(all))]
			x.method, x.pattern = pick(rnd, hit.Method, "GET", "HEAD"), hit.Pattern
			x.known = pick(rnd, mount.Unclear, mount.Served, mount.Served, mount.Nothing, mount.Partly, mount.Below)
			if x.known == mount.Below && rnd.IntN(2) == 0 {
				x.pattern = somePattern(rnd, "a", "b", ":id")
			}
			status := pick(rnd, 101, 200, 204, 301, 304, 404, 405, 500)
			method := pick(rnd, "GET", "PUT", "HEAD", "DELETE")
			want := m.actual(method, x, status)
			if requested := pick(rnd, "", "", "PUT", "DELETE", "HEAD"); requested != "" {
				want = preflightWant(m, &x, requested)
				compareWith(t, seed, table, cors.Request{Method: "OPTIONS", RequestMethod: requested}, x, status, want, "", names)
			} else {
				refuses := ""
				if seed%2 == 1 {
					if refuses = m.beforehand(method, x, routedFirst); refuses == "" {
						refuses = "app"
					}
				}
				compareWith(t, seed, table, cors.Request{Method: method}, x, status, want, refuses, names)
			}
			readers[want]++
		}
	}
	if readers[closedTo] == 0 || readers[""] == 0 || len(readers) < len(names) {
		t.Errorf("the requests show too little: %v", readers)
	}
}

// preflightWant returns whose policy decides a preflight.
func preflightWant(m model, x *exchange, requested string) string {
	for _, method := range map[string][]string{"HEAD": {"HEAD", "GET"}}[requested] {
		if pattern := x.Ask(method); pattern != "" {
			return m.byPattern(method, pattern)
		}
	}
	if pattern := x.Ask(requested); pattern != "" {
		return m.byPattern(requested, pattern)
	}
	// Nothing answers this OPTIONS for CORS. The status does not matter.
	return m.actual("OPTIONS", *x, 404)
}

// compareWith asks for a page of each place. It reports pages that can read and must not,
// and the page that must be able to read and cannot. refuses is the place whose policy
// refuses other pages, or "".
func compareWith(t *testing.T, seed uint64, table *mount.Table, r cors.Request, x exchange, status int, want, refuses string, names []string) {
	t.Helper()
	for _, name := range names {
		r.Origin = page(name)
		var p mount.Pass
		begun := x
		d, final := p.Begin(table, r, &begun)
		if !final {
			d = p.Commit(status)
		}
		refused := r.RequestMethod == "" && final && d.Status() != 0
		if refused != (refuses != "" && refuses != name) {
			t.Errorf("seed %d: %s %s, known %d, pattern %q: a page of %s is refused %t, and %q decides beforehand",
				seed, r.Method, x.path, x.known, x.pattern, name, refused, refuses)
		}
		if refused {
			continue
		}
		mine := name == want || name == "app" && want == ""
		if reads := header(d, allowOrigin) != ""; reads != mine {
			t.Errorf("seed %d: %s %s (asks for %q), known %d, status %d, pattern %q: a page of %s reads %t, and %q decides",
				seed, r.Method, x.path, r.RequestMethod, x.known, status, x.pattern, name, reads, want)
		}
	}
}
