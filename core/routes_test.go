package cors_test

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// routeMistakes are keys that NewRoutes refuses.
var routeMistakes = []struct{ key, hint string }{
	{"", `write "/"`},
	{"api", `write "/api"`},
	{"api/", `write "/api/"`},
	{"https://api.example.com/", `a path begins with a slash; write "/"`},
	{"https://api.example.com/v1/", `write "/v1/"`},
	{"*", `a path begins with a slash; write "/"`},
	{"/*", `write "/"`},
	{"/**", `write "/"`},
	{"/static/{path...}", `write "/static/"`},
	{"/static/{path...}/x", "no parameters"},
	{"//", "no empty segments"},
	{"/api//", "no empty segments"},
	{"/api//v1", "no empty segments"},
	{"//api", "no empty segments"},
	{"/.", "none that is . or .."},
	{"/api/./v1", "none that is . or .."},
	{"/api/..", "none that is . or .."},
	{"/api/../", "none that is . or .."},
	{"/api/*", `write "/api/"`},
	{"/api/:id", "no parameters or wildcards"},
	{"/api/{id}", "no parameters or wildcards"},
	{"/api/{id...}", "no parameters or wildcards"},
	{"/api v1", "a path has no ' '"},
	{"/api?x=1", "a path has no '?'"},
	{"/api#x", "a path has no '#'"},
	{"/caf%C3%A9", "a path has no '%'"},
	{"/caf\u00e9", "a path has no"},
	{"/api\x00", `a path has no '\x00'`},
	{`/api\v1`, `a path has no '\\'`},
}

func TestRouteKeyErrors(t *testing.T) {
	t.Parallel()
	deciders := map[string]cors.Decider{"/fine": nil}
	for _, m := range routeMistakes {
		deciders[m.key] = nil
		r, err := cors.NewRoutes(map[string]cors.Decider{m.key: nil, "/fine": nil})
		all := cors.ConfigErrors(err)
		if r != nil || len(all) != 1 {
			t.Errorf("%q: got %v and error %v", m.key, r, err)
			continue
		}
		for _, fixed := range all[0].Repair {
			if _, err := cors.NewRoutes(map[string]cors.Decider{fixed: nil}); err != nil || !strings.Contains(all[0].Hint, strconv.Quote(fixed)) {
				t.Errorf("%q: the repair %q: %v", m.key, fixed, err)
			}
		}
		if offer := regexp.MustCompile(`write "[^"]*"`).FindString(all[0].Hint); (offer != "") != (len(all[0].Repair) > 0) {
			t.Errorf("%q: the hint says %s, and the repair is %q", m.key, offer, all[0].Repair)
		}
		if e := all[0]; e.Code != "route-path" || e.Value != m.key || !strings.Contains(e.Field, "Routes[") || !strings.Contains(e.Hint, m.hint) {
			t.Errorf("%q: got field %q, code %q, hint %q; want a hint with %q", m.key, e.Field, e.Code, e.Hint, m.hint)
		}
	}
	_, err := cors.NewRoutes(deciders)
	if n := len(cors.ConfigErrors(err)); n != len(routeMistakes) {
		t.Errorf("all at once: %d errors, want %d", n, len(routeMistakes))
	}
}

// TestRouteKeysThatDifferInCase: some routers ignore case, so they would serve both paths by
// the handler of one.
func TestRouteKeysThatDifferInCase(t *testing.T) {
	t.Parallel()
	r, err := cors.NewRoutes(map[string]cors.Decider{"/API/v1": nil, "/api/": nil, "/fine": nil})
	all := cors.ConfigErrors(err)
	if r != nil || len(all) != 1 || all[0].Value != "/api/" || all[0].Code != "route-path" || !strings.Contains(all[0].Hint, `this differs from "API" only in case`) {
		t.Errorf("got %v and error %v", r, err)
	}
}

