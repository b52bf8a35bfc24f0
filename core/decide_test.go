package cors_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

func compile(t testing.TB, c cors.Config) *cors.Policy {
	t.Helper()
	p, err := cors.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// headers returns a decision's headers by name.
func headers(d cors.Decision) map[string]string {
	h := make(map[string]string)
	for name, value := range d.Headers() {
		h[name] = value
	}
	return h
}

// wire writes a decision in the form of the literals in these tests: kind, reason and
// status, then each header in the order of Headers. It also says if Len and At disagree
// with Headers.
func wire(d cors.Decision) string {
	lines := []string{fmt.Sprint(d.Kind(), " ", d.Reason(), " ", d.Status())}
	for name, value := range d.Headers() {
		lines = append(lines, name+": "+value)
	}
	for i := range d.Len() {
		if name, value := d.At(i); i+1 >= len(lines) || lines[i+1] != name+": "+value {
			lines = append(lines, fmt.Sprintf("(but At(%d) is %s: %s)", i, name, value))
		}
	}
	if n := d.Len(); n < len(lines)-1 {
		lines = append(lines, fmt.Sprintf("(but Len is %d)", n))
	}
	return strings.Join(lines, "\n")
}

// lines removes the indentation that a raw string has in a table.
func lines(s string) string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		out = append(out, strings.TrimLeft(line, "\t"))
	}
	return strings.Join(out, "\n")
}

// decisionCase is a request and the whole decision of a policy.
type decisionCase struct {
	name    string
	request cors.Request
	want    string
}

func testDecisions(t *testing.T, c cors.Config, cases []decisionCase) {
	t.Helper()
	p := compile(t, c)
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := wire(p.Decide(t.Context(), tt.request)); got != lines(tt.want) {
				t.Errorf("%+v\ngot:\n%s\nwant:\n%s", tt.request, got, lines(tt.want))
			}
		})
	}
}

const app, evil = "https://app.example.com", "https://evil.example.net"

// TestKind is the table of what a request is.
func TestKind(t *testing.T) {
	t.Parallel()
	listed := compile(t, cors.Config{AllowOrigins: []string{app}})
	for _, tt := range []struct {
		method, origin, requestMethod string
		want                          cors.Kind
	}{
		{"GET", "", "", cors.NotCORS},
		{"GET", "", "PUT", cors.NotCORS},
		{"OPTIONS", "", "", cors.NotCORS},
		{"OPTIONS", "", "PUT", cors.NotCORS},
		{"POST", " \t ", "", cors.NotCORS},
		{"OPTIONS", "\t", "PUT", cors.NotCORS},
		{"OPTIONS", app, "PUT", cors.Preflight},
		{"OPTIONS", app, "GET", cors.Preflight},
		{"OPTIONS", app, "no method", cors.Preflight},
		{"OPTIONS", "null", "PUT", cors.Preflight},
		{"OPTIONS", evil, "PUT", cors.Preflight},
		{"OPTIONS", "not an origin", "PUT", cors.Preflight},
		{"OPTIONS", app, "", cors.Actual},
		{"OPTIONS", app, " \t", cors.Actual},
		{"options", app, "PUT", cors.Actual}, // methods are case-sensitive
		{"Options", app, "PUT", cors.Actual},
		{"OPTIONS ", app, "PUT", cors.Actual},
		{"", app, "PUT", cors.Actual},
		{"GET", app, "PUT", cors.Actual},
		{"POST", app, "PUT", cors.Actual},
		{"PUT", evil, "", cors.Actual},
		{"GET", "not an origin", "", cors.Actual},
	} {
		r := cors.Request{Method: tt.method, Origin: tt.origin, RequestMethod: tt.requestMethod}
		for name, d := range map[string]cors.Decider{"listed": listed, "no": (*cors.Policy)(nil), "live": new(cors.Live)} {
			if got := d.Decide(t.Context(), r).Kind(); got != tt.want {
				t.Errorf("%s policy, %+v: got %v, want %v", name, r, got, tt.want)
			}
		}
	}
}

