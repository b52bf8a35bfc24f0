package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

func to(status, location string, lines ...string) string {
	return raw(status, append(lines, "Location: "+location)...)
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{
		"GET api.example/local":         to("302", "/end", acao+app),
		"GET api.example/end":           raw("200 OK", acao+app, "X-A: 1"),
		"GET api.example/silent":        to("302", "/end"),
		"GET api.example/to-silent":     to("302", "/nothing", acao+app),
		"GET api.example/nothing":       raw("200 OK"),
		"GET api.example/away":          to("302", other+"/null", acao+app),
		"GET other.example:8080/null":   raw("200 OK", acao+"null"),
		"GET api.example/away-app":      to("302", other+"/app", acao+app),
		"GET other.example:8080/app":    raw("200 OK", acao+app),
		"GET api.example/home":          to("302", app+"/home", acao+app),
		"GET app.example/home":          raw("200 OK"),
		"GET api.example/home-null":     to("302", app+"/home-null", acao+app),
		"GET app.example/home-null":     raw("200 OK", acao+"null"),
		"GET app.example/out":           to("302", api+"/end"),
		"GET app.example/inside":        to("307", "home"),
		"GET app.example/out-and-away":  to("302", api+"/away"),
		"GET api.example/userinfo":      to("302", "http://u:p@other.example/", acao+app),
		"GET api.example/user":          to("302", "http://u@api.example/end", acao+app),
		"GET app.example/userinfo":      to("302", "http://u:p@api.example/end"),
		"GET app.example/own-userinfo":  to("302", "http://u:p@app.example/home"),
		"GET api.example/ftp":           to("302", "ftp://api.example/", acao+app),
		"GET api.example/data":          to("302", "data:,x", acao+app),
		"GET api.example/broken":        to("302", "http://[", acao+app),
		"GET api.example/b%C3%BCcher":   to("302", "http://b\u00fccher.example/", acao+app),
		"GET api.example/two":           to("302", "/end", acao+app, "Location: /end"),
		"GET api.example/none":          raw("302 Found", acao+app),
		"GET api.example/loop":          to("302", "/loop", acao+app),
		"GET api.example/not-modified":  raw("304 Not Modified", acao+app, "Location: /end"),
		"GET api.example/credentials":   to("302", "/end", acao+app),
		"GET api.example/credentials-2": to("302", "/end-2", acao+app, acac),
		"GET api.example/end-2":         raw("200 OK", acao+app, acac),
	})
	include := browser.Request{Credentials: browser.Include}
	for _, test := range []struct {
		url     string
		request browser.Request
		want    string
		origin  string // the origin that the last request sends
		end     string // the response's URL
	}{
		{api + "/local", browser.Request{}, "allowed", app, api + "/end"},
		{api + "/local#f", browser.Request{}, "allowed", app, api + "/end"},
		{api + "/silent", browser.Request{}, missing, app, ""},
		{api + "/to-silent", browser.Request{}, missing, app, ""},
		{api + "/away", browser.Request{}, "allowed", "null", other + "/null"},
		{api + "/away-app", browser.Request{}, mismatch, "null", ""},
		{api + "/home", browser.Request{}, missing, "null", ""},
		{api + "/home-null", browser.Request{}, "allowed", "null", app + "/home-null"},
		{app + "/out", browser.Request{}, "allowed", app, api + "/end"},
		{app + "/inside", browser.Request{}, "allowed", "", app + "/home"},
		{app + "/out-and-away", browser.Request{}, "allowed", "null", other + "/null"},
		{api + "/userinfo", browser.Request{}, "RedirectContainsCredentials", app, ""},
		{api + "/user", browser.Request{}, "RedirectContainsCredentials", app, ""},
		{app + "/userinfo", browser.Request{}, "RedirectContainsCredentials", "", ""},
		{app + "/own-userinfo", browser.Request{}, "allowed", "", "http://u:p@app.example/home"},
		{api + "/ftp", browser.Request{}, "CorsDisabledScheme", app, ""},
		{api + "/ftp", browser.Request{Mode: browser.ModeNoCORS}, "HTTP-redirect fetch, step 6", "", ""},
		{api + "/data", browser.Request{}, "HTTP-redirect fetch, step 6", app, ""},
		{api + "/broken", browser.Request{}, "HTTP-redirect fetch, step 5", app, ""},
		{api + "/b%C3%BCcher", browser.Request{}, "HTTP-redirect fetch, step 5", app, ""},
		{api + "/two", browser.Request{}, "HTTP-redirect fetch, step 5", app, ""},
		{api + "/none", browser.Request{}, "allowed", app, api + "/none"},
		{api + "/not-modified", browser.Request{}, "allowed", app, api + "/not-modified"},
		{api + "/loop", browser.Request{}, "HTTP-redirect fetch, step 7", app, ""},
		{api + "/credentials", include, "InvalidAllowCredentials", app, ""},
		{api + "/credentials-2", include, "allowed", app, api + "/end-2"},
		{api + "/local", browser.Request{Redirect: browser.RedirectError}, "HTTP fetch, step 6", app, ""},
		{api + "/local", browser.Request{Redirect: browser.RedirectManual}, "allowed", app, api + "/local"},
		{api + "/silent", browser.Request{Redirect: browser.RedirectManual}, missing, app, ""},
		{app + "/out", browser.Request{Mode: browser.ModeSameOrigin}, "Main fetch, step 12", "", ""},
		{app + "/inside", browser.Request{Mode: browser.ModeSameOrigin}, "allowed", "", app + "/home"},
		{api + "/away", browser.Request{Mode: browser.ModeNoCORS}, "allowed", "", ""},
		{api + "/local", browser.Request{Mode: browser.ModeNoCORS, Redirect: browser.RedirectManual}, "Main fetch, step 12", "", ""},
	} {
		test.request.URL = test.url
		t.Run(fmt.Sprint(test.url[7:], test.request.Mode, test.request.Redirect), func(t *testing.T) {
			v := r.fetch(t, test.request)
			expect(t, v, test.want)
			if v.URL != test.end {
				t.Errorf("the response's URL is %q, want %q", v.URL, test.end)
			}
			if n := len(v.Exchanges); n > 0 && value(v.Exchanges[n-1].Request, "Origin") != test.origin {
				t.Errorf("sent %q, want Origin %q", v.Exchanges[n-1].Request, test.origin)
			}
			if v.Redirected != (v.Allowed && len(v.Exchanges) > 1 && test.request.Mode != browser.ModeNoCORS) {
				t.Errorf("redirected: %t after %d exchanges", v.Redirected, len(v.Exchanges))
			}
		})
	}

	t.Run("a redirect without Location is an ordinary response", func(t *testing.T) {
		body := strings.Repeat("long", 100_000)
		r.route("GET api.example/long", "HTTP/1.1 302 Found\r\n"+acao+app+"\r\n\r\n"+body)
		if v := r.fetch(t, browser.Request{URL: api + "/long"}); v.Status != 302 || v.Body != body {
			t.Errorf("the page reads %d and %d bytes", v.Status, len(v.Body))
		}
	})
	t.Run("twenty are followed", func(t *testing.T) {
		if v := r.fetch(t, browser.Request{URL: api + "/loop"}); len(v.Exchanges) != 21 {
			t.Errorf("%d exchanges", len(v.Exchanges))
		}
	})
	t.Run("a manual redirect hides everything but its type", func(t *testing.T) {
		v := r.fetch(t, browser.Request{URL: api + "/local", Redirect: browser.RedirectManual})
		if v.Type != browser.OpaqueRedirect || v.Status != 0 || v.Header != nil || v.Body != "" {
			t.Errorf("the page reads %+v", v)
		}
	})
	t.Run("sentences", func(t *testing.T) {
		const from = " from origin 'http://app.example' has been blocked by CORS policy: "
		for url, want := range map[string]string{
			api + "/user":      "Access to fetch at 'http://api.example/user'" + from + "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.",
			api + "/to-silent": "Access to fetch at 'http://api.example/nothing' (redirected from 'http://api.example/to-silent')" + from + "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			api + "/ftp": "Access to fetch at 'ftp://api.example/' (redirected from 'http://api.example/ftp')" + from +
				"Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app.",
		} {
			if v := r.fetch(t, browser.Request{URL: url}); v.Console != want {
				t.Errorf("got  %s\nwant %s", v.Console, want)
			}
		}
	})
}

