package bench

import (
	"fmt"
	"strings"
	"time"

	cors "github.com/crossgate/cors/core"
)

// Scenario is a policy, a request, and the answer that Crossgate gives to it.
type Scenario struct {
	Name    string // what the request does
	Origins string // how many origins the policy lists, or "any"
	Config  cors.Config

	request request
	want    answer
}

// String names the scenario in benchmark names.
func (s Scenario) String() string { return "scenario=" + s.Name + "/origins=" + s.Origins }

// Preflight reports whether the scenario's request is a preflight. No handler sees it.
func (s Scenario) Preflight() bool { return s.request.method == "OPTIONS" }

// Origin returns the Access-Control-Allow-Origin of the answer, or "".
func (s Scenario) Origin() string { return s.want.origin() }

// request is the part of a request that differs between scenarios.
type request struct {
	method string
	fields []field
}

type field struct{ name, value string }

// answer is the part of a response that CORS determines. fields are in the order in which
// they are set.
type answer struct {
	status int
	ran    bool // whether the handler ran
	fields []field
}

// origin returns the answer's Access-Control-Allow-Origin, or "".
func (a answer) origin() string {
	for _, f := range a.fields {
		if f.name == allowOrigin {
			return f.value
		}
	}
	return ""
}

const (
	allowCredentials = "Access-Control-Allow-Credentials"
	allowHeaders     = "Access-Control-Allow-Headers"
	allowMethods     = "Access-Control-Allow-Methods"
	allowOrigin      = "Access-Control-Allow-Origin"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"
	requestHeaders   = "Access-Control-Request-Headers"
	requestMethod    = "Access-Control-Request-Method"

	stranger = "https://app-3.example.org" // no policy lists it
)

// Scenarios returns all scenarios: the usual ones first, then the hostile ones.
func Scenarios() []Scenario {
	anyone := policy("*")
	ten, tenOrigin := listed(10)
	credentials := ten
	credentials.AllowCredentials = true
	credentials.ExposeHeaders = []string{"x-ratelimit-remaining", "x-request-id"}
	many := ten
	many.AllowHeaders = twentyHeaders()
	manyWant := approved(tenOrigin)
	manyWant.fields[0].value = strings.Join(twentyHeaders(), ", ")

	scenarios := []Scenario{
		{"no-origin", "10", ten, get(""), ran(field{"Vary", "Origin"})},
		{"no-origin", "any", anyone, get(""), ran(field{allowOrigin, "*"})},
	}
	for _, n := range []int{1, 10, 1000} {
		config, origin := listed(n)
		scenarios = append(scenarios, Scenario{"actual-allowed", fmt.Sprint(n), config, get(origin), allowed(origin)})
	}
	scenarios = append(scenarios,
		Scenario{"actual-allowed", "any", anyone, get(tenOrigin), ran(field{allowOrigin, "*"})},
		Scenario{"actual-credentials", "10", credentials, get(tenOrigin), ran(
			field{allowCredentials, "true"},
			field{allowOrigin, tenOrigin},
			field{exposeHeaders, "x-ratelimit-remaining, x-request-id"},
			field{"Vary", "Origin"},
		)},
		Scenario{"actual-disallowed", "10", ten, get(stranger), refused()},
		Scenario{"preflight-1-header", "10", ten, preflight(tenOrigin, "content-type"), approved(tenOrigin)},
		Scenario{"preflight-20-headers", "10", many, preflight(tenOrigin, strings.Join(twentyHeaders(), ",")), manyWant},
		Scenario{"preflight-disallowed", "10", ten, preflight(stranger, "content-type"), answer{status: 403, fields: []field{{"Vary", "Origin"}}}},
		Scenario{"wildcard-hit", "10", wildcards(), get(tenant), allowed(tenant)},
		Scenario{"wildcard-miss", "10", wildcards(), get(noTenant), refused()},
	)
	return append(scenarios, hostile()...)
}

// policy returns the common configuration of all scenarios, with the given origins.
func policy(origins ...string) cors.Config {
	return cors.Config{
		AllowOrigins: origins,
		AllowMethods: []string{"DELETE", "PATCH", "PUT"},
		AllowHeaders: []string{"authorization", "content-type", "x-request-id"},
		MaxAge:       10 * time.Minute,
	}
}

// listed returns a policy of n exact origins, and the one in the middle of the list.
// Libraries that search a list then take their average time.
func listed(n int) (cors.Config, string) {
	origins := make([]string, n)
	for i := range origins {
		origins[i] = fmt.Sprintf("https://app-%d.example.com", i)
	}
	return policy(origins...), origins[n/2]
}

const (
	tenant   = "https://shop.eu.tenant-7.example.net"
	noTenant = "https://shop.eu.tenant-3.example.net"
)

// wildcards returns a policy of five exact origins and five wildcards of a kind that
// every library supports.
func wildcards() cors.Config {
	var origins []string
	for i := range 5 {
		origins = append(origins, fmt.Sprintf("https://app-%d.example.com", i), fmt.Sprintf("https://*.tenant-%d.example.net", i+5))
	}
	return policy(origins...)
}

// twentyHeaders returns twenty header names in the order in which a browser sorts them.
func twentyHeaders() []string {
	names := make([]string, 20)
	for i := range names {
		names[i] = fmt.Sprintf("x-custom-%02d", i)
	}
	return names
}

func get(origin string) request {
	r := request{method: "GET"}
	if origin != "" {
		r.fields = []field{{"Origin", origin}}
	}
	return r
}

func preflight(origin, headers string) request {
	return request{"OPTIONS", []field{{"Origin", origin}, {requestMethod, "PUT"}, {requestHeaders, headers}}}
}

func ran(fields ...field) answer { return answer{status: 200, ran: true, fields: fields} }

func allowed(origin string) answer { return ran(field{allowOrigin, origin}, field{"Vary", "Origin"}) }

func refused() answer { return ran(field{"Vary", "Origin"}) }

// approved returns the answer to a preflight under policy.
func approved(origin string) answer {
	return answer{status: 204, fields: []field{
		{allowHeaders, "authorization, content-type, x-request-id"},
		{allowMethods, "DELETE, PATCH, PUT"},
		{allowOrigin, origin},
		{maxAge, "600"},
		{"Vary", "Origin"},
	}}
}
