package cors_test

import (
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// The common methods and headers in the answers of policies that allow any, without those
// that the policy lists, and without Authorization.
const (
	usualMethods = "DELETE, HEAD, PATCH, PUT"
	usualHeaders = "baggage, cache-control, connect-protocol-version, content-type, idempotency-key, if-match, if-none-match, pragma, range, " +
		"sentry-trace, traceparent, tracestate, x-api-key, x-correlation-id, x-csrf-token, x-grpc-web, x-request-id, x-requested-with, x-user-agent, x-xsrf-token"
)

// withA is usualHeaders with x-a and Authorization, which is in the list with credentials.
var withA = "authorization, " + strings.Replace(usualHeaders, "x-api-key", "x-a, x-api-key", 1)

// TestReflection checks the only case in which a value of a request, other than the origin,
// is in the response: "any method" or "any header" with credentials, where browsers take *
// literally.
func TestReflection(t *testing.T) {
	t.Parallel()
	methods := cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*", "PUT"}, AllowHeaders: []string{"x-a"}}
	headersToo := cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*", "x-a"}}
	onlyHeaders := cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"*"}}

	token64, token65 := strings.Repeat("M", 64), strings.Repeat("M", 65)
	for _, tt := range []struct{ method, reason, reflected string }{
		{"PUT", "allowed", ""}, // the list has it
		{" DELETE\t", "allowed", ""},
		{"GET", "allowed", ""},
		{"HEAD", "allowed", ""},
		{" PURGE\t", "allowed", "PURGE"},
		{"OPTIONS", "allowed", "OPTIONS"},
		{"get", "allowed", "get"},
		{"patch", "allowed", "patch"},
		{"*", "allowed", "*"}, // a method with this name: * is a literal here
		{"!#$%&'*+-.^_`|~09azAZ", "allowed", "!#$%&'*+-.^_`|~09azAZ"},
		{token64, "allowed", token64},
		{token65, "method-not-allowed", ""},
		{strings.Repeat("M", 1<<20), "method-not-allowed", ""},
		{"CONNECT", "method-not-allowed", ""},
		{"TRACE", "method-not-allowed", ""},
		{"TRACK", "method-not-allowed", ""},
		{"connect", "method-not-allowed", ""},
		{"tRaCe", "method-not-allowed", ""},
		{"Track", "method-not-allowed", ""},
		{"TRACES", "allowed", "TRACES"},
		{"PUT DELETE", "method-not-allowed", ""},
		{"PUT,DELETE", "method-not-allowed", ""},
		{"PUT\x00", "method-not-allowed", ""},
		{"PUT\r\nSet-Cookie: a=b", "method-not-allowed", ""},
		{"P\u00dcT", "method-not-allowed", ""},
		{"\"PUT\"", "method-not-allowed", ""},
		{"PUT\x7f", "method-not-allowed", ""},
		{"PUT\v", "method-not-allowed", ""},
	} {
		acam := "\nAccess-Control-Allow-Methods: " + usualMethods
		switch {
		case tt.reason != "allowed":
			acam = ""
		case tt.reflected != "":
			acam = "\nAccess-Control-Allow-Methods: " + tt.reflected
		}
		r := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: tt.method}
		want := "preflight " + tt.reason + " 204\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: x-a" + acam +
			"\nAccess-Control-Allow-Origin: " + app + "\nVary: Access-Control-Request-Method, Origin"
		if got := wire(compile(t, methods).Decide(t.Context(), r)); got != want {
			t.Errorf("%.80q: got:\n%.800s\nwant:\n%.800s", tt.method, got, want)
		}
		want = "preflight " + tt.reason + " 204\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: " + withA + acam +
			"\nAccess-Control-Allow-Origin: " + app + "\nVary: Access-Control-Request-Headers, Access-Control-Request-Method, Origin"
		if got := wire(compile(t, headersToo).Decide(t.Context(), r)); got != want {
			t.Errorf("%.80q, with headers: got:\n%.800s\nwant:\n%.800s", tt.method, got, want)
		}
	}

	const limit = 8 << 10
	for _, tt := range []struct{ headers, reason, reflected string }{
		{"", "allowed", ""},
		{" \t ", "allowed", ""},
		{"x-b", "allowed", "x-b"},
		{"\tx-b  ", "allowed", "x-b"},
		{"x-b,x-c", "allowed", "x-b,x-c"},
		{"x-b , \tx-c", "allowed", "x-b , \tx-c"},
		{"X-B,x-b,authorization", "allowed", "X-B,x-b,authorization"},
		{"*", "allowed", "*"},
		{"!#$%&'*+-.^_`|~09azAZ", "allowed", "!#$%&'*+-.^_`|~09azAZ"},
		{",x-b,,x-c,", "allowed", ",x-b,,x-c,"}, // empty elements are legal (RFC 9110, section 5.6.1.2)
		{"content-type", "allowed", ""},         // the list has it
		{"authorization,content-type,x-request-id", "allowed", ""},
		{"x-request-id , ,AUTHORIZATION", "allowed", ""},
		{"authorization,x-b", "allowed", "authorization,x-b"},
		{"x-b,authorization", "allowed", "x-b,authorization"},
		{list(limit), "allowed", list(limit)},
		{" " + list(limit) + "\t", "allowed", list(limit)}, // white space around the value is not part of it
		{list(limit + 1), "headers-too-long", ""},
		{strings.Repeat("x", limit), "allowed", strings.Repeat("x", limit)},
		{strings.Repeat("x", limit+1), "headers-too-long", ""},
		{strings.Repeat(",", 1<<20), "headers-too-long", ""},
		{strings.Repeat("@", 1<<20), "headers-too-long", ""}, // it is not read
		{"x-b x-c", "header-malformed", ""},
		{"x-b;x-c", "header-malformed", ""},
		{"x-b,x-c:", "header-malformed", ""},
		{"x-b,\"x-c\"", "header-malformed", ""},
		{"x-b\r\nSet-Cookie: a=b", "header-malformed", ""},
		{"x-b,\nx-c", "header-malformed", ""},
		{"x-b\x00", "header-malformed", ""},
		{"x-b\x7f", "header-malformed", ""},
		{"x-b,\v,x-c", "header-malformed", ""},
		{"x-\u00e9", "header-malformed", ""},
		{"x-b\u00a0", "header-malformed", ""},
		{"(x-b)", "header-malformed", ""},
	} {
		acah := "\nAccess-Control-Allow-Headers: " + strings.Replace(withA, "x-a, ", "", 1)
		switch {
		case tt.reason != "allowed":
			acah = ""
		case tt.reflected != "":
			acah = "\nAccess-Control-Allow-Headers: " + tt.reflected
		}
		r := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PUT", RequestHeaders: tt.headers}
		want := "preflight " + tt.reason + " 204\nAccess-Control-Allow-Credentials: true" + acah + "\nAccess-Control-Allow-Methods: PUT" +
			"\nAccess-Control-Allow-Origin: " + app + "\nVary: Access-Control-Request-Headers, Origin"
		if got := wire(compile(t, onlyHeaders).Decide(t.Context(), r)); got != want {
			t.Errorf("%.80q: got:\n%.800s\nwant:\n%.800s", tt.headers, got, want)
		}
	}
}

