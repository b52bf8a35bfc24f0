package cors_test

import (
	"context"
	"fmt"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Tenants bring their own domains, which the application keeps in its database.
func ExampleConfig_allowOriginFunc() {
	customDomains := map[string]bool{"https://shop.customer.example": true}
	policy := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://app.example.com"}, // these are never asked about
		AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
			if o.Scheme != "https" {
				return false, nil
			}
			return o.IsSubdomainOf("tenants.example.com") || customDomains[o.String()], nil
		},
	})
	for _, origin := range []string{
		"https://acme.tenants.example.com", "https://shop.customer.example",
		"http://acme.tenants.example.com", "https://eviltenants.example.com",
	} {
		fmt.Println(policy.AllowsOrigin(origin), origin)
	}
	// Output:
	// true https://acme.tenants.example.com
	// true https://shop.customer.example
	// false http://acme.tenants.example.com
	// false https://eviltenants.example.com
}

// CORS decides which pages may read. It does not stop a hostile page's POST, but Enforce
// does.
func ExampleConfig_enforce() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, Enforce: cors.EnforceUnsafe})
	for _, r := range []cors.Request{
		{Method: "POST", Origin: "https://app.example.com", FetchSite: "cross-site"},
		{Method: "POST", Origin: "https://evil.example", FetchSite: "cross-site"},
		{Method: "POST", Origin: "https://api.example.net", FetchSite: "same-origin"},
		{Method: "GET", Origin: "https://evil.example", FetchSite: "cross-site"},
		{Method: "POST"}, // no browser
	} {
		decision := policy.Decide(context.Background(), r)
		fmt.Println(decision.Status(), decision.Reason())
	}
	// Output:
	// 0 allowed
	// 403 origin-not-allowed
	// 0 origin-not-allowed
	// 0 origin-not-allowed
	// 0 allowed
}

// Live replaces the policy while it serves. If a configuration does not compile, the old
// policy stays in force.
func ExampleLive() {
	var live cors.Live
	reload := func(document string) {
		config, err := cors.ParseConfig([]byte(document))
		if err == nil {
			var policy *cors.Policy
			if policy, err = cors.Compile(config); err == nil {
				live.Store(policy)
				return
			}
		}
		fmt.Println("kept the old policy:", err)
	}
	reload(`{"allowOrigins": ["https://app.example.com"]}`)
	reload(`{"allowOrigins": ["app.example.com"]}`)
	fmt.Println(live.Load().Config().AllowOrigins)
	// Output:
	// kept the old policy: cors: AllowOrigins[0] "app.example.com": an origin begins with its scheme and "://"; write "https://app.example.com"
	// [https://app.example.com]
}

func ExampleNewRoutes() {
	routes, err := cors.NewRoutes(map[string]cors.Decider{
		"/public/":       cors.MustCompile(cors.AllowAll()),
		"/account/":      cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true}),
		"/account/admin": nil, // no other origin may read this
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/public/news", "/account/me", "/account/admin", "/accounts", "/ACCOUNT/me"} {
		decision := routes.Decide(context.Background(), cors.Request{Method: "GET", Path: path, Origin: "https://app.example.com"})
		var names []string
		for name := range decision.Headers() {
			names = append(names, strings.TrimPrefix(name, "Access-Control-"))
		}
		fmt.Println(path, decision.Reason(), names)
	}
	// Output:
	// /public/news allowed [Allow-Origin]
	// /account/me allowed [Allow-Credentials Allow-Origin Vary]
	// /account/admin no-policy []
	// /accounts no-policy []
	// /ACCOUNT/me no-policy []
}

// Try a stricter policy on real traffic before you put it into force.
func ExampleShadow() {
	active := cors.MustCompile(cors.AllowAll())
	candidate := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	decider := cors.Shadow(active, candidate, func(r cors.Request, active, candidate cors.Decision) {
		if active.Reason() != candidate.Reason() {
			fmt.Printf("%s %s from %s: %v, would be %v\n", r.Method, r.Path, r.Origin, active.Reason(), candidate.Reason())
		}
	})
	decider.Decide(context.Background(), cors.Request{Method: "GET", Path: "/news", Origin: "https://app.example.com"})
	decider.Decide(context.Background(), cors.Request{Method: "GET", Path: "/news", Origin: "https://partner.example"})
	// Output: GET /news from https://partner.example: allowed, would be origin-not-allowed
}

func ExampleObserve() {
	refused := make(map[cors.Reason]int) // a real program needs a map that is safe for concurrent use
	decider := cors.Observe(
		cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}}),
		func(_ cors.Request, d cors.Decision) {
			if d.Reason() != cors.Allowed {
				refused[d.Reason()]++
			}
		},
	)
	for _, origin := range []string{"https://app.example.com", "https://evil.example", "https://app.example.com/", "null"} {
		decider.Decide(context.Background(), cors.Request{Method: "GET", Origin: origin})
	}
	fmt.Println(refused)
	// Output: map[origin-not-allowed:2 origin-malformed:1]
}

func ExampleOrigin_IsSubdomainOf() {
	origin := cors.Origin{Scheme: "https", Host: "a.b.example.com"}
	fmt.Println(origin.IsSubdomainOf("example.com"), origin.IsSubdomainOf("ample.com"), origin.IsSubdomainOf("a.b.example.com"))
	// Output: true false false
}
