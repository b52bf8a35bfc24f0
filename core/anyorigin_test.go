package cors_test

import (
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// anyWithCredentials reflects the origin of every page.
var anyWithCredentials = cors.Config{
	AllowOrigins: []string{"*"}, AllowCredentials: true, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"content-type"},
	Dangerously: cors.Dangers{AnyOriginWithCredentials: true},
}

// TestAnyOriginWithCredentials checks the rows of the decision table for "*" with
// credentials. For a well-formed origin they are those of a listed origin.
func TestAnyOriginWithCredentials(t *testing.T) {
	t.Parallel()
	p := compile(t, anyWithCredentials)
	for _, tt := range []struct {
		name    string
		request cors.Request
		want    string
	}{
		{"without an Origin", cors.Request{Method: "GET"}, "not-cors allowed 0\nVary: Origin"},
		{"a page", get(evil), "actual allowed 0\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Origin: " + evil + "\nVary: Origin"},
		{"an extension", get("chrome-extension://abc"), "actual allowed 0\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Origin: chrome-extension://abc\nVary: Origin"},
		{"null", get("null"), "actual origin-not-allowed 0\nVary: Origin"},
		{"a file", get("file://"), "actual origin-not-allowed 0\nVary: Origin"},
		{"malformed", get(evil + "/"), "actual origin-malformed 0\nVary: Origin"},
		{"two origins", get(app + ", " + evil), "actual origin-malformed 0\nVary: Origin"},
		{"a line feed", get(evil + "\nX: y"), "actual origin-malformed 0\nVary: Origin"},
		{"a preflight", ask(evil, "PUT", ""), "preflight allowed 204\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: content-type\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Allow-Origin: " + evil + "\nVary: Origin"},
		{"a preflight from null", ask("null", "PUT", ""), "preflight origin-not-allowed 403\nVary: Origin"},
	} {
		if got := wire(p.Decide(t.Context(), tt.request)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		e := p.Explain(t.Context(), tt.request)
		if e.Cause == "" || e.Decision.Reason() != cors.Allowed && e.Kind != cors.NotCORS && e.Fix == "" {
			t.Errorf("%s is explained as %+v", tt.name, e)
		}
	}
}

// TestAnyOriginIsNotTrusted: with credentials or without, "*" does not make Enforce serve
// what it refuses, and does not allow a WebSocket.
func TestAnyOriginIsNotTrusted(t *testing.T) {
	t.Parallel()
	withCredentials := anyWithCredentials
	withCredentials.Enforce = cors.EnforceUnsafe
	for name, c := range map[string]cors.Config{
		"without credentials": {AllowOrigins: []string{"*"}, Enforce: cors.EnforceUnsafe},
		"with credentials":    withCredentials,
	} {
		p := compile(t, c)
		if d := p.Decide(t.Context(), cors.Request{Method: "POST", Origin: evil, Host: "api.example"}); d.Status() != 403 || d.Reason() != cors.OriginNotAllowed {
			t.Errorf("%s: a write by a stranger's page: %s", name, wire(d))
		}
		if d := p.Decide(t.Context(), cors.Request{Method: "POST", Origin: "https://api.example", Host: "api.example"}); d.Status() != 0 {
			t.Errorf("%s: a write by the server's own page: %s", name, wire(d))
		}
	}
	if compile(t, anyWithCredentials).AllowsOrigin(evil) {
		t.Error("AllowsOrigin trusts any origin with credentials")
	}
	c := anyWithCredentials
	c.Enforce = cors.EnforceAll
	if _, err := cors.Compile(c); err == nil || !strings.Contains(err.Error(), "EnforceAll would refuse") {
		t.Errorf("with EnforceAll: %v", err)
	}
}

// TestFileOrigin checks which settings allow file://, and that AllowOriginFunc is called
// for it.
func TestFileOrigin(t *testing.T) {
	t.Parallel()
	listed := compile(t, cors.Config{AllowOrigins: []string{"file://"}, Dangerously: cors.Dangers{FileOrigin: true}})
	for origin, want := range map[string]bool{"file://": true, "null": false, "file:///": false, "file://host": false, "FILE://": false, "file:": false, "file://:1": false} {
		if got := listed.AllowsOrigin(origin); got != want {
			t.Errorf("%s: got %t", origin, got)
		}
	}
	if w := listed.Warnings(); len(w) != 1 || w[0].Code != "file-origin" {
		t.Errorf("the warnings are %v", w)
	}
	parse := originParser(t)
	if o, ok := parse("file://"); !ok || o != (cors.Origin{Scheme: "file"}) || o.String() != "file://" {
		t.Errorf("the function is asked about %+v, %t", o, ok)
	}
	// A server that does not know its Host must not take a page from a file for one of its
	// own.
	enforced := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll})
	for _, host := range []string{"", ":80", "x"} {
		if d := enforced.Decide(t.Context(), cors.Request{Method: "GET", Origin: "file://", Host: host}); d.Status() != 403 {
			t.Errorf("Host %q: %s", host, wire(d))
		}
	}
	e := enforced.Explain(t.Context(), get("file://"))
	if e.Reason != cors.OriginNotAllowed || !strings.Contains(e.Fix, "Dangerously.FileOrigin") || strings.Contains(e.Fix, "proxy") {
		t.Errorf("explained as %+v", e)
	}
}