// TestDecisionTable is the table of response headers, with a policy that allows
// any origin and one that lists them.
func TestDecisionTable(t *testing.T) {
	t.Parallel()
	config := cors.Config{
		AllowOrigins:  []string{"*"},
		AllowMethods:  []string{"PUT", "DELETE"},
		AllowHeaders:  []string{"X-Request-Id", "Content-Type"},
		ExposeHeaders: []string{"X-Total", "ETag"},
		MaxAge:        10 * time.Minute,
	}
	preflight := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PUT", RequestHeaders: "content-type,x-request-id"}
	refused := preflight
	refused.Origin = evil
	t.Run("any", func(t *testing.T) {
		t.Parallel()
		testDecisions(t, config, []decisionCase{
			{"not CORS", cors.Request{Method: "GET"}, `not-cors allowed 0
				Access-Control-Allow-Origin: *
				Access-Control-Expose-Headers: etag, x-total`},
			{"actual", cors.Request{Method: "PUT", Origin: evil}, `actual allowed 0
				Access-Control-Allow-Origin: *
				Access-Control-Expose-Headers: etag, x-total`},
			{"actual from null", cors.Request{Method: "GET", Origin: "null"}, `actual allowed 0
				Access-Control-Allow-Origin: *
				Access-Control-Expose-Headers: etag, x-total`},
			{"preflight", preflight, `preflight allowed 204
				Access-Control-Allow-Headers: content-type, x-request-id
				Access-Control-Allow-Methods: DELETE, PUT
				Access-Control-Allow-Origin: *
				Access-Control-Max-Age: 600`},
		})
	})
	t.Run("listed", func(t *testing.T) {
		t.Parallel()
		config := config
		config.AllowOrigins = []string{app, "https://*.example.org"}
		testDecisions(t, config, []decisionCase{
			{"not CORS", cors.Request{Method: "GET"}, "not-cors allowed 0\nVary: Origin"},
			{"not CORS, an OPTIONS", cors.Request{Method: "OPTIONS", RequestMethod: "PUT"}, "not-cors allowed 0\nVary: Origin"},
			{"actual", cors.Request{Method: "GET", Origin: app}, `actual allowed 0
				Access-Control-Allow-Origin: https://app.example.com
				Access-Control-Expose-Headers: etag, x-total
				Vary: Origin`},
			{"actual by a wildcard", cors.Request{Method: "GET", Origin: "https://a.b.example.org"}, `actual allowed 0
				Access-Control-Allow-Origin: https://a.b.example.org
				Access-Control-Expose-Headers: etag, x-total
				Vary: Origin`},
			{"actual, method not listed", cors.Request{Method: "PATCH", Origin: app}, `actual allowed 0
				Access-Control-Allow-Origin: https://app.example.com
				Access-Control-Expose-Headers: etag, x-total
				Vary: Origin`},
			{"actual, origin not allowed", cors.Request{Method: "DELETE", Origin: evil}, "actual origin-not-allowed 0\nVary: Origin"},
			{"actual from null", cors.Request{Method: "GET", Origin: "null"}, "actual origin-not-allowed 0\nVary: Origin"},
			{"actual, malformed", cors.Request{Method: "GET", Origin: app + ", " + app}, "actual origin-malformed 0\nVary: Origin"},
			{"preflight", preflight, `preflight allowed 204
				Access-Control-Allow-Headers: content-type, x-request-id
				Access-Control-Allow-Methods: DELETE, PUT
				Access-Control-Allow-Origin: https://app.example.com
				Access-Control-Max-Age: 600
				Vary: Origin`},
			{"preflight, origin not allowed", refused, "preflight origin-not-allowed 403\nVary: Origin"},
			{"preflight from null", cors.Request{Method: "OPTIONS", Origin: "null", RequestMethod: "GET"}, "preflight origin-not-allowed 403\nVary: Origin"},
			{"preflight, malformed", cors.Request{Method: "OPTIONS", Origin: app + "/", RequestMethod: "GET"}, "preflight origin-malformed 403\nVary: Origin"},
		})
	})
	t.Run("listed with credentials", func(t *testing.T) {
		t.Parallel()
		config := config
		config.AllowOrigins, config.AllowCredentials = []string{app}, true
		testDecisions(t, config, []decisionCase{
			{"not CORS", cors.Request{Method: "POST"}, "not-cors allowed 0\nVary: Origin"},
			{"actual", cors.Request{Method: "POST", Origin: app}, `actual allowed 0
				Access-Control-Allow-Credentials: true
				Access-Control-Allow-Origin: https://app.example.com
				Access-Control-Expose-Headers: etag, x-total
				Vary: Origin`},
			{"actual, origin not allowed", cors.Request{Method: "POST", Origin: evil}, "actual origin-not-allowed 0\nVary: Origin"},
			{"preflight", preflight, `preflight allowed 204
				Access-Control-Allow-Credentials: true
				Access-Control-Allow-Headers: content-type, x-request-id
				Access-Control-Allow-Methods: DELETE, PUT
				Access-Control-Allow-Origin: https://app.example.com
				Access-Control-Max-Age: 600
				Vary: Origin`},
			{"preflight, origin not allowed", refused, "preflight origin-not-allowed 403\nVary: Origin"},
		})
	})
	t.Run("listed, nothing else", func(t *testing.T) {
		t.Parallel()
		testDecisions(t, cors.Config{AllowOrigins: []string{app}}, []decisionCase{
			{"actual", cors.Request{Method: "POST", Origin: app}, "actual allowed 0\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"},
			{"preflight", cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "POST"}, "preflight allowed 204\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"},
		})
	})
	t.Run("null, dangerously", func(t *testing.T) {
		t.Parallel()
		testDecisions(t, cors.Config{AllowOrigins: []string{"null"}, Dangerously: cors.Dangers{NullOrigin: true}}, []decisionCase{
			{"null", cors.Request{Method: "GET", Origin: "null"}, "actual allowed 0\nAccess-Control-Allow-Origin: null\nVary: Origin"},
			{"another", cors.Request{Method: "GET", Origin: app}, "actual origin-not-allowed 0\nVary: Origin"},
			{"not quite null", cors.Request{Method: "GET", Origin: "Null"}, "actual origin-malformed 0\nVary: Origin"},
		})
	})
}

