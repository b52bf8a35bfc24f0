package browser_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// Chromium's error codes for a wrong answer to a preflight.
const (
	badMethods    = "InvalidAllowMethodsPreflightResponse"
	badHeaders    = "InvalidAllowHeadersPreflightResponse"
	refusedMethod = "MethodDisallowedByPreflightResponse"
	refusedHeader = "HeaderDisallowedByPreflightResponse"
	badStatus     = "PreflightInvalidStatus"
)

// put is a request that always needs a preflight.
var put = browser.Request{Method: "PUT", URL: api}

func setting(method string, names ...string) browser.Request {
	r := browser.Request{Method: method, URL: api}
	for _, name := range names {
		r.Header = append(r.Header, browser.Field{Name: name, Value: "1"})
	}
	return r
}

// preflighting answers a preflight with these lines, and lets every page read the answers
// to other requests.
func preflighting(t *testing.T, lines ...string) *rig {
	t.Helper()
	return newRig(t, map[string]string{
		"OPTIONS api.example/": raw("200 OK", append([]string{acao + app, acac}, lines...)...),
		"* api.example/":       raw("200 OK", acao+app, acac),
	})
}

func TestPreflightRequest(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"PUT", acah+"x-a, X-B, content-type, authorization")
	r.Cookie = "id=1"
	request := setting("put", "X-B", "x-a", "Authorization", "x-A", "Accept-Language", "DNT")
	request.Header = append(request.Header, browser.Field{Name: "Content-Type", Value: "application/json"})
	request.URL += "/?q=1#f"
	request.Body = "{}"
	request.Credentials = browser.Include
	v := r.fetch(t, request)
	expect(t, v, "allowed")
	if len(v.Exchanges) != 2 || v.Preflights() != 1 || !v.Exchanges[0].Preflight {
		t.Fatalf("exchanges: %+v", v.Exchanges)
	}
	want := "OPTIONS /?q=1 HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nAccept: */*\r\nAccess-Control-Request-Method: PUT\r\n" +
		"Access-Control-Request-Headers: authorization,content-type,x-a,x-b\r\nOrigin: http://app.example\r\n\r\n"
	if got := v.Exchanges[0].Request; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want = "PUT /?q=1 HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nX-B: 1\r\nx-a: 1, 1\r\nAuthorization: 1\r\nAccept-Language: 1\r\n" +
		"Content-Type: application/json\r\nAccept: */*\r\nContent-Length: 2\r\nOrigin: http://app.example\r\nCookie: id=1\r\n\r\n"
	if got := v.Exchanges[1].Request; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if v.URL != api+"/?q=1" {
		t.Errorf("URL %s", v.URL)
	}
}

func TestPreflightOmitsEmptyRequestHeaders(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"PUT")
	request := put
	request.Body = "text"
	v := r.fetch(t, request)
	expect(t, v, "allowed")
	if strings.Contains(v.Exchanges[0].Request, "Request-Headers") {
		t.Errorf("sent %q", v.Exchanges[0].Request)
	}
	if got := value(v.Exchanges[1].Request, "Content-Type"); got != "text/plain;charset=UTF-8" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestWhatTriggersAPreflight(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"*", acah+"*")
	typed := func(value string) browser.Request {
		return browser.Request{Method: "POST", URL: api, Body: "x", Header: []browser.Field{{Name: "Content-Type", Value: value}}}
	}
	twice := browser.Request{URL: api, Header: []browser.Field{
		{Name: "Accept", Value: strings.Repeat("a", 63)}, {Name: "accept", Value: strings.Repeat("a", 63)},
	}}
	tooLong := browser.Request{URL: api, Header: append(slices.Clone(twice.Header), browser.Field{Name: "ACCEPT", Value: "a"})}
	for _, test := range []struct {
		name    string
		request browser.Request
		want    string
	}{
		{"GET", browser.Request{URL: api}, "GET"},
		{"head", browser.Request{URL: api, Method: "head"}, "HEAD"},
		{"POST of text", browser.Request{URL: api, Method: "POST", Body: "x"}, "POST"},
		{"POST of a form", typed("application/x-www-form-urlencoded"), "POST"},
		{"POST of JSON", typed("application/json"), "o POST, POST"},
		{"OPTIONS", browser.Request{URL: api, Method: "OPTIONS"}, "o OPTIONS, OPTIONS"},
		{"patch as written", browser.Request{URL: api, Method: "patch"}, "o patch, patch"},
		{"a token of a method", browser.Request{URL: api, Method: "!#$%&'*+-.^_`|~9"}, "o !#$%&'*+-.^_`|~9, !#$%&'*+-.^_`|~9"},
		{"a header", setting("", "X-Foo"), "o GET, GET"},
		{"a safelisted header", setting("", "Accept-Language"), "GET"},
		{"a forbidden header is dropped", setting("", "Accept-Charset", "Sec-Foo", "Proxy-Foo", "Cookie", "Origin"), "GET"},
		{"128 bytes in two lines", twice, "GET"},
		{"129 bytes in three lines", tooLong, "o GET, GET"},
		{"no body, no type", browser.Request{URL: api, Method: "POST"}, "POST"},
		{"an upload listener", browser.Request{URL: api, Method: "POST", ForcePreflight: true}, "o POST, POST"},
		{"no-cors", browser.Request{URL: api, Mode: browser.ModeNoCORS, Method: "POST", Body: "x"}, "POST"},
	} {
		r.route("OPTIONS api.example/", raw("204 No Content", acao+app, acam+"*", acah+"*", acma+"0"))
		v := r.fetch(t, test.request)
		expect(t, v, "allowed")
		if got := sent(v); got != test.want {
			t.Errorf("%s: sent %s, want %s", test.name, got, test.want)
		}
	}
}

