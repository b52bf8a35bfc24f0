package cors_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// budgetPolicies returns a policy for each way in which a decision is made.
func budgetPolicies(t testing.TB) map[string]cors.Decider {
	t.Helper()
	many := []string{"https://*.tenants.example", "https://app-*.example.org:8443", "http://localhost:*", "null"}
	for i := range 1000 {
		many = append(many, fmt.Sprintf("https://app%d.example.net", i))
	}
	lists := cors.Config{AllowMethods: []string{"PUT", "PATCH", "DELETE"}, ExposeHeaders: []string{"etag", "x-total"}, MaxAge: time.Hour, Enforce: cors.EnforceAll}
	for i := range 20 {
		lists.AllowHeaders = append(lists.AllowHeaders, fmt.Sprintf("x-header-%02d", i))
	}
	with := func(f func(*cors.Config)) *cors.Policy {
		c := lists
		f(&c)
		return compile(t, c)
	}
	listed := with(func(c *cors.Config) { c.AllowOrigins = []string{app} })
	var live cors.Live
	live.Store(listed)
	routes, err := cors.NewRoutes(map[string]cors.Decider{"/": nil, "/api/": listed, "/api/v1/things": &live})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]cors.Decider{
		"none": (*cors.Policy)(nil),
		"any":  with(func(c *cors.Config) { c.AllowOrigins, c.Enforce = []string{"*"}, cors.EnforceUnsafe }),
		"any with credentials": with(func(c *cors.Config) {
			c.AllowOrigins, c.Enforce, c.AllowCredentials, c.Dangerously.AnyOriginWithCredentials = []string{"*"}, cors.EnforceUnsafe, true, true
		}),
		"schemes": with(func(c *cors.Config) { c.AllowOrigins = []string{"chrome-extension://*", app} }),
		"all":     compile(t, cors.AllowAll()),
		"one":     listed,
		"many":    with(func(c *cors.Config) { c.AllowOrigins, c.Dangerously.NullOrigin = many, true }),
		"credentials": with(func(c *cors.Config) {
			c.AllowOrigins, c.AllowCredentials, c.AllowMethods, c.AllowHeaders = []string{app, "https://*.tenants.example:*"}, true, []string{"*"}, []string{"*"}
		}),
		"live":     &live,
		"routes":   routes,
		"shadow":   cors.Shadow(listed, with(func(c *cors.Config) { c.AllowOrigins = []string{app} }), func(cors.Request, cors.Decision, cors.Decision) {}),
		"no cache": with(func(c *cors.Config) { c.AllowOrigins, c.MaxAge, c.PassPreflight = []string{app}, cors.NoCache, true }),
	}
}

// budgetRequests reach every outcome, with the most hostile values that a server passes on.
func budgetRequests() []cors.Request {
	var twenty []string
	for i := range 20 {
		twenty = append(twenty, fmt.Sprintf("x-header-%02d", i))
	}
	origins := []string{
		"", " \t", app, " " + app + "\t", evil, "null", "https://app7.example.net", "https://a.b.c.tenants.example", "https://app-1.example.org:8443", "http://localhost:3000",
		"http://[2001:db8::1]:8080", "http://127.0.0.1", app + "/", app + ", " + app, "https://x\r.tenants.example", "https://api.example.net",
		"https://" + strings.Repeat("a", 64<<10) + ".tenants.example", "https://" + strings.Repeat("a.", 32<<10) + "tenants.example", "https://" + strings.Repeat("a.", 100) + "tenants.example",
		strings.Repeat(",", 64<<10), strings.Repeat("[", 1<<10), strings.Repeat("-", 300) + "://x",
	}
	lists := []string{
		"", "x-header-00", strings.Join(twenty, ","), strings.ToUpper(strings.Join(twenty, " ,\t")), "authorization", "x-other", "x a", "\x00",
		strings.Repeat(",", 8<<10), strings.Repeat("x-header-19,", 600), strings.Repeat(",", 1<<20), strings.Repeat("a", 1<<20), strings.Repeat("\t, ", 1<<19),
	}
	var all []cors.Request
	for _, origin := range origins {
		r := cors.Request{Origin: origin, Host: "api.example.net", Path: "/api/v1/things"}
		for _, r.Method = range []string{"GET", "POST", "OPTIONS", "get"} {
			for _, r.FetchSite = range []string{"", "cross-site", "same-origin"} {
				all = append(all, r)
			}
		}
		r.Method = "OPTIONS"
		for _, r.RequestMethod = range []string{"GET", "PUT", "PURGE", "TRACE", "A B", strings.Repeat("M", 100_000)} {
			for _, r.RequestHeaders = range lists {
				all = append(all, r)
			}
		}
	}
	for _, path := range []string{"", "/", "/API", "/x/y/" + strings.Repeat("z", 200), "/api/%2e", strings.Repeat("/api", 10_000), strings.Repeat("/", 10_000)} {
		all = append(all, cors.Request{Method: "GET", Origin: app, Path: path})
	}
	return all
}

