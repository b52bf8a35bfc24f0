package browser_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// Requests for which fetch throws before it sends anything, with the words of Chromium's
// TypeError.
func TestTypeErrors(t *testing.T) {
	t.Parallel()
	var c browser.Client
	c.Origin = app
	for _, test := range []struct {
		section, message string
		request          browser.Request
	}{
		{"method", "'TRACE' HTTP method is unsupported.", browser.Request{Method: "TRACE"}},
		{"method", "'connect' HTTP method is unsupported.", browser.Request{Method: "connect"}},
		{"method", "'a b' is not a valid HTTP method.", browser.Request{Method: "a b"}},
		{"method", "'GET\r\n' is not a valid HTTP method.", browser.Request{Method: "GET\r\n"}},
		{"no-CORS guard", "'PUT' is unsupported in no-cors mode.", browser.Request{Method: "put", Mode: browser.ModeNoCORS}},
		{"body", "Request with GET/HEAD method cannot have body.", browser.Request{Body: "x"}},
		{"body", "Request with GET/HEAD method cannot have body.", browser.Request{Body: "x", Method: "head"}},
		{"append", "Invalid name", browser.Request{Header: []browser.Field{{Name: "a b", Value: "1"}}}},
		{"append", "Invalid name", browser.Request{Header: []browser.Field{{Name: "", Value: "1"}}}},
		{"append", "Invalid value", browser.Request{Header: []browser.Field{{Name: "a", Value: "1\x00"}}}},
		{"append", "String contains non ISO-8859-1 code point.", browser.Request{Header: []browser.Field{{Name: "a", Value: "1 €"}}}},
		{"append", "Invalid value", browser.Request{Header: []browser.Field{{Name: "a", Value: "1\r\nb: 2"}}}},
		{"URL", "Request cannot be constructed from a URL that includes credentials: http://u@api.example/", browser.Request{URL: "http://u@api.example/"}},
		{"URL", "Request cannot be constructed from a URL that includes credentials: http://:p@api.example/", browser.Request{URL: "http://:p@api.example/"}},
	} {
		if test.request.URL == "" {
			test.request.URL = api
		}
		v, err := c.Fetch(t.Context(), test.request)
		if err != nil || v.Allowed || v.Code != "" || v.Message != test.message || v.Console != test.message || v.Exchanges != nil || !strings.HasSuffix(v.Section, test.section) {
			t.Errorf("got %+v, %v; want %s: %s", v, err, test.section, test.message)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		origin  string
		request browser.Request
		says    string
	}{
		{"", browser.Request{URL: api}, "the origin"},
		{app + "/", browser.Request{URL: api}, "the origin"},
		{"HTTPS://app.example", browser.Request{URL: api}, "the origin"},
		{"https://app.example:443", browser.Request{URL: api}, "the origin"},
		{"*", browser.Request{URL: api}, "the origin"},
		{app, browser.Request{}, "the URL"},
		{app, browser.Request{URL: "/x"}, "the URL"},
		{app, browser.Request{URL: "ftp://api.example/"}, "the URL"},
		{app, browser.Request{URL: "http://b\u00fccher.example/"}, "the URL"},
		{app, browser.Request{URL: "http://a.example:99999"}, "the URL"},
		{app, browser.Request{URL: "http://["}, "the URL"},
		{app, browser.Request{URL: api, Mode: "navigate"}, "the mode"},
		{app, browser.Request{URL: api, Cache: "only-if-cached"}, "the cache mode"},
		{app, browser.Request{URL: api, Credentials: "yes"}, "the credentials mode"},
		{app, browser.Request{URL: api, Redirect: "no"}, "the redirect mode"},
	} {
		c := browser.Client{Origin: test.origin}
		v, err := c.Fetch(t.Context(), test.request)
		if err == nil || !strings.Contains(err.Error(), test.says) || v.Exchanges != nil {
			t.Errorf("%q, %+v: got %v, want an error about %s", test.origin, test.request, err, test.says)
		}
	}
}

func TestForbiddenHeadersAreDropped(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acah+"x-http-method-override")
	request := setting("", "Cookie", "Sec-Fetch-Site", "Origin", "Host")
	request.Header = append(request.Header, browser.Field{Name: "X-HTTP-Method-Override", Value: "TRACE"})
	v := r.fetch(t, request)
	expect(t, v, "allowed")
	want := "GET / HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nAccept: */*\r\nOrigin: http://app.example\r\n\r\n"
	if got := v.Exchanges[0].Request; len(v.Exchanges) != 1 || got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	request.Header = []browser.Field{{Name: "X-HTTP-Method-Override", Value: " \r\nPUT\t"}}
	v = r.fetch(t, request)
	if sent(v) != "o GET, GET" || value(v.Exchanges[1].Request, "X-HTTP-Method-Override") != "PUT" {
		t.Errorf("sent %s: %+v", sent(v), v.Exchanges)
	}
}