// TestPreflightKeepsItsAnswer: if a method or header is not allowed, only the reason
// changes. The browser compares the lists and reports what is missing.
func TestPreflightKeepsItsAnswer(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT", "patch"}, AllowHeaders: []string{"x-a", "x-b"}})
	const answer = `Access-Control-Allow-Headers: x-a, x-b
		Access-Control-Allow-Methods: PUT, patch
		Access-Control-Allow-Origin: https://app.example.com
		Vary: Origin`
	for _, tt := range []struct{ method, headers, reason string }{
		{"PUT", "", "allowed"},
		{"GET", "", "allowed"},
		{"HEAD", "", "allowed"},
		{"POST", "", "allowed"},
		{"\tPUT ", " x-a ", "allowed"},
		{"patch", "x-a,x-b", "allowed"},
		{"PUT", "x-b,x-a", "allowed"}, // intermediaries may change the order; browsers sort
		{"PUT", "x-a, x-b", "allowed"},
		{"PUT", "X-A,X-b", "allowed"},
		{"PUT", ",,x-a,, ,\t,x-b,", "allowed"},
		{"PUT", "x-a,x-a,x-a", "allowed"},
		{"PUT", ",", "allowed"},
		{"DELETE", "", "method-not-allowed"},
		{"PATCH", "", "method-not-allowed"},
		{"put", "", "method-not-allowed"},
		{"get", "", "method-not-allowed"}, // no browser sends this in lower case
		{"PUT, DELETE", "", "method-not-allowed"},
		{"*", "", "method-not-allowed"},
		{"CONNECT", "", "method-not-allowed"},
		{"DELETE", "x-c", "method-not-allowed"}, // the browser checks the method first
		{"DELETE", "@", "method-not-allowed"},
		{"PUT", "x-c", "header-not-allowed"},
		{"PUT", "x-a,x-b,x-c", "header-not-allowed"},
		{"PUT", "authorization,x-a", "header-not-allowed"},
		{"PUT", "*", "header-not-allowed"},
		{"PUT", "x", "header-not-allowed"},
		{"PUT", "x-a-", "header-not-allowed"},
		{"PUT", "accept", "header-not-allowed"}, // a browser names it only for a value that is not safelisted
		{"PUT", "x-a x-b", "header-malformed"},
		{"PUT", "x-a;x-b", "header-malformed"},
		{"PUT", "x-a,\"x-b\"", "header-malformed"},
		{"PUT", "x-a\x00", "header-malformed"},
		{"PUT", "x-a\r\nx-b", "header-malformed"},
		{"PUT", "x-\u212a", "header-malformed"},
		{"PUT", "x-c,@", "header-not-allowed"}, // the first name that is not allowed
		{"PUT", "@,x-c", "header-malformed"},
	} {
		r := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: tt.method, RequestHeaders: tt.headers}
		if got, want := wire(p.Decide(t.Context(), r)), lines("preflight "+tt.reason+" 204\n"+answer); got != want {
			t.Errorf("%q, %q:\ngot:\n%s\nwant:\n%s", tt.method, tt.headers, got, want)
		}
	}
}
