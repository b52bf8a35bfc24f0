package browser_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// Chromium's error codes for a wrong Access-Control-Allow-Origin.
const (
	missing  = "MissingAllowOriginHeader"
	multiple = "MultipleAllowOriginValues"
	invalid  = "InvalidAllowOriginValue"
	mismatch = "AllowOriginMismatch"
)

// acaoCases are lines of a response to a page of app, and what Chromium 156 did with
// them. The other engines allow and refuse the same lines.
var acaoCases = []struct {
	name, lines, want string
}{
	{"exact", acao + app, "allowed"},
	{"wildcard", acao + "*", "allowed"},
	{"white space around", acao + "\t " + app + " \t", "allowed"},
	{"no space after the colon", "Access-Control-Allow-Origin:" + app, "allowed"},
	{"name in another case", "aCCESS-control-allow-ORIGIN: " + app, "allowed"},
	{"folded line", "Access-Control-Allow-Origin:\r\n\t" + app, "allowed"},
	{"garbage that only matters to preflights", acao + app + "\r\n" + acam + "@@\r\n" + acah + "@@", "allowed"},
	{"garbage that only matters with credentials", acao + "*\r\nAccess-Control-Allow-Credentials: @@", "allowed"},

	{"absent", "X: y", missing},
	{"underscores in the name", "Access_Control_Allow_Origin: " + app, missing},
	{"empty", acao, invalid},
	{"null", acao + "null", mismatch},
	{"list", acao + app + ", " + other, multiple},
	{"list without spaces", acao + app + ",x", multiple},
	{"list by spaces", acao + app + " " + other, multiple},
	{"list with wildcard", acao + app + ", *", multiple},
	{"trailing comma", acao + app + ",", multiple},
	{"wildcard and comma", acao + "*,", multiple},
	{"two wildcards", acao + "**", invalid},
	{"two lines", acao + app + "\r\n" + acao + other, multiple},
	{"two equal lines", acao + app + "\r\n" + acao + app, multiple},
	{"two lines of wildcards", acao + "*\r\n" + acao + "*", multiple},
	{"two lines, one empty", acao + app + "\r\n" + acao, multiple},
	{"trailing slash", acao + app + "/", mismatch},
	{"path", acao + app + "/x", mismatch},
	{"upper-case host", acao + "http://APP.example", mismatch},
	{"upper-case scheme", acao + "HTTP://app.example", mismatch},
	{"another port", acao + app + ":8443", mismatch},
	{"default port", acao + app + ":80", mismatch},
	{"zero-padded port", acao + app + ":080", mismatch},
	{"wildcard port", acao + app + ":*", invalid},
	{"port out of range", acao + app + ":99999", invalid},
	{"no scheme", acao + "app.example", invalid},
	{"no scheme, and a port", acao + "localhost:18001", mismatch}, // the scheme is localhost
	{"https for http", acao + "https://app.example", mismatch},
	{"wildcard host", acao + "http://*", mismatch},
	{"wildcard label", acao + "http://*.example", mismatch},
	{"quotes", acao + `"` + app + `"`, invalid},
	{"userinfo", acao + "http://u@app.example", mismatch},
	{"byte order mark", acao + "\xef\xbb\xbf" + app, invalid},
	{"no-break space", acao + app + "\xa0", invalid},
	{"vertical tab after it", acao + app + "\v", mismatch},
	{"form feed before it", acao + "\f" + app, mismatch},
	{"tab inside", acao + "http://app\t.example", mismatch},
	{"trailing dot", acao + app + ".", mismatch},
	{"unicode host", acao + "http://b\u00fccher.example", mismatch},
	{"upper-case punycode", acao + "http://XN--bcher-kva.example", mismatch},
	{"IPv6 without brackets", acao + "http://::1", invalid},
	{"half a bracket", acao + "http://[::1", invalid},
	{"no host", acao + "http://", invalid},
	{"one slash", acao + "http:/a", mismatch},
	{"percent in the host", acao + "http://a%b", invalid},
	{"no slash at all", acao + "mailto:", mismatch},
	{"only slashes", acao + "//app.example", invalid},
}

func TestAllowOrigin(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{})
	for _, test := range acaoCases {
		answer := raw("200 OK", test.lines)
		r.route("* api.example/", answer)
		v := r.fetch(t, browser.Request{URL: api})
		t.Run(test.name, func(t *testing.T) {
			expect(t, v, test.want)
			if v.Allowed && (v.Status != 200 || v.Body != "ok" || v.Type != browser.CORS || v.URL != api+"/" || v.Redirected) {
				t.Errorf("the page reads %+v", v)
			}
			if len(v.Exchanges) != 1 || v.Exchanges[0].Response != answer[:len(answer)-2] || value(v.Exchanges[0].Request, "Origin") != app {
				t.Errorf("exchanges %+v", v.Exchanges)
			}
			if !v.Allowed && v.Section != "CORS check, step 2" && v.Section != "CORS check, step 4" {
				t.Errorf("section %q", v.Section)
			}
		})
		// The same lines in a preflight's answer.
		v = r.fetch(t, browser.Request{URL: api + "/?" + url.QueryEscape(test.name), Method: "PUT"})
		t.Run("preflight/"+test.name, func(t *testing.T) {
			want := "Preflight" + test.want
			switch {
			case strings.Contains(test.lines, acam):
				want = badMethods
			case test.want == "allowed":
				want = refusedMethod
			}
			expect(t, v, want)
		})
	}
}