func TestNoCORS(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"* api.example/": raw("200 OK", "X-A: 1"), "* app.example/": raw("200 OK", "X-A: 1")})
	r.Cookie = "id=1"
	request := setting("", "X-A", "Range", "Accept-Language", "Authorization")
	request.Header = append(request.Header, browser.Field{Name: "accept-language", Value: strings.Repeat("a", 126)}, browser.Field{Name: "Content-Type", Value: "a/b"})
	request.Mode, request.Credentials = browser.ModeNoCORS, browser.Include
	v := r.fetch(t, request)
	expect(t, v, "allowed")
	if v.Type != browser.Opaque || v.Status != 0 || v.Header != nil || v.Body != "" || v.URL != "" {
		t.Errorf("the page reads %+v", v)
	}
	// 1 byte, ", " and 126 bytes are one byte too many.
	want := "GET / HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nAccept-Language: 1\r\nAccept: */*\r\nCookie: id=1\r\n\r\n"
	if got := v.Exchanges[0].Request; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	v = r.fetch(t, browser.Request{URL: api, Mode: browser.ModeNoCORS, Method: "POST"})
	if value(v.Exchanges[0].Request, "Origin") != app || value(v.Exchanges[0].Request, "Content-Length") != "0" {
		t.Errorf("sent %q", v.Exchanges[0].Request)
	}
	// A page can still read its own origin.
	v = r.fetch(t, browser.Request{URL: app, Mode: browser.ModeNoCORS})
	if v.Type != browser.Basic || v.Body != "ok" {
		t.Errorf("the page reads %+v", v)
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"* app.example/": raw("200 OK", "X-A: 1", "Set-Cookie: a=b", "x-a: 2")})
	r.Cookie = "id=1"
	for _, test := range []struct {
		request        browser.Request
		origin, cookie string
	}{
		{browser.Request{}, "", "id=1"},
		{browser.Request{Method: "HEAD"}, "", "id=1"},
		{browser.Request{Method: "POST"}, app, "id=1"},
		{browser.Request{Method: "OPTIONS"}, app, "id=1"},
		{browser.Request{Credentials: browser.Omit}, "", ""},
		{browser.Request{Credentials: browser.Include, Mode: browser.ModeSameOrigin}, "", "id=1"},
		{setting("DELETE", "x-a", "Authorization"), app, "id=1"},
	} {
		test.request.URL = app + "/"
		v := r.fetch(t, test.request)
		expect(t, v, "allowed")
		if len(v.Exchanges) != 1 || value(v.Exchanges[0].Request, "Origin") != test.origin || value(v.Exchanges[0].Request, "Cookie") != test.cookie {
			t.Errorf("%+v: sent %+v", test.request, v.Exchanges)
		}
		if got, ok := v.Get("X-A"); v.Type != browser.Basic || got != "1, 2" || !ok {
			t.Errorf("the page reads %+v", v)
		}
		if _, ok := v.Get("Set-Cookie"); ok {
			t.Error("the page reads Set-Cookie")
		}
	}
	v := r.fetch(t, browser.Request{URL: api, Mode: browser.ModeSameOrigin})
	expect(t, v, "Main fetch, step 12")
	if want := `Fetch API cannot load http://api.example/. Request mode is "same-origin" but the URL's origin is not same as the request origin http://app.example.`; v.Console != want {
		t.Errorf("got %s", v.Console)
	}
	// An opaque origin equals no other origin.
	r.Origin = "null"
	if v := r.fetch(t, browser.Request{URL: app + "/"}); v.Code != browser.MissingAllowOriginHeader {
		t.Errorf("got %+v", v)
	}
}

func TestVerdictsShowEveryLine(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"GET api.example/": raw("404 Not Found", acao+app, aceh+"x-a", "x-A:  1 ", "X-a: \xe9", "X-B: 2")})
	v := r.fetch(t, browser.Request{URL: api})
	expect(t, v, "allowed")
	if v.Status != 404 || len(v.Header) != 2 || v.Header[1] != (browser.Field{Name: "x-a", Value: "1, \xe9"}) {
		t.Errorf("the page reads %d %q", v.Status, v.Header)
	}
	e := v.Exchanges[0]
	if e.Status != 404 || e.URL != api+"/" || len(e.Header) != 6 || e.Header[3] != (browser.Field{Name: "x-A", Value: "1"}) {
		t.Errorf("got %+v", e)
	}
}

// A cookie and Authorization go only to the requested origin.
func TestRedirectsKeepCredentials(t *testing.T) {
	t.Parallel()
	allow := []string{acao + app, acac, acah + "authorization"}
	null := []string{acao + "null", acac, acah + "authorization"}
	r := newRig(t, map[string]string{
		"* api.example/":            raw("200", allow...),
		"GET api.example/":          raw("302", append(allow, "Location: /next")...),
		"* api.example/next":        raw("200", allow...),
		"GET api.example/next":      raw("302", append(allow, "Location: "+other+"/last")...),
		"* other.example:8080/last": raw("200", null...),
	})
	r.Cookie = "a=b"
	v := r.fetch(t, browser.Request{URL: api, Credentials: browser.Include, Header: []browser.Field{{Name: "Authorization", Value: "Bearer t"}}})
	expect(t, v, "allowed")
	for _, e := range v.Exchanges {
		want := !e.Preflight && strings.HasPrefix(e.URL, api)
		if value(e.Request, "Cookie") != map[bool]string{true: "a=b"}[want] || value(e.Request, "Authorization") != map[bool]string{true: "Bearer t"}[want] {
			t.Errorf("%s: %s", e.URL, e.Request)
		}
	}
}

// The client does not connect to an address that Permit refuses, and PreflightOnly sends
// only the preflight.
func TestPermitAndPreflightOnly(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"PUT")
	request := put
	request.PreflightOnly = true
	v := r.fetch(t, request)
	if sent(v) != "o PUT" || !v.Allowed || v.Type != "" {
		t.Errorf("sent %s: %+v", sent(v), v)
	}
	r.Permit = func(addr netip.Addr) error {
		if addr.IsLoopback() {
			return errors.New("not there")
		}
		return nil
	}
	if v := r.fetch(t, browser.Request{URL: api}); v.Allowed || !strings.Contains(v.Message, "not there") {
		t.Errorf("got %+v", v)
	}
}
