package conformance

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	cors "github.com/crossgate/cors/core"
)

// fuzzPolicy is a policy for fuzzed requests, and what must hold for every response under
// it. The expectations do not use package cors.
type fuzzPolicy struct {
	config cors.Config
	origin *regexp.Regexp // matches the origins that it may name; nil: it answers "*"

	methods, headers string // Access-Control-Allow-Methods and -Headers; "reflected": the common names, or what was asked for
}

const (
	reflected = "reflected"

	// The names that an answer lists if the policy allows any method or header. Without
	// credentials, "*" comes first.
	customaryMethods = "DELETE, HEAD, PATCH, PUT"
	customaryHeaders = "baggage, cache-control, connect-protocol-version, content-type, idempotency-key, if-match, if-none-match, " +
		"pragma, range, sentry-trace, traceparent, tracestate, x-api-key, x-correlation-id, x-csrf-token, x-grpc-web, x-request-id, " +
		"x-requested-with, x-user-agent, x-xsrf-token"
)

// The parts of origins. A port is any but the scheme's default, without a leading zero;
// nameable checks that it is at most 65535.
const (
	label = `[a-z0-9_-]{1,63}`
	port  = `(:[1-9][0-9]{0,4})?`
)

const policyCount = 7

func fuzzPolicies() [policyCount]fuzzPolicy {
	listed := []string{"https://app.example.com", "https://*.app.example.com", "https://a-*.example.org:*", "http://localhost:*", "http://[::1]:*", "https://b.example:8443"}
	inList := `https://app\.example\.com|https://(` + label + `\.)+app\.example\.com|https://a-[a-z0-9-]{1,61}\.example\.org` + port +
		`|http://localhost` + port + `|http://\[::1\]` + port + `|https://b\.example:8443`
	one := regexp.MustCompile(`\A(https://app\.example\.com)\z`)
	several := regexp.MustCompile(`\A(` + inList + `)\z`)
	return [...]fuzzPolicy{
		{config: cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true, AllowMethods: []string{"PUT", "PURGE"},
			AllowHeaders: []string{"x-a", "x-b"}, ExposeHeaders: []string{"x-total"}, MaxAge: time.Minute},
			origin: one, methods: "PURGE, PUT", headers: "x-a, x-b"},
		{config: cors.Config{AllowOrigins: listed, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, PassPreflight: true},
			origin: several, methods: "*, " + customaryMethods, headers: "*, " + customaryHeaders},
		{config: cors.Config{AllowOrigins: listed, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, MaxAge: cors.NoCache, Enforce: cors.EnforceUnsafe},
			origin: several, methods: reflected, headers: reflected},
		{config: cors.AllowAll(), methods: "*, " + customaryMethods, headers: "*, authorization, " + customaryHeaders},
		{config: cors.Config{AllowOrigins: []string{"*"}, ExposeHeaders: []string{"etag"}, PreflightStatus: 200, Enforce: cors.EnforceUnsafe}},
		{config: cors.Config{AllowOrigins: []string{"null", "https://app.example.com"}, Dangerously: cors.Dangers{NullOrigin: true}, Enforce: cors.EnforceAll, AllowHeaders: []string{"x-a"}},
			origin: regexp.MustCompile(`\A(null|https://app\.example\.com)\z`), headers: "x-a"},
		{config: cors.Config{AllowOriginFunc: tenants, VaryBy: []string{"Sec-Fetch-Site"}, AllowCredentials: true, AllowMethods: []string{"DELETE"}, AllowHeaders: []string{"*"}},
			origin: regexp.MustCompile(`\A(https://tenant\.example)\z`), methods: "DELETE", headers: reflected},
	}
}

// tenants is an AllowOriginFunc that reads everything that an adapter passes on.
func tenants(_ context.Context, r cors.Request, o cors.Origin) (bool, error) {
	tenant := o == cors.Origin{Scheme: "https", Host: "tenant.example"}
	switch {
	case !tenant:
		return false, nil
	case r.Host == o.Host, r.FetchSite == "same-site", r.RequestMethod == "DELETE", r.RequestHeaders == "x-a, x-b":
		return true, nil
	}
	return r.Method == "PUT" || r.Path == "/a%2Fb", nil
}