func TestOpaqueOriginIsAllowedByItsName(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{
		"GET api.example/null": raw("200 OK", acao+"null", acac),
		"GET api.example/app":  raw("200 OK", acao+app),
	})
	r.Origin = "null"
	v := r.fetch(t, browser.Request{URL: api + "/null", Credentials: browser.Include})
	expect(t, v, "allowed")
	if value(v.Exchanges[0].Request, "Origin") != "null" {
		t.Errorf("sent %q", v.Exchanges[0].Request)
	}
	expect(t, r.fetch(t, browser.Request{URL: api + "/app"}), mismatch)
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	const wildcard, credentials = "WildcardOriginNotAllowed", "InvalidAllowCredentials"
	line := func(value string) string { return "Access-Control-Allow-Credentials:" + value }
	for _, test := range []struct {
		name, origin string
		lines        []string
		want         string
	}{
		{"true", app, []string{line("true")}, "allowed"},
		{"true, trimmed", app, []string{line("\t true ")}, "allowed"},
		{"absent", app, nil, credentials},
		{"empty", app, []string{line("")}, credentials},
		{"True", app, []string{line("True")}, credentials},
		{"TRUE", app, []string{line("TRUE")}, credentials},
		{"1", app, []string{line("1")}, credentials},
		{"list", app, []string{line("true, true")}, credentials},
		{"parameter", app, []string{line("true;x")}, credentials},
		{"two lines", app, []string{line("true"), line("true")}, credentials},
		{"wildcard origin", "*", []string{line("true")}, wildcard},
		{"another origin", api, []string{line("true")}, mismatch},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			lines := append([]string{acao + test.origin}, test.lines...)
			r := newRig(t, map[string]string{
				"GET api.example/": raw("200 OK", lines...),
				"PUT api.example/": raw("200 OK", acao+app, acac),
				"* api.example/":   raw("200 OK", append(lines, acam+"PUT")...),
			})
			r.Cookie = "id=1"
			v := r.fetch(t, browser.Request{URL: api, Credentials: browser.Include})
			expect(t, v, test.want)
			if got := value(v.Exchanges[0].Request, "Cookie"); got != "id=1" {
				t.Errorf("sent the Cookie %q", got)
			}
			preflighted := r.fetch(t, browser.Request{URL: api, Method: "PUT", Credentials: browser.Include})
			want := test.want
			if want != "allowed" {
				want = "Preflight" + want
			}
			expect(t, preflighted, want)
			if got := value(preflighted.Exchanges[0].Request, "Cookie"); got != "" {
				t.Errorf("the preflight has the Cookie %q", got)
			}
			for _, mode := range []browser.Credentials{"", browser.Omit, browser.SameOrigin} {
				v := r.fetch(t, browser.Request{URL: api, Credentials: mode})
				if test.want != mismatch {
					expect(t, v, "allowed")
				}
				if got := value(v.Exchanges[0].Request, "Cookie"); got != "" {
					t.Errorf("%q sent the Cookie %q", mode, got)
				}
			}
		})
	}
}

// The sentences are exactly Chromium's.
func TestSentences(t *testing.T) {
	t.Parallel()
	const blocked = "Access to fetch at 'http://api.example/x' from origin 'http://app.example' has been blocked by CORS policy: "
	const failsCheck = "Response to preflight request doesn't pass access control check: "
	const advice = " Have the server send the header with a valid value."
	for _, test := range []struct{ lines, want string }{
		{"X: y", "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
		{acao + "a b", "The 'Access-Control-Allow-Origin' header contains multiple values 'a b', but only one is allowed." + advice},
		{acao + "b\xfc", "The 'Access-Control-Allow-Origin' header contains the invalid value 'b\u00fc'." + advice},
		{acao + "null", "The 'Access-Control-Allow-Origin' header has a value 'null' that is not equal to the supplied origin." + advice},
		{acao + "*", "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."},
		{acao + app, "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'."},
	} {
		r := newRig(t, map[string]string{"* api.example/x": raw("200 OK", test.lines)})
		v := r.fetch(t, browser.Request{URL: api + "/x", Credentials: browser.Include})
		if v.Console != blocked+test.want || v.Message != test.want {
			t.Errorf("got  %s\nwant %s", v.Console, blocked+test.want)
		}
		p := r.fetch(t, browser.Request{URL: api + "/x", Method: "PUT", Credentials: browser.Include})
		if p.Console != blocked+failsCheck+test.want || p.Code != "Preflight"+v.Code || p.Parameter != v.Parameter ||
			p.Section != "CORS-preflight fetch, step 7: "+v.Section {
			t.Errorf("got  %s\nwant %s\n%+v", p.Console, blocked+failsCheck+test.want, p.Failure)
		}
	}
}
