package cors_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	cors "github.com/crossgate/cors/core"
)

const (
	// The browser's errors: Chromium's name, and the text of its console.
	noHeader          = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	preflightNoHeader = "Response to preflight request doesn't pass access control check: " + noHeader
)

// explainCase is a request under some policy, and what its explanation must contain.
type explainCase struct {
	name                       string
	config                     *cors.Config // nil: no policy
	request                    cors.Request
	reason                     string
	cause, fix                 string // fragments; if fix is "", the explanation must have none
	browserError, browserWords string
}

func listing(origins ...string) *cors.Config { return &cors.Config{AllowOrigins: origins} }

var (
	plainAPI = &cors.Config{
		AllowOrigins: []string{app, "https://*.example.org"}, AllowMethods: []string{"PUT", "PATCH"}, AllowHeaders: []string{"x-a", "x-b"},
	}
	cookieAPI = &cors.Config{
		AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"},
	}
	publicAPI  = &cors.Config{AllowOrigins: []string{"*"}, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, Enforce: cors.EnforceUnsafe}
	guardedAPI = &cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll}
	failingAPI = &cors.Config{AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, errors.New("down") }}
	askingAPI  = &cors.Config{AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		return o.Host == "app.example.com", nil
	}}
)

func get(origin string) cors.Request { return cors.Request{Method: "GET", Origin: origin} }

func ask(origin, method, headers string) cors.Request {
	return cors.Request{Method: "OPTIONS", Origin: origin, RequestMethod: method, RequestHeaders: headers}
}

// manyHeaders is a list of over 8 KiB, in the form that browsers send.
var manyHeaders = func() string {
	names := make([]string, 1500)
	for i := range names {
		names[i] = fmt.Sprintf("x-%04d", i)
	}
	return strings.Join(names, ",")
}()