// nameable reports whether the policy may name an origin.
func (p fuzzPolicy) nameable(origin string) bool {
	scheme, rest, _ := strings.Cut(origin, "://")
	host, port, _ := strings.Cut(strings.TrimPrefix(rest, "[::1]"), ":")
	tooHigh := len(port) == len("65535") && port > "65535"
	byDefault := scheme == "http" && port == "80" || scheme == "https" && port == "443"
	return p.origin.MatchString(origin) && !tooHigh && !byDefault && len(host) <= 253
}

// violations returns a line for each promise that the response r breaks, or an empty
// string. The request is one for which the policy decided.
func (p fuzzPolicy) violations(request fuzzRequest, r Response) string {
	var broken problemList
	head := string(request.raw)
	one := func(name string) string {
		values := r.Lines(name)
		if len(values) > 1 {
			broken.add("! %d lines of %s", len(values), name)
		}
		return strings.Join(values, "\n")
	}
	for _, f := range r.Fields { // others may put anything into Vary, such as a line of the request
		if isCORSField(f.Name) && !strings.EqualFold(f.Name, "Vary") && strings.ContainsFunc(f.Value, func(c rune) bool { return c < ' ' && c != '\t' || c > '~' }) {
			broken.add("! %s holds a byte that no field may hold", visible(f.String()))
		}
	}

	origin, credentials := one("Access-Control-Allow-Origin"), one("Access-Control-Allow-Credentials")
	switch asked := strings.Trim(request.reads.Origin, " \t"); {
	case origin == "":
	case p.origin == nil:
		if origin != "*" {
			broken.add("! %q is named, but the policy allows any origin", origin)
		}
	case !p.nameable(origin):
		broken.add("! %q is named, but the policy does not allow it", origin)
	case !strings.Contains(head, origin), request.clean && origin != asked:
		broken.add("! %q is named, but the request's origin is %q", origin, asked)
	}
	if credentials != "" && (credentials != "true" || origin == "" || origin == "*" || !p.config.AllowCredentials) {
		broken.add("! credentials are %q for %q", credentials, origin)
	}

	vary := splitNames(strings.Join(r.Lines("Vary"), ","))
	needs := func(name string) {
		if !slices.ContainsFunc(vary, func(v string) bool { return strings.EqualFold(v, name) }) {
			broken.add("! the answer depends on %s, and Vary does not name it", name)
		}
	}
	if p.origin != nil {
		needs("Origin")
	}
	for _, list := range []struct{ name, asks, want string }{
		{"Access-Control-Allow-Methods", "Access-Control-Request-Method", p.methods},
		{"Access-Control-Allow-Headers", "Access-Control-Request-Headers", p.headers},
	} {
		switch got := one(list.name); {
		case got == "":
		case list.want != reflected:
			if got != list.want {
				broken.add("! %s is %q, want the policy's list %q", list.name, got, list.want)
			}
		default:
			needs(list.asks)
			if got == customaryMethods || got == "authorization, "+customaryHeaders {
				continue
			}
			if !reflectable(got, list.name == "Access-Control-Allow-Methods") {
				broken.add("! %s reflects %q", list.name, got)
			}
			for _, name := range splitNames(got) {
				if !strings.Contains(head, name) {
					broken.add("! %s has %q, and the request did not ask for it", list.name, name)
				}
			}
		}
	}
	return broken.String()
}

// splitNames splits a list field into its names (RFC 9110, section 5.6.1).
func splitNames(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.Trim(name, " \t"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// reflectable reports whether a requested list of names may be sent back. A requested
// method is a single name.
func reflectable(list string, method bool) bool {
	switch strings.ToUpper(list) {
	case "CONNECT", "TRACE", "TRACK":
		return !method
	}
	if method {
		return len(list) <= 64 && cleanToken.MatchString(list)
	}
	return len(list) <= 8192 && !slices.ContainsFunc(splitNames(list), func(name string) bool { return !cleanToken.MatchString(name) })
}
