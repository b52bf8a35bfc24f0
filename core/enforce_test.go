package cors_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// enforced returns the policies of these tests. All except "any" trust app, some of them by
// a pattern.
func enforced(t *testing.T, e cors.Enforcement) map[string]*cors.Policy {
	t.Helper()
	policies := map[string]*cors.Policy{
		"listed":   compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: e}),
		"wildcard": compile(t, cors.Config{AllowOrigins: []string{"https://*.example.com"}, Enforce: e}),
		"function": compile(t, cors.Config{Enforce: e, AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
			return o.Host == "app.example.com", nil
		}}),
	}
	if e != cors.EnforceAll { // EnforceAll would refuse all pages, so it does not compile
		policies["any"] = compile(t, cors.Config{AllowOrigins: []string{"*"}, Enforce: e})
	}
	return policies
}

const ownHost = "api.example.net"

// enforcedRequests yields all combinations of the values that Enforce reads.
func enforcedRequests(yield func(cors.Request) bool) {
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PURGE", "get", ""} {
		for _, origin := range []string{"", app, evil, "null", "https://" + ownHost, "http://" + ownHost, "https://" + ownHost + ":8443", "malformed", app + ", " + app} {
			for _, site := range []string{"", "same-origin", "none", "same-site", "cross-site", "nonsense"} {
				for _, host := range []string{ownHost, ownHost + ":8443", "app.example.com", ""} {
					if !yield(cors.Request{Method: method, Origin: origin, FetchSite: site, Host: host}) {
						return
					}
				}
			}
		}
	}
}

// refusedByTheTable says, by the documented rules, whether r is refused.
func refusedByTheTable(e cors.Enforcement, policy string, r cors.Request) bool {
	safe := r.Method == "GET" || r.Method == "HEAD" || r.Method == "OPTIONS"
	var ofItself bool // the server's own origin, or no page, made the request
	switch r.FetchSite {
	case "same-origin", "none":
		ofItself = true
	case "":
		switch r.Origin {
		case "": // neither header: not a browser
			ofItself = true
		case "https://" + ownHost, "http://" + ownHost:
			ofItself = r.Host == ownHost
		case "https://" + ownHost + ":8443":
			ofItself = r.Host == ownHost+":8443"
		case app:
			ofItself = r.Host == "app.example.com"
		}
	}
	trusted := r.Origin == app && policy != "any"
	switch {
	case e == cors.EnforceNone, ofItself, trusted:
		return false
	case r.Origin == "": // cross-site without an Origin: only unsafe methods are refused
		return !safe
	case e == cors.EnforceUnsafe:
		return !safe
	}
	return true
}

// TestEnforcement tries all combinations.
func TestEnforcement(t *testing.T) {
	t.Parallel()
	n := 0
	for _, e := range []cors.Enforcement{cors.EnforceNone, cors.EnforceUnsafe, cors.EnforceAll} {
		plain := enforced(t, cors.EnforceNone)
		for name, p := range enforced(t, e) {
			for r := range enforcedRequests {
				n++
				d, unenforced := p.Decide(t.Context(), r), plain[name].Decide(t.Context(), r)
				want := 0
				if refusedByTheTable(e, name, r) {
					want = 403
				}
				if d.Status() != want {
					t.Errorf("%v, %s, %+v: got status %d, want %d", e, name, r, d.Status(), want)
				}
				if want == 403 && d.Reason() == cors.Allowed {
					t.Errorf("%v, %s, %+v: refused for no reason", e, name, r)
				}
				if want == 0 && d.Reason() != unenforced.Reason() {
					t.Errorf("%v, %s, %+v: reason %v, without enforcement %v", e, name, r, d.Reason(), unenforced.Reason())
				}
				// Enforce does not change who can read the response, even if it is a
				// refusal.
				if got, want := fmt.Sprint(headers(d)), fmt.Sprint(headers(unenforced)); got != want {
					t.Errorf("%v, %s, %+v: headers %s, without enforcement %s", e, name, r, got, want)
				}
			}
		}
	}
	if n != (3+4+4)*10*9*6*4 {
		t.Errorf("tried %d combinations", n)
	}
}