// testdata/explanations.golden is made of explainCases too.
var explainCases = []explainCase{
	{"no policy, no origin", nil, cors.Request{Method: "GET"}, "no-policy", "this path has no policy", "attach a policy", "", ""},
	{"no policy, actual", nil, get(app), "no-policy", "this path has no policy", "attach a policy", "MissingAllowOriginHeader", noHeader},
	{"no policy, preflight", nil, ask(app, "PUT", ""), "no-policy", "this path has no policy", "attach a policy", "PreflightMissingAllowOriginHeader", preflightNoHeader},

	{"not CORS", plainAPI, cors.Request{Method: "GET"}, "allowed", "has no Origin header", "", "", ""},
	{"not CORS, any origin", publicAPI, cors.Request{Method: "GET"}, "allowed", "has no Origin header", "", "", ""},
	{"allowed", plainAPI, get(app), "allowed", "the request is allowed", "", "", ""},
	{"allowed by a wildcard", plainAPI, get("https://x.example.org"), "allowed", "the request is allowed", "", "", ""},
	{"allowed by a function", askingAPI, get(app), "allowed", "the request is allowed", "", "", ""},
	{"allowed, any origin", publicAPI, get(evil), "allowed", "the request is allowed", "", "", ""},
	{"OPTIONS that is no preflight", plainAPI, cors.Request{Method: "OPTIONS", Origin: app}, "allowed", "the request is allowed", "", "", ""},
	{"allowed preflight", plainAPI, ask(app, "PUT", "x-a,x-b"), "allowed", "the request is allowed", "", "", ""},
	{"allowed preflight without headers", plainAPI, ask(app, "GET", ""), "allowed", "the request is allowed", "", "", ""},
	{"allowed preflight, reflected", cookieAPI, ask(app, "PURGE", "x-z"), "allowed", "the request is allowed", "", "", ""},

	{"origin not allowed", plainAPI, get(evil), "origin-not-allowed", `does not allow the origin "` + evil + `"`, `add "` + evil + `" to AllowOrigins`, "MissingAllowOriginHeader", noHeader},
	{"origin not allowed, preflight", plainAPI, ask(evil, "PUT", "x-a"), "origin-not-allowed", `does not allow the origin "` + evil + `"`, `add "` + evil + `" to AllowOrigins`, "PreflightMissingAllowOriginHeader", preflightNoHeader},
	{"null", plainAPI, get("null"), "origin-not-allowed", `does not allow the origin "null"`, "serve the page from a URL of its own", "MissingAllowOriginHeader", noHeader},
	{"origin malformed", plainAPI, get(app + "/"), "origin-malformed", "as browsers write it", `write "https://app.example.com"`, "MissingAllowOriginHeader", noHeader},
	{"two origins", plainAPI, ask(app+", "+evil, "PUT", ""), "origin-malformed", "not one origin", "find the proxy", "PreflightMissingAllowOriginHeader", preflightNoHeader},
	{"function failed", failingAPI, get(app), "origin-check-failed", "AllowOriginFunc failed, so the origin is not allowed", "fix the function", "MissingAllowOriginHeader", noHeader},
	{"function refused", askingAPI, get(evil), "origin-not-allowed", "does not allow the origin", "AllowOriginFunc", "MissingAllowOriginHeader", noHeader},

	{"method not allowed", plainAPI, ask(app, "DELETE", "x-a"), "method-not-allowed", `does not allow the method "DELETE"`, `add "DELETE" to AllowMethods`, "MethodDisallowedByPreflightResponse", "Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response."},
	{"method in lower case", plainAPI, ask(app, "patch", ""), "method-not-allowed", `does not allow the method "patch"`, `send "PATCH" in the script`, "MethodDisallowedByPreflightResponse", "Method patch is not allowed by Access-Control-Allow-Methods in preflight response."},
	{"method in lower case, not listed", guardedAPI, ask(app, "patch", ""), "method-not-allowed", `does not allow the method "patch"`, `send "PATCH" in the script, and add "PATCH" to AllowMethods`, "MethodDisallowedByPreflightResponse", "Method patch is not allowed by Access-Control-Allow-Methods in preflight response."},
	{"method that browsers write in upper case", plainAPI, ask(app, "Put", ""), "method-not-allowed", `does not allow the method "Put"`, `browsers send "PUT" in upper case: find the client`, "MethodDisallowedByPreflightResponse", "Method Put is not allowed by Access-Control-Allow-Methods in preflight response."},
	{"method forbidden", plainAPI, ask(app, "TRACE", ""), "method-not-allowed", `does not allow the method "TRACE"`, "use another", "MethodDisallowedByPreflightResponse", "Method TRACE is not allowed by Access-Control-Allow-Methods in preflight response."},
	// The method is too long to be read, but the answer's * covers it.
	{"method too long, but any", publicAPI, ask(app, strings.Repeat("M", 65), ""), "method-not-allowed", "does not allow the method", "", "", ""},
	{"method and header not allowed", plainAPI, ask(app, "DELETE", "x-c"), "method-not-allowed", `does not allow the method "DELETE"`, `add "DELETE" to AllowMethods`, "MethodDisallowedByPreflightResponse", "Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response."},

	{"header not allowed", plainAPI, ask(app, "PUT", "x-a,x-c,x-d"), "header-not-allowed", `does not allow the request header "x-c"`, `add "x-c" to AllowHeaders`, "HeaderDisallowedByPreflightResponse", "Request header field x-c is not allowed by Access-Control-Allow-Headers in preflight response."},
	{"Authorization under *", publicAPI, ask(app, "PUT", "authorization"), "header-not-allowed", `"authorization"`, `add "authorization" to AllowHeaders`, "HeaderDisallowedByPreflightResponse", "Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response."},
	{"header that no script sets", plainAPI, ask(app, "PUT", "cookie"), "header-not-allowed", `"cookie"`, "browsers let no script", "HeaderDisallowedByPreflightResponse", "Request header field cookie is not allowed by Access-Control-Allow-Headers in preflight response."},
	{"header of responses", plainAPI, ask(app, "PUT", "access-control-allow-origin"), "header-not-allowed", `"access-control-allow-origin"`, "do not set it in the script: it is a header of responses", "HeaderDisallowedByPreflightResponse", "Request header field access-control-allow-origin is not allowed by Access-Control-Allow-Headers in preflight response."},
	{"headers malformed", plainAPI, ask(app, "PUT", "x-a,x b"), "header-malformed", `"x b"`, "find the proxy", "HeaderDisallowedByPreflightResponse", "Access-Control-Allow-Headers"},
	{"headers too long", plainAPI, ask(app, "PUT", manyHeaders), "headers-too-long", "more request headers than a policy reads", "set fewer headers", "HeaderDisallowedByPreflightResponse", "Request header field x-0000 is not allowed by Access-Control-Allow-Headers in preflight response."},
	{"headers too long to reflect", cookieAPI, ask(app, "PUT", manyHeaders), "headers-too-long", "more request headers than a policy reads", "set fewer headers", "HeaderDisallowedByPreflightResponse", "Request header field x-0000 is not allowed by Access-Control-Allow-Headers in preflight response."},
	{"headers too long, but any", publicAPI, ask(app, "PUT", manyHeaders), "headers-too-long", "more request headers than a policy reads", "set fewer headers", "", ""},

	{"refused by enforcement", guardedAPI, cors.Request{Method: "POST", Origin: evil, FetchSite: "cross-site"}, "origin-not-allowed", "does not allow the origin", "add ", "MissingAllowOriginHeader", noHeader},
	{"served in spite of enforcement", guardedAPI, cors.Request{Method: "POST", Origin: app, FetchSite: "cross-site"}, "allowed", "the request is allowed", "", "", ""},
	{"refused, any origin", publicAPI, cors.Request{Method: "POST", Origin: evil, FetchSite: "cross-site"}, "origin-not-allowed", "trusts no origin", "list the trusted origins", "", ""},
	{"cross-site form", guardedAPI, cors.Request{Method: "POST", FetchSite: "cross-site"}, "origin-missing", "unsafe method and no Origin", "use fetch with CORS", "", ""},
	// A browser makes no CORS check for the response to a request to its page's own origin
	// (Fetch, "main fetch").
	{"one's own write", guardedAPI, cors.Request{Method: "POST", Origin: "https://api.example.net", FetchSite: "same-origin", Host: "api.example.net"}, "origin-not-allowed", "CORS does not apply", "", "", ""},
	// A browser sends no preflight to its page's own origin, so this page has another
	// scheme.
	{"a preflight from one's own host", guardedAPI, cors.Request{Method: "OPTIONS", Origin: "http://api.example.net", RequestMethod: "PUT", Host: "api.example.net"}, "origin-not-allowed", "does not allow the origin", "add ", "PreflightMissingAllowOriginHeader", preflightNoHeader},
}