func TestPreflightStatus(t *testing.T) {
	t.Parallel()
	r := preflighting(t)
	answer := func(status, lines string) browser.Verdict {
		r.route("OPTIONS api.example/", raw(status, strings.Split(lines, "\n")...))
		return r.fetch(t, put)
	}
	const grant = acao + app + "\n" + acam + "PUT\n" + acma + "0"
	for _, status := range []int{200, 201, 202, 203, 204, 205, 206, 207, 226, 250, 299} {
		expect(t, answer(strconv.Itoa(status), grant), "allowed")
	}
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399, 400, 401, 403, 404, 405, 407, 500, 503, 600, 999} {
		v := answer(strconv.Itoa(status), grant)
		expect(t, v, badStatus)
		if sent(v) != "o PUT" {
			t.Errorf("%d: sent %s", status, sent(v))
		}
	}
	for _, status := range []string{"301", "302", "303", "307", "308"} {
		expect(t, answer(status, grant+"\nLocation: /"), "PreflightDisallowedRedirect")
		expect(t, answer(status, "Location: http://u:p@other.example/"), "PreflightDisallowedRedirect")
		expect(t, answer(status, grant+"\nLocation:"), "PreflightDisallowedRedirect") // in the standard, the same URL
	}
	expect(t, answer("305", grant+"\nLocation: /"), badStatus)
	v := answer("404", acam+"PUT")
	expect(t, v, "PreflightMissingAllowOriginHeader") // the CORS check comes first
	r.Engine = browser.WebKit()
	expect(t, answer("404", acam+"PUT"), badStatus) // but not in WebKit
	expect(t, answer("204", acam+"PUT"), "PreflightMissingAllowOriginHeader")
	const failsCheck = "Response to preflight request doesn't pass access control check: "
	if v := answer("404", grant); v.Message != failsCheck+"It does not have HTTP ok status." || v.Section != "CORS-preflight fetch, step 7" {
		t.Errorf("got %+v", v.Failure)
	}
	if v := answer("301", grant+"\nLocation: /"); v.Message != failsCheck+"Redirect is not allowed for a preflight request." {
		t.Errorf("got %+v", v.Failure)
	}
}