// TestRoutes gives each key a policy that allows an origin with its name.
func TestRoutes(t *testing.T) {
	t.Parallel()
	only := func(name string) cors.Decider {
		return compile(t, cors.Config{AllowOrigins: []string{"https://" + name + ".example"}})
	}
	var none *cors.Policy
	routes, err := cors.NewRoutes(map[string]cors.Decider{
		"/":                      only("root"),
		"/api/":                  only("api"),
		"/api/v1/":               only("v1"),
		"/api/v1/exact":          only("exact"),
		"/api/both":              only("page"),
		"/api/both/":             only("tree"),
		"/api/off/":              nil,
		"/api/off/on":            only("on"),
		"/api/nil":               none,
		"/a.b-c_d~!$&'()*+,;=:@": only("odd"),
		"/deep/er/est/":          only("deep"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, want string }{ // "" is no policy
		{"/", "root"},
		{"/x", "root"},
		{"/apix", "root"},
		{"/ap", "root"},
		{"/api", "api"},
		{"/api/", "api"},
		{"/api/x", "api"},
		{"/api/x/y/z", "api"},
		{"/api/v1", "v1"},
		{"/api/v1/", "v1"},
		{"/api/v1x", "api"},
		{"/api/v1/x", "v1"},
		{"/api/v1/exact", "exact"},
		{"/api/v1/exact/", "exact"},
		{"/api/v1/exact/x", "v1"},
		{"/api/v1/exactly", "v1"},
		{"/api/both", "page"},
		{"/api/both/", "tree"},
		{"/api/both/x", "tree"},
		{"/api/off", ""},
		{"/api/off/", ""},
		{"/api/off/x", ""},
		{"/api/off/on", "on"},
		{"/api/offx", "api"},
		{"/api/nil", ""},
		{"/api/nil/", ""},
		{"/api/nil/x", "api"},
		{"/a.b-c_d~!$&'()*+,;=:@", "odd"},
		{"/deep", "root"},
		{"/deep/er", "root"},
		{"/deep/er/", "root"},
		{"/deep/er/est", "deep"},
		{"/deep/er/est/x", "deep"},
		{"/caf%C3%A9/x%20y", "root"}, // characters that need the encoding: one reading
		{"/api/%E2%82%AC", "api"},
		{"/api/\u20ac", "api"},

		// A path that routers could read in another way has no policy.
		{"", ""},
		{"*", ""},
		{"api", ""},
		{"https://api.example.com/api/", ""},
		{"//", ""},
		{"//api/", ""},
		{"/api//v1", ""},
		{"/api//", ""},
		{"/x//", ""},
		{"/x/y//z", ""},
		{"/.", ""},
		{"/./api", ""},
		{"/..", ""},
		{"/api/..", ""},
		{"/api/../x", ""},
		{"/x/y/../../api", ""},
		{"/x/./y", ""},
		{"/API", ""},
		{"/Api/v1", ""},
		{"/api/V1/x", ""},
		{"/api/v1/EXACT", ""},
		{"/api/OFF", ""},
		{"/A.b-c_d~!$&'()*+,;=:@", ""},
		{"/X/API", "root"}, // no key has the segment api below x
		{"/%61pi", ""},
		{"/api/v%31", ""},
		{"/x/%79", ""},
		{"/api%2Fv1", ""},
		{"/api%2fv1", ""},
		{"/api/%2e%2e/x", ""},
		{"/%2E/x", ""},
		{"/api%5Cv1", ""},
		{`/api\v1`, ""},
		{"/api/%00", ""},
		{"/api/%0d%0a", ""},
		{"/api/%7f", ""},
		{"/api/%25", ""},
		{"/api/%252e", ""},
		{"/api/%", ""},
		{"/api/%2", ""},
		{"/api/%zz", ""},
		{"/api/%+1", ""},
		{"/x/y/z/%2F", ""},
		{"/x/y/z//", ""},
		{"/x/y/z/..", ""},
	} {
		for _, r := range []cors.Request{{Method: "GET"}, {Method: "GET", Origin: "\t"}} {
			r.Path = tt.path
			want := "not-cors allowed 0\nVary: Origin"
			if tt.want == "" {
				want = "not-cors no-policy 0"
			}
			if got := wire(routes.Decide(t.Context(), r)); got != want {
				t.Errorf("%q, no Origin: got %q, want %q", tt.path, got, want)
			}
		}
		for _, name := range []string{"root", "api", "v1", "exact", "page", "tree", "on", "odd", "deep"} {
			r := cors.Request{Method: "OPTIONS", RequestMethod: "GET", Path: tt.path, Origin: "https://" + name + ".example"}
			want := "preflight origin-not-allowed 403\nVary: Origin"
			switch tt.want {
			case "":
				want = "preflight no-policy 0"
			case name:
				want = "preflight allowed 204\nAccess-Control-Allow-Origin: " + r.Origin + "\nVary: Origin"
			}
			if got := wire(routes.Decide(t.Context(), r)); got != want {
				t.Errorf("%q from %s: got %q, want %q", tt.path, name, got, want)
			}
		}
	}
}

// TestRoutesWithKeysThatDifferInCase: a segment that differs from a key's only in case
// matches nothing, even if another key has exactly that segment.
func TestRoutesWithKeysThatDifferInCase(t *testing.T) {
	t.Parallel()
	open := compile(t, cors.AllowAll())
	routes, err := cors.NewRoutes(map[string]cors.Decider{"/": open, "/Admin/": nil, "/admin/help": open})
	if err != nil {
		return // refusing such keys would also be correct
	}
	if got := wire(routes.Decide(t.Context(), cors.Request{Method: "GET", Origin: evil, Path: "/admin/users"})); got != "actual no-policy 0" {
		t.Errorf("a router that ignores case serves /Admin/ here, but got:\n%s", got)
	}
}

// TestRoutesAgainstList compares the tree with a search through the list of keys.
func TestRoutesAgainstList(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	path := func() string {
		var b strings.Builder
		for range rng.IntN(5) {
			b.WriteString("/" + []string{"a", "b", "ab"}[rng.IntN(3)])
		}
		if b.Len() == 0 || rng.IntN(2) == 0 {
			b.WriteString("/")
		}
		return b.String()
	}
	for range 300 {
		keys := make(map[string]cors.Decider)
		for range rng.IntN(8) {
			keys[path()] = nil
		}
		for key := range keys {
			keys[key] = compile(t, cors.Config{AllowOrigins: []string{keyOrigin(key)}})
		}
		routes, err := cors.NewRoutes(keys)
		if err != nil {
			t.Fatal(err)
		}
		for range 30 {
			p := path()
			best := ""
			for key := range keys {
				subtree := strings.HasSuffix(key, "/")
				matches := p == key || subtree && (p+"/" == key || strings.HasPrefix(p, key)) || !subtree && p == key+"/"
				if matches && (len(key) > len(best) || p == key) && p != best {
					best = key
				}
				if p == key { // no key is longer than the path itself
					best = key
					break
				}
			}
			d := routes.Decide(t.Context(), cors.Request{Method: "GET", Path: p, Origin: keyOrigin(best)})
			if got, want := d.Reason() == cors.Allowed, best != ""; got != want {
				t.Fatalf("keys %v, path %q: %q should decide, but %v", keys, p, best, d.Reason())
			}
		}
	}
}

// keyOrigin names an origin for a key.
func keyOrigin(key string) string {
	return "https://k" + strings.ReplaceAll(key, "/", "-") + ".example"
}