// list makes a list of header names that is n bytes long.
func list(n int) string {
	return strings.Repeat("x-header,", n/9+1)[:n-1] + "y"
}

// TestNothingReflectedToOthers checks that the response to an origin that is not allowed
// contains nothing of the request.
func TestNothingReflectedToOthers(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, MaxAge: cors.NoCache})
	for _, origin := range []string{evil, "null", "*", app + ".", app + "/"} {
		d := p.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: origin, RequestMethod: "PUT", RequestHeaders: "x-a"})
		reason := "origin-not-allowed"
		if origin == "*" || origin == app+"/" {
			reason = "origin-malformed"
		}
		if got, want := wire(d), "preflight "+reason+" 403\nVary: Access-Control-Request-Headers, Access-Control-Request-Method, Origin"; got != want {
			t.Errorf("%q: got:\n%s\nwant:\n%s", origin, got, want)
		}
	}
}

// TestWildcardWithoutCredentials checks that without credentials * is sent, and that the
// answer does not depend on what the preflight asks for.
func TestWildcardWithoutCredentials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		allow                   []string
		method, headers, reason string
	}{
		{[]string{"*"}, "PURGE", "x-a,x-b", "allowed"},
		{[]string{"*"}, "CONNECT", "", "method-not-allowed"},
		{[]string{"*"}, "trace", "", "method-not-allowed"},
		{[]string{"*"}, "A B", "", "method-not-allowed"},
		{[]string{"*"}, "PUT", "authorization", "header-not-allowed"}, // Fetch: a CORS non-wildcard request-header name
		{[]string{"*"}, "PUT", "x-a, AUTHORIZATION", "header-not-allowed"},
		{[]string{"*"}, "PUT", "x-authorization", "allowed"},
		{[]string{"*"}, "PUT", "x-a,@", "header-malformed"},
		{[]string{"*"}, "PUT", strings.Repeat("x", 8<<10+1), "headers-too-long"},
		{[]string{"*", "Authorization"}, "PUT", "authorization", "allowed"},
		{[]string{"*", "authorization"}, "PUT", "x-a, Authorization", "allowed"},
	} {
		p := compile(t, cors.Config{AllowOrigins: []string{"*"}, AllowMethods: []string{"*"}, AllowHeaders: tt.allow})
		d := p.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: evil, RequestMethod: tt.method, RequestHeaders: tt.headers})
		want := "preflight " + tt.reason + " 204\nAccess-Control-Allow-Headers: " + strings.ToLower(strings.Join(tt.allow, ", ")) + ", " + usualHeaders +
			"\nAccess-Control-Allow-Methods: *, " + usualMethods + "\nAccess-Control-Allow-Origin: *"
		if got := wire(d); got != want {
			t.Errorf("%q, %.40q, %.40q: got:\n%s\nwant:\n%s", tt.allow, tt.method, tt.headers, got, want)
		}
	}
}