// TestSameHost checks SameHost by a table.
func TestSameHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		origin, host string
		want         bool
	}{
		{"https://a.example", "a.example", true},
		{"http://a.example", "a.example", true},
		{"https://a.example", "a.example:443", true},
		{"http://a.example", "a.example:80", true},
		{"https://a.example:8443", "a.example:8443", true},
		{"http://[::1]:3000", "[::1]:3000", true},
		{"https://a.example.", "a.example.", true},
		{"https://a.example", "a.example:80", false},
		{"https://a.example", "a.example:8443", false},
		{"https://a.example", "a.example0443", false},
		{"https://a.example", "a.examplex443", false},
		{"https://a.example:8443", "a.example", false},
		{"https://a.example:8443", "a.example:84430", false},
		{"https://a.example", "a.example.", false},
		{"https://a.example", "b.example", false},
		{"https://a.example", "a.example.evil", false},
		{"https://a.example", "", false},
		{"https://a.example", "a.example:", false},
		{"https://a.example/", "a.example", false},
		{"null", "null", false},
		{"", "", false},
		{"file://", "", false},
		{"app://a.example", "a.example", false},
		{"app://", "", false},
		{"ws://a.example", "a.example", false},
	} {
		if got := cors.SameHost(tt.origin, tt.host); got != tt.want {
			t.Errorf("SameHost(%q, %q) is %t", tt.origin, tt.host, got)
		}
	}
}

// TestAllows compares Allows with what EnforceAll serves, for policies that can have
// EnforceAll. Under "*" it allows the server's own origin only.
func TestAllows(t *testing.T) {
	t.Parallel()
	star := compile(t, cors.Config{AllowOrigins: []string{"*"}})
	live := new(cors.Live)
	live.Store(star)
	for name, d := range map[string]cors.Decider{
		"any": star, "any with credentials": compile(t, anyWithCredentials), "live": live, "any, swapped": live,
		"first":    cors.First(compile(t, cors.Config{AllowOrigins: []string{"https://other.example"}}), star),
		"observed": cors.Observe(star, func(cors.Request, cors.Decision) {}),
		"none":     (*cors.Policy)(nil),
	} {
		for _, r := range []cors.Request{{Method: "GET", Origin: evil, Host: ownHost}, {Method: "GET", Origin: "null", Host: ownHost}, {Method: "OPTIONS", Origin: evil, RequestMethod: "PUT"}} {
			if cors.Allows(t.Context(), d, r) {
				t.Errorf("%s trusts %+v", name, r)
			}
		}
		for _, r := range []cors.Request{{Method: "GET", Origin: "https://" + ownHost, Host: ownHost}, {Method: "GET", Host: ownHost}, {Method: "GET", Origin: " "}, {Method: "GET", Origin: evil, FetchSite: "same-origin"}} {
			if !cors.Allows(t.Context(), d, r) {
				t.Errorf("%s does not trust %+v", name, r)
			}
		}
	}
	plain, enforcing := enforced(t, cors.EnforceNone), enforced(t, cors.EnforceAll)
	for name := range enforcing {
		for r := range enforcedRequests {
			if r.Origin == "" || r.Method == "OPTIONS" {
				continue
			}
			want := enforcing[name].Decide(t.Context(), r).Status() == 0
			if got := cors.Allows(t.Context(), plain[name], r); got != want {
				t.Errorf("%s: Allows(%+v) is %t, and EnforceAll lets it through: %t", name, r, got, want)
			}
		}
	}
}

// TestAnyOriginEnforcedUnsafeIsSaid: a policy that allows a method in preflights and then
// refuses it has a warning, with credentials too.
func TestAnyOriginEnforcedUnsafeIsSaid(t *testing.T) {
	t.Parallel()
	for _, credentials := range []bool{false, true} {
		p := compile(t, cors.Config{
			AllowOrigins: []string{"*"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"content-type"}, AllowCredentials: credentials,
			Enforce: cors.EnforceUnsafe, Dangerously: cors.Dangers{AnyOriginWithCredentials: credentials},
		})
		if d := p.Decide(t.Context(), cors.Request{Method: "PUT", Origin: app, Host: "api.example"}); d.Status() != 403 {
			t.Errorf("with credentials %v, PUT gets %d", credentials, d.Status())
		}
		if !slices.ContainsFunc(p.Warnings(), func(w cors.Warning) bool { return w.Code == "any-enforced-unsafe" }) {
			t.Errorf("with credentials %v: %q", credentials, p.Warnings())
		}
	}
}