// TestEnforcementReasons checks the reason and headers of each kind of refusal.
func TestEnforcementReasons(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, policy string
		enforce      cors.Enforcement
		request      cors.Request
		want         string
	}{
		{"a write from elsewhere", "listed", cors.EnforceUnsafe, cors.Request{Method: "POST", Origin: evil}, "actual origin-not-allowed 403\nVary: Origin"},
		{"a write from null", "listed", cors.EnforceUnsafe, cors.Request{Method: "POST", Origin: "null"}, "actual origin-not-allowed 403\nVary: Origin"},
		{"a write with a malformed Origin", "listed", cors.EnforceUnsafe, cors.Request{Method: "POST", Origin: "?"}, "actual origin-malformed 403\nVary: Origin"},
		{"a cross-site form", "listed", cors.EnforceUnsafe, cors.Request{Method: "POST", FetchSite: "cross-site"}, "not-cors origin-missing 403\nVary: Origin"},
		{"a same-site form", "listed", cors.EnforceAll, cors.Request{Method: "POST", FetchSite: " same-site\t"}, "not-cors origin-missing 403\nVary: Origin"},
		{"a cross-site link", "listed", cors.EnforceAll, cors.Request{Method: "GET", FetchSite: "cross-site"}, "not-cors allowed 0\nVary: Origin"},
		{"a read from elsewhere", "listed", cors.EnforceUnsafe, cors.Request{Method: "GET", Origin: evil}, "actual origin-not-allowed 0\nVary: Origin"},
		{"a read from elsewhere, all", "listed", cors.EnforceAll, cors.Request{Method: "GET", Origin: evil}, "actual origin-not-allowed 403\nVary: Origin"},
		{"a write to a public API", "any", cors.EnforceUnsafe, cors.Request{Method: "POST", Origin: evil}, "actual origin-not-allowed 403\nAccess-Control-Allow-Origin: *"},
		{"a cross-site form to a public API", "any", cors.EnforceUnsafe, cors.Request{Method: "POST", FetchSite: "cross-site"}, "not-cors origin-missing 403\nAccess-Control-Allow-Origin: *"},
		{"a read of a public API", "any", cors.EnforceUnsafe, cors.Request{Method: "GET", Origin: evil}, "actual allowed 0\nAccess-Control-Allow-Origin: *"},
		{"no browser", "any", cors.EnforceUnsafe, cors.Request{Method: "POST"}, "not-cors allowed 0\nAccess-Control-Allow-Origin: *"},
		{"an allowed write", "listed", cors.EnforceAll, cors.Request{Method: "POST", Origin: app, FetchSite: "cross-site"}, "actual allowed 0\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"},
		// Enforce does not change preflights: the browser only asks, and nothing happens
		// yet.
		{"a preflight", "any", cors.EnforceUnsafe, cors.Request{Method: "OPTIONS", Origin: evil, RequestMethod: "POST", FetchSite: "cross-site"}, "preflight allowed 204\nAccess-Control-Allow-Origin: *"},
		{"a refused preflight", "listed", cors.EnforceAll, cors.Request{Method: "OPTIONS", Origin: evil, RequestMethod: "POST"}, "preflight origin-not-allowed 403\nVary: Origin"},
		// A page of the server's own origin may read the response, but not because of CORS.
		// So there is no CORS header.
		{"one's own write", "listed", cors.EnforceAll, cors.Request{Method: "POST", Origin: evil, FetchSite: "same-origin"}, "actual origin-not-allowed 0\nVary: Origin"},
		{"one's own write, older browser", "listed", cors.EnforceAll, cors.Request{Method: "POST", Origin: evil, Host: "evil.example.net"}, "actual origin-not-allowed 0\nVary: Origin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := wire(enforced(t, tt.enforce)[tt.policy].Decide(t.Context(), tt.request)); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestEnforcementFailsClosed checks that no origin is trusted if AllowOriginFunc fails.
func TestEnforcementFailsClosed(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{Enforce: cors.EnforceUnsafe, AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { panic("no") }})
	got := wire(p.Decide(t.Context(), cors.Request{Method: "PUT", Origin: app}))
	if want := "actual origin-check-failed 403\nVary: Origin"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestOwnHost checks which Origin is the server's own for which Host, for browsers that do
// not send Sec-Fetch-Site.
func TestOwnHost(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceUnsafe})
	for _, tt := range []struct {
		origin, host string
		own          bool
	}{
		{"https://api.example.net", "api.example.net", true},
		{"http://api.example.net", "api.example.net", true}, // the server may not know its scheme
		{"https://api.example.net", "api.example.net:443", true},
		{"http://api.example.net", "api.example.net:80", true},
		{"https://api.example.net:8443", "api.example.net:8443", true},
		{"http://[::1]:8080", "[::1]:8080", true},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", true},
		{" https://api.example.net\t", "api.example.net", true},
		{"https://api.example.net", "api.example.net:80", false},
		{"http://api.example.net", "api.example.net:443", false},
		{"https://api.example.net:8443", "api.example.net", false},
		{"https://api.example.net", "api.example.net:8443", false},
		{"https://api.example.net", "API.EXAMPLE.NET.", false},
		{"https://api.example.net.", "api.example.net", false},
		{"https://x.api.example.net", "api.example.net", false},
		{"https://api.example.net.evil.test", "api.example.net", false},
		{"https://api.example.net@evil.test", "evil.test", false},
		{"https://evil@api.example.net", "api.example.net", false}, // net/http lets this one pass
		{"https://api.example.net/", "api.example.net", false},     // and this
		{"https://api.example.net?x", "api.example.net", false},
		{"//api.example.net", "api.example.net", false},
		{"api.example.net", "api.example.net", false},
		{"https://", "", false},
		{"https://:443", ":443", false},
		{"null", "null", false},
		{"https://a, https://b", "a, https://b", false},
	} {
		want := 403
		if tt.own {
			want = 0
		}
		if got := p.Decide(t.Context(), cors.Request{Method: "POST", Origin: tt.origin, Host: tt.host}).Status(); got != want {
			t.Errorf("Origin %q, Host %q: got %d, want %d", tt.origin, tt.host, got, want)
		}
	}
}