// TestDecideDoesNotAllocate: neither Decide nor iterating over the headers allocates
// anything, for any request.
func TestDecideDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	ctx := t.Context()
	source := new(rest)
	requests := budgetRequests()
	outcomes := make(map[string]bool)
	bytes := 0
	for name, d := range budgetPolicies(t) {
		over := 0
		for _, r := range requests {
			outcomes[wireLine(d.Decide(ctx, r))] = true
			if n := testing.AllocsPerRun(2, func() {
				var decision cors.Decision
				own := r
				cors.DecideTo(&decision, d, &own, source)
				for i := range decision.Len() {
					name, value := decision.At(i)
					bytes += len(name) + len(value)
				}
				decision = d.Decide(ctx, r)
				for name, value := range decision.Headers() {
					bytes += len(name) + len(value)
				}
				bytes += decision.Status() + decision.Len() + len(decision.Kind().String()) + len(decision.Reason().String())
			}); n != 0 {
				if over++; over <= 3 {
					t.Errorf("%s: %v allocations for %.200q", name, n, fmt.Sprintf("%+v", r))
				}
			}
		}
		if over > 3 {
			t.Errorf("%s: so for %d of %d requests", name, over, len(requests))
		}
	}
	for _, want := range []string{
		"not-cors no-policy 0", "actual no-policy 0", "preflight no-policy 0", "not-cors allowed 0", "not-cors origin-missing 403",
		"actual allowed 0", "actual origin-not-allowed 0", "actual origin-not-allowed 403", "actual origin-malformed 0", "actual origin-malformed 403",
		"preflight allowed 204", "preflight allowed 0", "preflight origin-not-allowed 403", "preflight origin-malformed 403",
		"preflight method-not-allowed 204", "preflight header-not-allowed 204", "preflight header-malformed 204", "preflight headers-too-long 204",
	} {
		if !outcomes[want] {
			t.Errorf("no request led to %s", want)
		}
	}
	if bytes == 0 {
		t.Error("nothing was read")
	}
}

// wireLine is the first line of what wire returns.
func wireLine(d cors.Decision) string {
	line, _, _ := strings.Cut(wire(d), "\n")
	return line
}

// TestAskingAllocatesTheCopies: calling AllowOriginFunc costs only the copy of the request.
// If it is not called, nothing is allocated.
func TestAskingAllocatesTheCopies(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	ctx := t.Context()
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return true, nil }})
	for _, tt := range []struct {
		request cors.Request
		max     float64
	}{
		{get(app), 0},
		{get("null"), 0},
		{get(app + "/"), 0},
		{cors.Request{Method: "GET"}, 0},
		{wholeRequest, 7}, // its seven strings
	} {
		if n := testing.AllocsPerRun(100, func() { p.Decide(ctx, tt.request) }); n > tt.max {
			t.Errorf("%+v: %v allocations, want %v at most", tt.request, n, tt.max)
		}
	}
	if ok := testing.AllocsPerRun(100, func() { p.AllowsOrigin(app) }); ok != 0 {
		t.Errorf("AllowsOrigin: %v allocations", ok)
	}
}
