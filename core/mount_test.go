package cors_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// mountMistakes are places that Mounts refuses.
var mountMistakes = []struct {
	method, place string // a group's prefix if method is "group"
	code, hint    string
}{
	{"group", "", "mount-place", "the whole application"},
	{"group", "/", "mount-place", "the whole application"},
	{"group", "api", "mount-place", "begins with a slash"},
	{"group", "GET /api", "mount-place", "has no method"},
	{"GET,PUT", "/items", "mount-place", "not a method"},
	{"PUT", "items", "mount-place", "begins with a slash"},
	{"", "PUT /items", "mount-place", "stands apart"},
	{"group", "/twice", "mount-twice", "attached there already"},
	{"group", "/twice/", "mount-twice", "attached there already"},
	{"PUT", "/twice", "mount-twice", "attached there already"},
	{"", "/twice", "mount-twice", "attached there already"},
	{"", "/off", "mount-twice", "attached there already"},
}

func attach(m *cors.Mounts, method, place string, d cors.Decider) error {
	if method == "group" {
		return m.Group(place, d)
	}
	return m.Route(method, place, d)
}

func TestMountMistakes(t *testing.T) {
	t.Parallel()
	p := policyFor(t, "https://a.example")
	m := cors.NewMounts(nil)
	if err := errors.Join(m.Group("/twice", p), m.Route("PUT", "/twice", p), m.Route("", "/twice", p), m.Route("", "/off", nil)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range mountMistakes {
		err := attach(m, tt.method, tt.place, p)
		var problem *cors.ConfigError
		switch {
		case !errors.As(err, &problem):
			t.Errorf("%s %q: error %v", tt.method, tt.place, err)
		case problem.Code != tt.code || !strings.Contains(problem.Hint, tt.hint) || !strings.Contains(problem.Value, tt.place):
			t.Errorf("%s %q: %v (%s), want %s: …%s…", tt.method, tt.place, err, problem.Code, tt.code, tt.hint)
		}
	}
}

func policyFor(t testing.TB, origin string, methods ...string) *cors.Policy {
	t.Helper()
	p, err := cors.Compile(cors.Config{AllowOrigins: []string{origin}, AllowMethods: methods})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fixed is a router in which one pattern serves the methods, or any if there are none.
func fixed(pattern string, methods ...string) func(string) (string, bool) {
	return func(method string) (string, bool) {
		if pattern == "" || len(methods) > 0 && !slices.Contains(methods, method) {
			return "", false
		}
		return pattern, true
	}
}

// TestMountPlaces gives each place an origin of its own, and asks which is named.
func TestMountPlaces(t *testing.T) {
	t.Parallel()
	places := []struct{ method, place, name string }{
		{"group", "/v1", "v1"},
		{"group", "/v1/admin/", "admin"},
		{"group", "/v1/:id", "id"},
		{"group", "/off", ""},
		{"group", "/off/on", "on"},
		{"group", "api.example/v1", "host"},
		{"PUT", "/v1/admin/users", "put"},
		{"GET", "/v1/admin/users", "get"},
		{"", "/v1/admin/any", "any"},
		{"DELETE", "/v1/admin/any", ""},
	}
	tests := []struct{ method, pattern, want string }{
		{"GET", "/", "whole"},
		{"GET", "/v1", "v1"},
		{"GET", "/v1/", "v1"},
		{"GET", "/v1/items/:id", "v1"},
		{"GET", "/v1*", "v1"},
		{"GET", "/v1/*", "v1"},
		{"GET", "/v1x", "whole"},
		{"GET", "/V1/items", "whole"},
		{"GET", "/v1/admin", "admin"},
		{"GET", "/v1/admin/", "admin"},
		{"GET", "/v1/administrators", "v1"},
		{"GET", "/v1/admin/x/y/z", "admin"},
		{"GET", "/v1/:id/x", "id"},
		{"GET", "/v1/:name/x", "v1"},
		{"GET", "/off", ""},
		{"GET", "/off/x", ""},
		{"GET", "/off/on/x", "on"},
		{"GET", "api.example/v1/x", "host"},
		{"GET", "api.example/v2", "whole"},
		{"PUT", "/v1/admin/users", "put"},
		{"GET", "/v1/admin/users", "get"},
		{"HEAD", "/v1/admin/users", "get"},
		{"DELETE", "/v1/admin/users", "admin"},
		{"PUT", "/v1/admin/users/", "admin"},
		{"put", "/v1/admin/users", "admin"},
		{"GET", "/v1/admin/any", "any"},
		{"DELETE", "/v1/admin/any", ""},
	}
	origin := func(name string) string { return "https://" + name + ".example" }
	m := cors.NewMounts(policyFor(t, origin("whole")))
	for _, p := range places {
		var d cors.Decider = (*cors.Policy)(nil)
		if p.name != "" {
			d = policyFor(t, origin(p.name))
		}
		if err := attach(m, p.method, p.place, d); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range tests {
		for _, r := range []cors.Request{
			{Method: tt.method},
			{Method: "OPTIONS", Origin: " " + origin(tt.want), RequestMethod: "\t" + tt.method + " "},
		} {
			p := m.Place(r, fixed(tt.pattern, tt.method))
			switch {
			case p == nil && tt.want != "":
				t.Errorf("%v at %s: no place, want %q", r, tt.pattern, tt.want)
			case p == nil:
			case tt.want == "" || p.Decider().Decide(t.Context(), cors.Request{Method: "GET", Origin: origin(tt.want)}).Reason() != cors.Allowed:
				t.Errorf("%v at %s: not the place of %q", r, tt.pattern, tt.want)
			}
		}
	}
}

// TestMountUnserved: a preflight that no route serves has no place, and anything else
// has that of the application.
func TestMountUnserved(t *testing.T) {
	t.Parallel()
	m := cors.NewMounts(policyFor(t, "https://a.example"))
	none := fixed("")
	if p := m.Place(cors.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "PUT"}, none); p != nil {
		t.Error("a preflight has a place")
	}
	for _, r := range []cors.Request{
		{Method: "GET"}, {Method: "OPTIONS"}, {Method: "OPTIONS", RequestMethod: "PUT"},
		{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "\t"}, {Method: "GET", Origin: "null", RequestMethod: "PUT"},
	} {
		if m.Place(r, none) == nil {
			t.Errorf("%v has no place", r)
		}
		if cors.NewMounts(nil).Place(r, fixed("/x")) != nil {
			t.Errorf("%v has a place where CORS is off", r)
		}
	}
}

// allowed returns the Access-Control-Allow-Methods of a preflight.
func allowed(t *testing.T, m *cors.Mounts, method string, route func(string) (string, bool)) string {
	t.Helper()
	r := cors.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: method}
	p := m.Place(r, route)
	if p == nil {
		return "no place"
	}
	for name, value := range p.Decider().Decide(t.Context(), r).Headers() {
		if name == "Access-Control-Allow-Methods" {
			return value
		}
	}
	return ""
}

func TestRouteMethods(t *testing.T) {
	t.Parallel()
	listed := policyFor(t, "https://a.example", "DELETE", "PROPFIND", "PUT")
	anyMethod := policyFor(t, "https://a.example", "*")
	withCookies, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://a.example"}, AllowMethods: []string{"*"}, AllowCredentials: true})
	if err != nil {
		t.Fatal(err)
	}
	live := new(cors.Live)
	live.Store(listed)
	observed := cors.Observe(listed, func(cors.Request, cors.Decision) {})
	tests := []struct {
		name   string
		d      cors.Decider
		method string
		route  func(string) (string, bool)
		want   string
	}{
		{"a list is cut", listed, "PUT", fixed("/x", "GET", "PUT", "PATCH"), "PUT"},
		{"to nothing, maybe", listed, "GET", fixed("/x", "GET", "PATCH"), ""},
		{"unless any method is served", listed, "PUT", fixed("/x"), "DELETE, PROPFIND, PUT"},
		{"* is what the router serves", anyMethod, "PUT", fixed("/x", "GET", "PUT", "DELETE"), "DELETE, PUT"},
		{"unusual ones once they are asked for", anyMethod, "PURGE", fixed("/x", "GET", "PUT", "PURGE"), "PURGE, PUT"},
		{"* stays where any method is served", anyMethod, "PUT", fixed("/x"), "*, DELETE, HEAD, PATCH, PUT"},
		{"with credentials too", withCookies, "PUT", fixed("/x", "PUT", "DELETE"), "DELETE, PUT"},
		{"of a live policy", live, "PUT", fixed("/x", "PUT"), "PUT"},
		{"of a Decider that wraps it", observed, "PUT", fixed("/x", "PUT"), "PUT"},
		{"what the router does not serve", listed, "DELETE", fixed("/x", "PUT"), "no place"},
	}
	for _, tt := range tests {
		m := cors.NewMounts(tt.d, cors.RouteMethods())
		for range 2 { // the second time it is kept
			if got := allowed(t, m, tt.method, tt.route); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
	}
}

// TestRouteMethodsOfOtherPlaces: a method for which another policy decides is not
// granted by this one.
func TestRouteMethodsOfOtherPlaces(t *testing.T) {
	t.Parallel()
	for _, d := range []cors.Decider{policyFor(t, "https://a.example", "DELETE", "PUT"), policyFor(t, "https://a.example", "*")} {
		for _, route := range []func(string) (string, bool){fixed("/x"), fixed("/x", "PUT", "DELETE")} {
			m := cors.NewMounts(d, cors.RouteMethods())
			before := allowed(t, m, "PUT", route)
			if err := m.Route("DELETE", "/x", nil); err != nil {
				t.Fatal(err)
			}
			if after := allowed(t, m, "PUT", route); strings.Contains(after, "DELETE") || strings.Contains(after, "*") || !strings.Contains(after, "PUT") {
				t.Errorf("%q, and %q once DELETE was attached elsewhere", before, after)
			}
		}
	}
}

// TestRouteMethodsFollow: routes and policies that come later are seen.
func TestRouteMethodsFollow(t *testing.T) {
	t.Parallel()
	live := new(cors.Live)
	live.Store(policyFor(t, "https://a.example", "DELETE", "PUT"))
	m := cors.NewMounts(live, cors.RouteMethods())
	steps := []struct {
		do     func()
		method string
		routes []string
		want   string
	}{
		{func() {}, "PUT", []string{"PUT"}, "PUT"},
		{func() {}, "DELETE", []string{"DELETE", "PUT"}, "DELETE, PUT"},
		{func() { live.Store(policyFor(t, "https://a.example", "PUT", "MOVE")) }, "PUT", []string{"DELETE", "MOVE", "PUT"}, "PUT"},
		{func() {}, "MOVE", []string{"DELETE", "MOVE", "PUT"}, "MOVE, PUT"},
		{func() { live.Store(nil) }, "PUT", []string{"DELETE", "PUT"}, ""},
	}
	for i, s := range steps {
		s.do()
		if got := allowed(t, m, s.method, fixed("/x", s.routes...)); got != s.want {
			t.Errorf("step %d: %q, want %q", i, got, s.want)
		}
	}
}

// TestRouteMethodsAreKept: what has been found is asked for again only when it may have
// changed, and a client that makes up methods makes nothing anew.
func TestRouteMethodsAreKept(t *testing.T) {
	t.Parallel()
	for name, serves := range map[string]func(method string) bool{
		"two methods": func(method string) bool { return method == "GET" || method == "PUT" },
		"any method":  func(string) bool { return true },
	} {
		m := cors.NewMounts(policyFor(t, "https://a.example", "PUT"), cors.RouteMethods())
		if err := m.Route("DELETE", "/x", nil); err != nil {
			t.Fatal(err)
		}
		asked := 0
		place := func(method string) *cors.Place {
			asked = 0
			return m.Place(cors.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: method},
				func(method string) (string, bool) { asked++; return "/x", serves(method) })
		}
		first := place("PUT")
		for _, method := range []string{"PUT", "NOPE", "FROB-1", "FROB-2", "PUT"} {
			if p := place(method); asked != 1 || serves(method) && p != first {
				t.Errorf("%s: for %s, the router was asked %d times, and the place is the same: %t", name, method, asked, p == first)
			}
		}
	}
}

func TestMountsConcurrently(t *testing.T) {
	t.Parallel()
	p := policyFor(t, "https://a.example", "DELETE", "PUT")
	m := cors.NewMounts(p, cors.RouteMethods())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 300 {
				if got := allowed(t, m, "PUT", fixed("/v1/x", "PUT")); got != "PUT" {
					t.Errorf("%q", got)
				}
			}
		})
	}
	for _, prefix := range []string{"/v1", "/v2", "/v1/x", "/v3"} {
		if err := m.Group(prefix, p); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}