// TestEnforcementAgreesWithNetHTTP compares EnforceUnsafe with http.CrossOriginProtection,
// with the same trusted origin, and lists the differences.
func TestEnforcementAgreesWithNetHTTP(t *testing.T) {
	t.Parallel()
	guard := http.NewCrossOriginProtection()
	if err := guard.AddTrustedOrigin(app); err != nil {
		t.Fatal(err)
	}
	refusedThere := func(r cors.Request) bool {
		req := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		req.Method, req.Host = r.Method, r.Host
		for name, value := range map[string]string{"Origin": r.Origin, "Sec-Fetch-Site": r.FetchSite} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		return guard.Check(req) != nil
	}
	policies := enforced(t, cors.EnforceUnsafe)
	delete(policies, "any") // net/http has no such setting
	for name, p := range policies {
		for r := range enforcedRequests {
			there, here := refusedThere(r), p.Decide(t.Context(), r).Status() == 403
			// net/http treats an Origin without a host like a missing one.
			hostless := (r.Origin == "null" || r.Origin == "malformed") && r.Host == "" && r.FetchSite == ""
			if hostless && here {
				continue
			}
			if there != here {
				t.Errorf("%s, %+v: refused here %t, by net/http %t", name, r, here, there)
			}
		}
	}
	for _, tt := range []struct {
		why         string
		r           cors.Request
		here, there bool
	}{
		{"a default port may be written in Host", cors.Request{Method: "POST", Origin: "https://" + ownHost, Host: ownHost + ":443"}, false, true},
		{"an Origin with a user name is none", cors.Request{Method: "POST", Origin: "https://evil@" + ownHost, Host: ownHost}, true, false},
		{"an Origin with a path is none", cors.Request{Method: "POST", Origin: "https://" + ownHost + "/x", Host: ownHost}, true, false},
		{"null is no host, not even an empty one", cors.Request{Method: "POST", Origin: "null"}, true, false},
		{"white space around Sec-Fetch-Site is no part of it", cors.Request{Method: "POST", Origin: evil, Host: ownHost, FetchSite: "same-origin "}, false, true},
	} {
		if here := policies["listed"].Decide(t.Context(), tt.r).Status() == 403; here != tt.here {
			t.Errorf("%s: refused here %t", tt.why, here)
		}
		if there := refusedThere(tt.r); there != tt.there {
			t.Errorf("%s: refused by net/http %t; if that is mended, it can join the others", tt.why, there)
		}
	}
}

// TestAllowsWithoutADecider checks that a nil Decider panics for every request.
func TestAllowsWithoutADecider(t *testing.T) {
	t.Parallel()
	for _, r := range []cors.Request{{}, {Method: "GET", Origin: app}} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, "cors.Allows: the Decider is nil") || !strings.Contains(said, "(*cors.Policy)(nil)") {
					t.Errorf("%+v: %s", r, said)
				}
			}()
			cors.Allows(t.Context(), nil, r)
		}()
	}
}
