package cors_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// TestLive checks which policy is in force after each step.
func TestLive(t *testing.T) {
	t.Parallel()
	var live cors.Live
	r := cors.Request{Method: "GET", Origin: app}
	check := func(p *cors.Policy, want string) {
		t.Helper()
		if live.Load() != p {
			t.Error("Load returns another policy")
		}
		if got := wire(live.Decide(t.Context(), r)); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
	check(nil, "actual no-policy 0")
	first := compile(t, cors.Config{AllowOrigins: []string{app}})
	live.Store(first)
	check(first, "actual allowed 0\nAccess-Control-Allow-Origin: "+app+"\nVary: Origin")
	second := compile(t, cors.Config{AllowOrigins: []string{evil}})
	live.Store(second)
	check(second, "actual origin-not-allowed 0\nVary: Origin")
	live.Store(nil)
	check(nil, "actual no-policy 0")
}

// TestLiveSwap replaces policies under load. Every header of a policy names the policy. So
// the test notices a decision made by two policies, and one that changes after it was made.
func TestLiveSwap(t *testing.T) {
	t.Parallel()
	const n = 8
	var policies []*cors.Policy
	var want []string
	request := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "GET"}
	for i := range n {
		name := fmt.Sprintf("x-%d", i)
		p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{strings.ToUpper(name)}, AllowHeaders: []string{name}, PreflightStatus: 200 + i})
		policies = append(policies, p)
		want = append(want, fmt.Sprintf("preflight allowed %d\nAccess-Control-Allow-Headers: x-%d\nAccess-Control-Allow-Methods: X-%d\nAccess-Control-Allow-Origin: %s\nVary: Origin", 200+i, i, i, app))
	}
	var live cors.Live
	live.Store(policies[0])
	var stop atomic.Bool
	var wg sync.WaitGroup
	seen := make([]map[string]bool, 4)
	for i := range seen {
		seen[i] = make(map[string]bool)
		wg.Go(func() {
			for round := 0; round < 300 || !stop.Load(); round++ {
				d := live.Decide(t.Context(), request)
				live.Load().Config()
				seen[i][wire(d)] = true
			}
		})
	}
	for i := range 2000 {
		live.Store(policies[i%n])
	}
	stop.Store(true)
	wg.Wait()
	for _, decisions := range seen {
		for d := range decisions {
			if !slices.Contains(want, d) {
				t.Errorf("no policy decides\n%s", d)
			}
		}
	}
}

// TestObserve checks that each decision is reported, with copies of its values.
func TestObserve(t *testing.T) {
	t.Parallel()
	var requests []cors.Request
	var decisions []cors.Decision
	p := compile(t, cors.Config{AllowOrigins: []string{"https://*.example.org:*"}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}})
	d := cors.Observe(p, func(r cors.Request, d cors.Decision) {
		requests, decisions = append(requests, r), append(decisions, d)
	})
	var buf buffer
	r := buf.request(wholeRequest)
	want := wire(p.Decide(t.Context(), r))
	if got := wire(d.Decide(t.Context(), r)); got != want {
		t.Errorf("observed, it decides\n%s\nwant\n%s", got, want)
	}
	d.Decide(t.Context(), cors.Request{Method: "GET"})
	buf.scribble()
	if want := []cors.Request{wholeRequest, {Method: "GET"}}; !slices.Equal(requests, want) {
		t.Errorf("kept %+v, want %+v", requests, want)
	}
	if len(decisions) != 2 || wire(decisions[0]) != want || wire(decisions[1]) != "not-cors allowed 0\nVary: Origin" {
		t.Errorf("kept %d decisions, the first\n%s\nwant\n%s", len(decisions), wire(decisions[0]), want)
	}
	none := cors.Observe((*cors.Policy)(nil), func(_ cors.Request, d cors.Decision) { decisions = append(decisions, d) })
	none.Decide(t.Context(), wholeRequest)
	if got := wire(decisions[2]); got != "preflight no-policy 0" {
		t.Errorf("of no policy it reports %s", got)
	}
}