func TestAllowMethodsAndHeaders(t *testing.T) {
	t.Parallel()
	withCredentials := func(r browser.Request) browser.Request {
		r.Credentials = browser.Include
		return r
	}
	for _, test := range []struct {
		name    string
		request browser.Request
		lines   []string
		want    string
	}{
		{"method listed", put, []string{acam + "GET, PUT"}, "allowed"},
		{"method on the second line", put, []string{acam, acam + "GET", acam + "PUT"}, "allowed"},
		{"empty elements and tabs", put, []string{acam + ",,\t PUT\t,"}, "allowed"},
		{"5000 elements", put, []string{acam + strings.Repeat("A,", 5000) + "PUT"}, "allowed"},
		{"method by wildcard", put, []string{acam + "*"}, "allowed"},
		{"no methods", put, nil, refusedMethod},
		{"empty methods", put, []string{acam}, refusedMethod},
		{"another method", put, []string{acam + "PATCH"}, refusedMethod},
		{"methods are case-sensitive", put, []string{acam + "put"}, refusedMethod},
		{"lower-case patch by itself", setting("patch"), []string{acam + "patch"}, "allowed"},
		{"lower-case patch by PATCH", setting("patch"), []string{acam + "PATCH"}, refusedMethod},
		{"P* is no pattern", put, []string{acam + "P*"}, refusedMethod},
		{"wildcard with credentials", withCredentials(put), []string{acam + "*"}, refusedMethod},
		{"the method * with credentials", withCredentials(setting("*")), []string{acam + "*"}, "allowed"},
		{"safelisted methods need no list", setting("POST", "x-a"), []string{acam + "PUT", acah + "x-a"}, "allowed"},

		{"header listed, in any case", setting("", "X-Foo"), []string{acah + "y, x-FOO"}, "allowed"},
		{"header on the second line", setting("", "x-foo"), []string{acah, acah + "x-foo"}, "allowed"},
		{"header by wildcard", setting("", "x-foo", "x-bar"), []string{acah + "*"}, "allowed"},
		{"no headers", setting("", "x-foo"), nil, refusedHeader},
		{"one header of two", setting("", "x-foo", "x-bar"), []string{acah + "x-bar"}, refusedHeader},
		{"x-* is no pattern", setting("", "x-foo"), []string{acah + "x-*"}, refusedHeader},
		{"wildcard with credentials", withCredentials(setting("", "x-foo")), []string{acah + "*"}, refusedHeader},
		{"the header * with credentials", withCredentials(setting("", "*")), []string{acah + "*"}, "allowed"},
		{"Authorization named", setting("", "Authorization"), []string{acah + "*, authorization"}, "allowed"},
		{"Authorization by wildcard", setting("", "Authorization"), []string{acah + "*"}, refusedHeader},
		{"Authorization named, with credentials", withCredentials(setting("", "Authorization")), []string{acah + "authorization"}, "allowed"},

		{"malformed methods", put, []string{acam + "PUT, @@"}, badMethods},
		{"malformed on another line", put, []string{acam + "PUT", acam + "A B"}, badMethods},
		{"quoted method", put, []string{acam + `"PUT"`}, badMethods},
		{"methods by space", put, []string{acam + "GET PUT"}, badMethods},
		{"malformed methods that nothing needs", setting("", "x-foo"), []string{acam + "@@", acah + "x-foo"}, badMethods},
		{"malformed headers", setting("", "x-foo"), []string{acah + "x-foo;"}, badHeaders},
		{"malformed headers that nothing needs", put, []string{acam + "PUT", acah + "\xe9"}, badHeaders},
		{"both malformed", put, []string{acam + "@@", acah + "@@"}, badMethods},
		{"garbage that does not matter", put, []string{acam + "PUT", acma + "@@", aceh + "@@"}, "allowed"},
		{"method and header", setting("PUT", "x-foo"), nil, refusedMethod},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expect(t, preflighting(t, test.lines...).fetch(t, test.request), test.want)
		})
	}
}

func TestRefusalsNameTheCulprit(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"GET", acah+"x-b")
	for _, test := range []struct {
		request           browser.Request
		parameter, prefix string
		section           string
	}{
		{setting("PURGE"), "PURGE", "Method PURGE is not allowed by Access-Control-Allow-Methods in preflight response.", ".5"},
		{setting("", "X-C", "X-B", "X-A"), "x-a", "Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.", ".7"},
		{setting("", "AUTHORIZATION", "a"), "authorization", "Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response.", ".6"},
	} {
		v := r.fetch(t, test.request)
		if v.Parameter != test.parameter || v.Message != test.prefix || v.Section != "CORS-preflight fetch, step 7"+test.section {
			t.Errorf("got %+v", v.Failure)
		}
	}
	r.route("OPTIONS api.example/", raw("200 OK", acao+app, acam+"@"))
	if v := r.fetch(t, put); v.Message != "Cannot parse Access-Control-Allow-Methods response header field in preflight response." {
		t.Errorf("got %+v", v.Failure)
	}
	r.route("OPTIONS api.example/", raw("200 OK", acao+app, acah+"@"))
	if v := r.fetch(t, put); v.Message != "Cannot parse Access-Control-Allow-Headers response header field in preflight response." {
		t.Errorf("got %+v", v.Failure)
	}
}

func TestEnginesLetTheWildcardCoverAuthorization(t *testing.T) {
	t.Parallel()
	for _, engine := range []browser.Engine{browser.Chromium(), browser.Firefox(), browser.WebKit()} {
		r := preflighting(t, acah+"*")
		r.Engine = engine
		request := setting("", "Authorization")
		expect(t, r.fetch(t, request), "allowed")
		request.Credentials = browser.Include
		expect(t, r.fetch(t, request), refusedHeader)
	}
}

// The functions below Fetch decide on plain data.
func TestCheckPreflight(t *testing.T) {
	t.Parallel()
	r := browser.Preflighted{Origin: app, Method: "PUT"}
	header := []browser.Field{{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Allow-Methods", Value: "*"}}
	if f := browser.CheckPreflight(r, 204, header, false, browser.Engine{}); f != nil {
		t.Errorf("got %+v", f)
	}
	if f := browser.CheckPreflight(r, 302, header, true, browser.Engine{}); f == nil || f.Code != browser.PreflightDisallowedRedirect {
		t.Errorf("got %+v", f)
	}
	r.Credentials = browser.Include
	if f := browser.CheckPreflight(r, 204, header, false, browser.Engine{}); f == nil || f.Code != browser.PreflightWildcardOriginNotAllowed {
		t.Errorf("got %+v", f)
	}
}