func (x explainCase) explain(t *testing.T) cors.Explanation {
	t.Helper()
	var p *cors.Policy
	if x.config != nil {
		p = compile(t, *x.config)
	}
	e := p.Explain(t.Context(), x.request)
	if got, want := wire(e.Decision), wire(p.Decide(t.Context(), x.request)); got != want || e.Kind != e.Decision.Kind() || e.Reason != e.Decision.Reason() {
		t.Errorf("%s: explains\n%s\ndecides\n%s", x.name, got, want)
	}
	return e
}

func TestExplain(t *testing.T) {
	t.Parallel()
	reasons := make(map[string]bool)
	for _, x := range explainCases {
		e := x.explain(t)
		reasons[e.Reason.String()] = true
		if e.Reason.String() != x.reason || !strings.Contains(e.Cause, x.cause) || !strings.Contains(e.Fix, x.fix) {
			t.Errorf("%s: got reason %v, cause %q, fix %q;\nwant %s, %q, %q", x.name, e.Reason, e.Cause, e.Fix, x.reason, x.cause, x.fix)
		}
		if e.Cause == "" || x.fix == "" && x.reason == "allowed" && e.Fix != "" {
			t.Errorf("%s: cause %q, fix %q", x.name, e.Cause, e.Fix)
		}
		if e.BrowserError != x.browserError || !strings.Contains(e.BrowserMessage, x.browserWords) {
			t.Errorf("%s: the browser says %q: %q; want %q: %q", x.name, e.BrowserError, e.BrowserMessage, x.browserError, x.browserWords)
		}
		if (e.BrowserError == "") != (e.BrowserMessage == "") {
			t.Errorf("%s: the browser says %q: %q", x.name, e.BrowserError, e.BrowserMessage)
		}
		if x.request.FetchSite == "same-origin" && (e.Fix != "" || strings.Contains(fmt.Sprint(e), "cannot read")) {
			t.Errorf("%s: CORS does not apply, yet it says:\n%s", x.name, e)
		}
		failed := 0
		for _, s := range e.Steps {
			if s.Rule == "" || s.Section == "" || s.Detail == "" {
				t.Errorf("%s: step %+v", x.name, s)
			}
			if !s.OK {
				failed++
			}
		}
		if refused := e.Reason != cors.Allowed && e.Reason != cors.NoPolicy; refused != (failed > 0) || failed > 0 && e.Steps[len(e.Steps)-1].OK && e.Decision.Status() != 0 {
			t.Errorf("%s: %d steps failed of %+v", x.name, failed, e.Steps)
		}
	}
	for r := range constants(t, "Reason") {
		// These two are decisions of a Mount, not of a policy.
		if r := cors.Reason(r); r == cors.MountUnattached || r == cors.MountUncertain {
			continue
		}
		if !reasons[cors.Reason(r).String()] {
			t.Errorf("no case for %v", cors.Reason(r))
		}
	}
}

