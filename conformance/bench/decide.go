package bench

import (
	"context"
	"errors"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Ruling is a decision of the core alone, without framework or headers.
type Ruling struct {
	Name    string
	Decider cors.Decider
	Request cors.Request
	Kind    cors.Kind
	Reason  cors.Reason
	Status  int

	// Asks says that the decision calls AllowOriginFunc. The function gets copies of the
	// request's strings, which are allocated.
	Asks bool
}

// Rulings returns a decision of each kind and outcome.
func Rulings() []Ruling {
	config, origin := listed(10)
	ten, anyone := cors.MustCompile(config), cors.MustCompile(policy("*"))
	wild := cors.MustCompile(wildcards())

	config.Enforce = cors.EnforceUnsafe
	enforcing := cors.MustCompile(config)
	config.Enforce = cors.EnforceNone
	config.AllowCredentials = true
	config.AllowMethods, config.AllowHeaders = []string{"*"}, []string{"*"}
	reflecting := cors.MustCompile(config)

	asked := policy()
	errUnknown := errors.New("no such customer")
	asked.AllowOriginFunc = func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		if o.IsSubdomainOf("example.com") {
			return true, nil
		}
		return false, errUnknown
	}
	asking := cors.MustCompile(asked)

	actual := func(origin string) cors.Request {
		return cors.Request{Method: "GET", Origin: origin, Host: "api.example.com", Path: path, FetchSite: "cross-site"}
	}
	preflight := func(origin, method, headers string) cors.Request {
		r := actual(origin)
		r.Method, r.RequestMethod, r.RequestHeaders = "OPTIONS", method, headers
		return r
	}
	post := actual("")
	post.Method = "POST"
	var none *cors.Policy

	return []Ruling{
		{Name: "no-policy", Decider: none, Request: actual(origin), Kind: cors.Actual, Reason: cors.NoPolicy},
		{Name: "no-origin", Decider: ten, Request: actual(""), Kind: cors.NotCORS, Reason: cors.Allowed},
		{Name: "no-origin-any", Decider: anyone, Request: actual(""), Kind: cors.NotCORS, Reason: cors.Allowed},
		{Name: "no-origin-enforced", Decider: enforcing, Request: post, Kind: cors.NotCORS, Reason: cors.OriginMissing, Status: 403},
		{Name: "actual-allowed", Decider: ten, Request: actual(origin), Kind: cors.Actual, Reason: cors.Allowed},
		{Name: "actual-any", Decider: anyone, Request: actual(origin), Kind: cors.Actual, Reason: cors.Allowed},
		{Name: "actual-disallowed", Decider: ten, Request: actual(stranger), Kind: cors.Actual, Reason: cors.OriginNotAllowed},
		{Name: "actual-malformed", Decider: ten, Request: actual(origin + ", " + origin), Kind: cors.Actual, Reason: cors.OriginMalformed},
		{Name: "actual-null", Decider: ten, Request: actual("null"), Kind: cors.Actual, Reason: cors.OriginNotAllowed},
		{Name: "actual-wildcard-hit", Decider: wild, Request: actual(tenant), Kind: cors.Actual, Reason: cors.Allowed},
		{Name: "actual-wildcard-miss", Decider: wild, Request: actual(noTenant), Kind: cors.Actual, Reason: cors.OriginNotAllowed},
		{Name: "actual-origin-64k", Decider: wild, Request: actual("https://" + strings.Repeat("a.", 32<<10) + "example.org"), Kind: cors.Actual, Reason: cors.OriginMalformed},
		{Name: "actual-func-allowed", Decider: asking, Request: actual(origin), Kind: cors.Actual, Reason: cors.Allowed, Asks: true},
		{Name: "actual-func-failed", Decider: asking, Request: actual(stranger), Kind: cors.Actual, Reason: cors.OriginCheckFailed, Asks: true},
		{Name: "preflight-allowed", Decider: ten, Request: preflight(origin, "PUT", "content-type"), Kind: cors.Preflight, Reason: cors.Allowed, Status: 204},
		{Name: "preflight-reflected", Decider: reflecting, Request: preflight(origin, "PUT", "content-type"), Kind: cors.Preflight, Reason: cors.Allowed, Status: 204},
		{Name: "preflight-disallowed", Decider: ten, Request: preflight(stranger, "PUT", "content-type"), Kind: cors.Preflight, Reason: cors.OriginNotAllowed, Status: 403},
		{Name: "preflight-method", Decider: ten, Request: preflight(origin, "PROPFIND", "content-type"), Kind: cors.Preflight, Reason: cors.MethodNotAllowed, Status: 204},
		{Name: "preflight-header", Decider: ten, Request: preflight(origin, "PUT", "content-type,x-other"), Kind: cors.Preflight, Reason: cors.HeaderNotAllowed, Status: 204},
		{Name: "preflight-malformed", Decider: ten, Request: preflight(origin, "PUT", "content type"), Kind: cors.Preflight, Reason: cors.HeaderMalformed, Status: 204},
		{Name: "preflight-commas-8k", Decider: ten, Request: preflight(origin, "PUT", strings.Repeat(",", 8<<10)), Kind: cors.Preflight, Reason: cors.Allowed, Status: 204},
		{Name: "preflight-unsorted-8k", Decider: ten, Request: preflight(origin, "PUT", strings.Repeat("x-request-id,content-type,authorization,", 200)), Kind: cors.Preflight, Reason: cors.Allowed, Status: 204},
		{Name: "preflight-headers-1m", Decider: ten, Request: preflight(origin, "PUT", strings.Repeat(",", hostileValue)), Kind: cors.Preflight, Reason: cors.HeadersTooLong, Status: 204},
	}
}