// TestShadow checks that the active policy decides, that exactly the differences are
// reported, and that the reports contain copies.
func TestShadow(t *testing.T) {
	t.Parallel()
	type report struct {
		request           cors.Request
		active, candidate string
	}
	base := cors.Config{AllowOrigins: []string{app, "https://*.example.org:*"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"x-a"}}
	change := func(f func(*cors.Config)) *cors.Policy {
		c := base
		f(&c)
		return compile(t, c)
	}
	active := compile(t, base)
	preflight := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PUT", RequestHeaders: "x-a"}
	actual := cors.Request{Method: "GET", Origin: app}
	post := cors.Request{Method: "POST", Origin: evil}
	for _, tt := range []struct {
		name      string
		candidate cors.Decider
		differ    []cors.Request
	}{
		{"the same", active, nil},
		{"an equal one", compile(t, base), nil},
		{"order alone", change(func(c *cors.Config) { c.AllowOrigins = []string{"https://*.example.org:*", app} }), nil},
		{"none", (*cors.Policy)(nil), []cors.Request{preflight, actual, post, {Method: "GET"}}},
		{"fewer origins", change(func(c *cors.Config) { c.AllowOrigins = []string{"https://*.example.org:*"} }), []cors.Request{preflight, actual}},
		{"more origins", change(func(c *cors.Config) { c.AllowOrigins = []string{app, evil} }), []cors.Request{post}},
		{"fewer methods", change(func(c *cors.Config) { c.AllowMethods = nil }), []cors.Request{preflight}},
		{"another status", change(func(c *cors.Config) { c.PreflightStatus = 200 }), []cors.Request{preflight}},
		{"a header's value", change(func(c *cors.Config) { c.MaxAge = cors.NoCache }), []cors.Request{preflight}},
		{"credentials", change(func(c *cors.Config) { c.AllowCredentials = true }), []cors.Request{preflight, actual}},
		{"enforcement", change(func(c *cors.Config) { c.Enforce = cors.EnforceUnsafe }), []cors.Request{post}},
		{"any", compile(t, cors.AllowAll()), []cors.Request{preflight, actual, post, {Method: "GET"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got, want []report
			d := cors.Shadow(active, tt.candidate, func(r cors.Request, a, c cors.Decision) { got = append(got, report{r, wire(a), wire(c)}) })
			for _, r := range []cors.Request{preflight, actual, post, {Method: "GET"}} {
				decided := wire(d.Decide(t.Context(), r))
				if a := wire(active.Decide(t.Context(), r)); decided != a {
					t.Errorf("%+v: decided\n%s\nwant\n%s", r, decided, a)
				}
				if slices.Contains(tt.differ, r) {
					want = append(want, report{r, decided, wire(tt.candidate.Decide(t.Context(), r))})
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("reported %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestShadowGivesCopies: the report may keep its arguments, even if one of the decisions
// reflects the request.
func TestShadowGivesCopies(t *testing.T) {
	t.Parallel()
	var kept []any
	var texts []string
	reflecting := compile(t, cors.Config{AllowOrigins: []string{"https://*.example.org:*"}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}})
	plain := compile(t, cors.Config{AllowOrigins: []string{"https://*.example.org:*"}})
	report := func(r cors.Request, a, c cors.Decision) {
		kept = append(kept, r, a, c)
		texts = append(texts, fmt.Sprint(r), wire(a), wire(c))
	}
	var buf buffer
	for _, d := range []cors.Decider{cors.Shadow(reflecting, plain, report), cors.Shadow(plain, reflecting, report)} {
		d.Decide(t.Context(), buf.request(wholeRequest))
	}
	for i := range texts {
		texts[i] = strings.Clone(texts[i])
	}
	buf.scribble()
	var after []string
	for _, k := range kept {
		switch k := k.(type) {
		case cors.Request:
			after = append(after, fmt.Sprint(k))
		case cors.Decision:
			after = append(after, wire(k))
		}
	}
	if len(kept) != 6 || !reflect.DeepEqual(after, texts) {
		t.Errorf("kept\n%s\nwas\n%s", after, texts)
	}
}

// TestDecidersCompose puts all Deciders around each other.
func TestDecidersCompose(t *testing.T) {
	t.Parallel()
	type key struct{}
	var live cors.Live
	live.Store(compile(t, cors.Config{AllowOriginFunc: func(ctx context.Context, _ cors.Request, _ cors.Origin) (bool, error) {
		return ctx.Value(key{}) != nil, nil
	}}))
	var observed, shadowed int
	routes, err := cors.NewRoutes(map[string]cors.Decider{
		"/api/": cors.Observe(&live, func(cors.Request, cors.Decision) { observed++ }),
	})
	if err != nil {
		t.Fatal(err)
	}
	d := cors.Shadow(routes, new(cors.Live), func(cors.Request, cors.Decision, cors.Decision) { shadowed++ })
	ctx := context.WithValue(t.Context(), key{}, true)
	if got := d.Decide(ctx, cors.Request{Method: "GET", Origin: app, Path: "/api/x"}).Reason(); got != cors.Allowed {
		t.Errorf("the context did not arrive: %v", got)
	}
	d.Decide(ctx, cors.Request{Method: "GET", Origin: app, Path: "/"})
	if observed != 1 || shadowed != 1 {
		t.Errorf("observed %d, shadowed %d", observed, shadowed)
	}
}

// TestDecideTo checks that DecideTo decides as Decide does for every Decider, even if out
// contains another decision.
func TestDecideTo(t *testing.T) {
	t.Parallel()
	deciders := budgetPolicies(t)
	deciders["observed"] = cors.Observe(deciders["credentials"], func(cors.Request, cors.Decision) {})
	deciders["zero live"] = new(cors.Live)
	reflected := ask("https://a.tenants.example", "PURGE", "x-a")
	full := deciders["credentials"].Decide(t.Context(), reflected)
	if full.Len() != 6 {
		t.Fatalf("it has %d headers:\n%s", full.Len(), wire(full))
	}
	for name, d := range deciders {
		for _, r := range []cors.Request{{Method: "GET"}, get(app), get(evil), get("null"), get("malformed"), ask(app, "PUT", "x-header-01"), ask(evil, "PUT", ""), ask(app, "A B", "x a"), reflected, wholeRequest} {
			want := wire(d.Decide(t.Context(), r))
			out, own := full, r
			if cors.DecideTo(&out, d, &own, nil); wire(out) != want {
				t.Errorf("%s, %+v: decides\n%s\nby DecideTo\n%s", name, r, want, wire(out))
				break // one is enough
			}
		}
	}
}

// TestNeedsMetadata checks which Deciders need the whole Request.
func TestNeedsMetadata(t *testing.T) {
	t.Parallel()
	routes, err := cors.NewRoutes(nil)
	if err != nil {
		t.Fatal(err)
	}
	listed := compile(t, cors.Config{AllowOrigins: []string{app}})
	enforcing := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceUnsafe})
	live := new(cors.Live)
	live.Store(enforcing)
	for _, tt := range []struct {
		decider cors.Decider
		want    bool
	}{
		{listed, false},
		{compile(t, cors.AllowAll()), false},
		{(*cors.Policy)(nil), false},
		{enforcing, true},
		{compile(t, cors.Config{AllowOriginFunc: askNobody}), true},
		{routes, true},
		{new(cors.Live), false},
		{live, true},
		{new(cors.Tally).Of(listed), false},
		{new(cors.Tally).Of(live), true},
		{cors.First(listed, listed), false},
		{cors.First(listed, enforcing), true},
		{strange{listed}, true},
		{cors.Observe(listed, func(cors.Request, cors.Decision) {}), true},
		{cors.Shadow(listed, listed, func(cors.Request, cors.Decision, cors.Decision) {}), true},
	} {
		if got := cors.NeedsMetadata(tt.decider); got != tt.want {
			t.Errorf("%T: got %t", tt.decider, got)
		}
	}
}

// TestMayRefuse checks that MayRefuse asks each part of a Decider, and calls no observer.
func TestMayRefuse(t *testing.T) {
	t.Parallel()
	listed := compile(t, cors.Config{AllowOrigins: []string{app}})
	enforcing := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll})
	live := new(cors.Live)
	live.Store(enforcing)
	routes := func(d cors.Decider) cors.Decider {
		r, err := cors.NewRoutes(map[string]cors.Decider{"/": listed, "/off": nil, "/part": d})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	tally := new(cors.Tally)
	wrappers := map[string]func(d cors.Decider) cors.Decider{
		"itself":          func(d cors.Decider) cors.Decider { return d },
		"First":           func(d cors.Decider) cors.Decider { return cors.First(d, listed) },
		"First, the last": func(d cors.Decider) cors.Decider { return cors.First(listed, d) },
		"Tally":           tally.Of,
		"Observe": func(d cors.Decider) cors.Decider {
			return cors.Observe(d, func(cors.Request, cors.Decision) { t.Error("an observer hears of it") })
		},
		"Shadow": func(d cors.Decider) cors.Decider {
			return cors.Shadow(d, enforcing, func(cors.Request, cors.Decision, cors.Decision) { t.Error("a shadow hears of it") })
		},
		"Routes": routes,
	}
	r := cors.Request{Method: "POST", Origin: "https://other.example", Host: "api.example", Path: "/", FetchSite: "cross-site"}
	for _, tt := range []struct {
		decider cors.Decider
		want    bool
	}{{listed, false}, {(*cors.Policy)(nil), false}, {enforcing, true}, {live, true}, {new(cors.Live), false}, {strange{listed}, false}, {strange{enforcing}, true}, {routes(enforcing), true}, {routes(listed), false}} {
		for outer, wrap := range wrappers {
			for inner, wrapInner := range wrappers {
				if got := cors.MayRefuse(t.Context(), wrap(wrapInner(tt.decider)), r); got != tt.want {
					t.Errorf("%T in %s in %s: got %t", tt.decider, inner, outer, got)
				}
			}
		}
	}
	for outcome, count := range tally.All() {
		if count > 0 {
			t.Errorf("%v is counted", outcome)
		}
	}
}

// TestNilDeciders checks that a nil policy sends no CORS headers.
func TestNilDeciders(t *testing.T) {
	t.Parallel()
	r := cors.Request{Method: "GET", Origin: app, Path: "/api/x"}
	for name, d := range map[string]cors.Decider{"nil": nil, "policy": (*cors.Policy)(nil)} {
		routes, err := cors.NewRoutes(map[string]cors.Decider{"/api/": d})
		if err != nil {
			t.Fatal(err)
		}
		if got := wire(routes.Decide(t.Context(), r)); got != "actual no-policy 0" {
			t.Errorf("routes, %s: got %s", name, got)
		}
	}
}