func TestRedirectsChangeMethods(t *testing.T) {
	t.Parallel()
	const free = acam + "*\r\n" + acah + "*\r\n" + acma + "0"
	for _, test := range []struct{ status, method, standard, sticky string }{
		{"301", "POST", "POST, GET", "POST, GET"},
		{"302", "POST", "POST, GET", "POST, GET"},
		{"303", "POST", "POST, GET", "POST, GET"},
		{"307", "POST", "POST, POST", "POST, POST"},
		{"308", "POST", "POST, POST", "POST, POST"},
		{"303", "HEAD", "HEAD, HEAD", "HEAD, HEAD"},
		{"301", "PUT", "o PUT, PUT, o PUT, PUT", "o PUT, PUT, o PUT, PUT"},
		{"302", "DELETE", "o DELETE, DELETE, o DELETE, DELETE", "o DELETE, DELETE, o DELETE, DELETE"},
		{"303", "PUT", "o PUT, PUT, GET", "o PUT, PUT, o GET, GET"},
		{"307", "PUT", "o PUT, PUT, o PUT, PUT", "o PUT, PUT, o PUT, PUT"},
	} {
		for i, engine := range []browser.Engine{{}, browser.WebKit()} {
			r := newRig(t, map[string]string{
				"OPTIONS api.example/": raw("200 OK", acao+"*", free), "OPTIONS api.example/end": raw("200 OK", acao+"*", free),
				"* api.example/": to(test.status, "/end", acao+"*"), "* api.example/end": raw("200 OK", acao+"*"),
			})
			if test.method == "HEAD" {
				r.routes["* api.example/"] = "HTTP/1.1 303 x\r\nLocation: /end\r\n" + acao + "*\r\n\r\n"
				r.routes["* api.example/end"] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + acao + "*\r\n\r\n"
			}
			r.Engine = engine
			request := browser.Request{URL: api, Method: test.method, Header: []browser.Field{{Name: "Content-Language", Value: "en"}}}
			if test.method != "HEAD" {
				request.Body = "body"
			}
			v := r.fetch(t, request)
			expect(t, v, "allowed")
			want := []string{test.standard, test.sticky}[i]
			if got := sent(v); got != want {
				t.Errorf("%s of %s: sent %s, want %s", test.status, test.method, got, want)
			}
			last := v.Exchanges[len(v.Exchanges)-1].Request
			keeps := last[:3] != "GET"
			if (value(last, "Content-Language") != "") != keeps || keeps && test.method != "HEAD" && value(last, "Content-Length") != "4" {
				t.Errorf("%s of %s: sent %q", test.status, test.method, last)
			}
		}
	}
}