// TestExplainTrims checks that explanations do not contain the white space around values.
func TestExplainTrims(t *testing.T) {
	t.Parallel()
	p := compile(t, *plainAPI)
	for _, r := range []cors.Request{get(evil), ask(evil, "PUT", "x-a"), ask(app, "DELETE", ""), ask(app, "PUT", "x-a,x-c")} {
		padded := r
		padded.Origin, padded.RequestMethod, padded.RequestHeaders = " \t"+r.Origin+"\t", "\t"+r.RequestMethod+" ", " "+r.RequestHeaders+" "
		if got, want := p.Explain(t.Context(), padded).String(), p.Explain(t.Context(), r).String(); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
}

// TestExplanationsAreSafeToLog checks that no value of a request can forge a line of a log,
// or make the explanation long.
func TestExplanationsAreSafeToLog(t *testing.T) {
	t.Parallel()
	hostile := []string{"x\r\nINFO all is well", "\x1b[2J", "\x00\x7f\u0085\u2028", "\xff\xfe", strings.Repeat("\u20ac", 30_000), strings.Repeat("a,", 50_000), "\"); drop", "https://x\r\nINFO.example"}
	configs := []*cors.Config{nil, plainAPI, cookieAPI, publicAPI, guardedAPI, failingAPI}
	for _, h := range hostile {
		unfit := make(map[string]bool) // each text once, since many requests lead to it
		for _, r := range []cors.Request{
			get(h), ask(h, "PUT", ""), ask(app, h, ""), ask(app, "PUT", h), ask(app, "PUT", "x-a,"+h), ask(app, h, h),
			{Method: h, Origin: app}, {Method: "POST", Origin: h, FetchSite: h, Host: h, Path: h}, {Method: h, FetchSite: h},
		} {
			for _, config := range configs {
				e := explainCase{name: "hostile", config: config, request: r}.explain(t)
				texts := []string{e.Cause, e.Fix, e.BrowserError, e.BrowserMessage}
				for _, s := range e.Steps {
					texts = append(texts, s.Rule, s.Section, s.Detail)
				}
				for _, s := range texts {
					if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
						unfit[s] = true
					}
				}
				if n := len(e.String()); n > 4000 {
					t.Errorf("%.60q: %d bytes", h, n)
				}
			}
		}
		for s := range unfit {
			t.Errorf("%.300q", s)
		}
	}
}

// TestExplanationJSON checks the JSON that the playground and tools read.
func TestExplanationJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(explainCase{config: listing(app), request: ask(app, "PUT", "")}.explain(t))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	steps, _ := got["steps"].([]any)
	last, _ := steps[len(steps)-1].(map[string]any)
	if got["kind"] != "preflight" || got["reason"] != "method-not-allowed" || got["browserError"] != "MethodDisallowedByPreflightResponse" ||
		got["browserMessage"] == "" || got["cause"] == "" || got["fix"] == "" || got["Decision"] != nil || len(got) != 7 ||
		last["ok"] != false || last["rule"] == "" || last["section"] == "" || last["detail"] == "" || len(last) != 4 {
		t.Errorf("got %s", data)
	}
	data, err = json.Marshal((*cors.Policy)(nil).Explain(t.Context(), cors.Request{Method: "GET"}))
	if err != nil || !strings.Contains(string(data), `"steps":[]`) {
		t.Errorf("without a policy: %s (%v)", data, err)
	}
}