func TestRedirectsTakeAuthorizationAway(t *testing.T) {
	t.Parallel()
	free := raw("200 OK", acao+"null", acah+"authorization")
	r := newRig(t, map[string]string{
		"OPTIONS api.example/here": raw("200 OK", acao+app, acah+"authorization"), "GET api.example/here": to("302", "/end", acao+app),
		"OPTIONS api.example/end": raw("200 OK", acao+app, acah+"authorization"), "GET api.example/end": raw("200 OK", acao+app),
		"OPTIONS api.example/away": raw("200 OK", acao+app, acah+"authorization"), "GET api.example/away": to("302", other, acao+app),
		"* other.example:8080/": free,
	})
	request := setting("", "Authorization")
	request.URL = api + "/here"
	v := r.fetch(t, request)
	expect(t, v, "allowed")
	if sent(v) != "o GET, GET, o GET, GET" || value(v.Exchanges[3].Request, "Authorization") != "1" {
		t.Errorf("within an origin: %s, %q", sent(v), v.Exchanges[len(v.Exchanges)-1].Request)
	}
	request.URL = api + "/away"
	v = r.fetch(t, request)
	expect(t, v, "allowed")
	if sent(v) != "o GET, GET, GET" || value(v.Exchanges[2].Request, "Authorization") != "" {
		t.Errorf("to another origin: %s, %q", sent(v), v.Exchanges[len(v.Exchanges)-1].Request)
	}
}

// After a redirect that makes the origin null, Firefox's preflight sends the page's
// origin.
func TestPreflightsAfterTaintingRedirects(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		engine    browser.Engine
		allowed   string // the origin in the second preflight's answer
		preflight string // the Origin that the second preflight sends
		want      string
	}{
		{browser.Engine{}, "null", "null", "allowed"},
		{browser.Engine{}, app, "null", "PreflightAllowOriginMismatch"},
		{browser.Chromium(), "null", "null", "allowed"},
		{browser.WebKit(), "null", "null", "allowed"},
		{browser.Firefox(), app, app, "allowed"},
		{browser.Firefox(), "null", app, "PreflightAllowOriginMismatch"},
		{browser.Firefox(), "*", app, "allowed"},
	} {
		r := newRig(t, map[string]string{
			"OPTIONS api.example/": raw("200 OK", acao+app, acam+"PUT"), "PUT api.example/": to("307", other, acao+app),
			"OPTIONS other.example:8080/": raw("200 OK", acao+test.allowed, acam+"PUT"), "PUT other.example:8080/": raw("200 OK", acao+"null"),
		})
		r.Engine = test.engine
		v := r.fetch(t, put)
		expect(t, v, test.want)
		if got := value(v.Exchanges[2].Request, "Origin"); got != test.preflight {
			t.Errorf("the second preflight sends %q, want %q", got, test.preflight)
		}
	}
}
