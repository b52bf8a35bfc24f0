package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/internal/rawserver"
)

// User names and passwords in URLs are not printed, neither the user's own nor those in a
// pasted text or a server's Location.
func TestNoUserinfoIsPrinted(t *testing.T) {
	t.Parallel()
	redirect := func(location string) string {
		return rawserver.Start(t, "HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nLocation: "+location+"\r\nConnection: close\r\n\r\n", "")
	}
	for _, at := range []string{"sesame@", "u:sesame@", "u:sesame@a@", "sesame:x@", "u:a,sesame@", "u:" + strings.Repeat("a,", 50) + "sesame@"} {
		for name, c := range map[string]struct {
			args []string
			in   string
		}{
			"an argument":              {[]string{"http://" + at + "127.0.0.1:1/"}, ""},
			"of another scheme":        {[]string{"ftp://" + at + "127.0.0.1:1/"}, ""},
			"an origin":                {[]string{"--origin", "https://" + at + "a.example", "http://127.0.0.1:1/"}, ""},
			"pasted":                   {[]string{"--paste"}, "curl 'http://" + at + "127.0.0.1:1/'"},
			"pasted, to send":          {[]string{"--paste", "--send"}, "curl 'http://" + at + "127.0.0.1:1/'"},
			"a console's message":      {[]string{"--paste"}, "Access to fetch at 'http://" + at + "127.0.0.1:1/' from origin 'https://a.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."},
			"a redirect":               {[]string{redirect("http://" + at + "127.0.0.1:1/")}, ""},
			"a redirect without probe": {[]string{"--probe=false", redirect("//" + at + "127.0.0.1:1/")}, ""},
		} {
			for _, form := range [][]string{nil, {"--json"}} {
				var out, problems strings.Builder
				run(t.Context(), append(form, c.args...), strings.NewReader(c.in), &out, &problems)
				if said := out.String() + problems.String(); strings.Contains(said, "sesame") || said == "" {
					t.Errorf("%s, %s, %v: %s", name, at, form, said)
				}
			}
		}
	}
}

// A flag without effect, or an argument that is not a URL, is an error that says what to
// write.
func TestFetchRefusesWhatHasNoEffect(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	policy := write(t, folder, "cors.json", `{"allowOrigins": ["https://a.example"]}`)
	other := write(t, folder, "policy", `allowOrigins: ["https://a.example"]`)
	const target, curl = "http://127.0.0.1:1/", "curl 'http://127.0.0.1:1/' -H 'origin: https://a.example'"
	for says, c := range map[string]struct {
		args []string
		in   string
	}{
		"--send is for --paste":                                   {[]string{"--send", target}, ""},
		"--name chooses a policy":                                 {[]string{"--name", "shop", target}, ""},
		"standard input is the pasted text":                       {[]string{"--paste", "--policy", "-"}, curl},
		"CORS does not apply to WebSockets":                       {[]string{"wss://api.example.com/feed"}, ""},
		"write its beginning too, http:// or https://":            {[]string{"127.0.0.1:8080/items"}, ""},
		"write https://app.example.com, without a path":           {[]string{"--origin", "https://App.example.com:443/", target}, ""},
		"--timeout is 0s":                                         {[]string{"--timeout", "0s", target}, ""},
		"--timeout is -1s":                                        {[]string{"--timeout=-1s", target}, ""},
		"leave out the URL":                                       {[]string{"--paste", target}, curl},
		"leave out the URL, --method":                             {[]string{"--paste", "--method", "PUT"}, curl},
		"leave out the URL, --method and --header":                {[]string{"--paste", "--header", "a: b"}, curl},
		"write: corsdoctor check " + policy:                       {[]string{policy}, ""},
		"for a policy write: corsdoctor check " + other:           {[]string{other}, ""},
		`"missing.yml" is a file`:                                 {[]string{"missing.yml"}, ""},
		"the header Cookie, which browsers let no script set":     {[]string{"--header", "Cookie: a=b", target}, ""},
		"the header Sec-Fetch-Site, which browsers let no script": {[]string{"--header", "Sec-Fetch-Site: none", "--json", target}, ""},
	} {
		var out, problems strings.Builder
		exit := run(t.Context(), c.args, strings.NewReader(c.in), &out, &problems)
		if said := strings.Join(strings.Fields(out.String()+problems.String()), " "); exit != exitUsage || !strings.Contains(said, says) {
			t.Errorf("%q: exit status %d: %s; want %q", c.args, exit, said, says)
		}
		fits(t, out.String())
	}
}

// If no response comes, the error says which request got none, and what to check.
func TestSilence(t *testing.T) {
	t.Parallel()
	hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hang.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{hang.URL}, "no response within 300ms"},
		{[]string{"--method", "PUT", hang.URL}, "no response to the preflight (OPTIONS) within 150ms"},
		{[]string{"http://127.0.0.1:1/"}, "is the server running"},
		{[]string{strings.Replace(plain.URL, "http:", "https:", 1)}, "does this port expect http and not https?"},
		{[]string{secure.URL}, "a browser refuses this certificate too"},
		{[]string{rawserver.Start(t, "SSH-2.0-x\r\n", "")}, "is it no web server?"},
		{[]string{rawserver.Start(t, "\x00\x00\x12\x04\x00\x00\x00\x00\x00", "")}, "HTTP/2 without TLS"},
	} {
		timeout := 20 * time.Second
		if strings.Contains(c.says, "within") {
			timeout = 300 * time.Millisecond
		}
		exit, out, problems := doctor(t, append(c.args, "--timeout", timeout.String())...)
		if exit != exitUsage || out != "" || !strings.Contains(strings.Join(strings.Fields(problems), " "), c.says) {
			t.Errorf("%v: exit status %d: %s%s", c.args, exit, out, problems)
		}
	}
}

// If a server drops preflights but answers other requests, there is a cause, and not an
// error of the network.
func TestDroppedPreflightsHaveACause(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			panic(http.ErrAbortHandler)
		}
		right(w, r)
	}))
	defer server.Close()
	exit, out, problems := doctor(t, "--method", "PUT", server.URL)
	if exit != exitIll || problems != "" || !strings.Contains(out, "cause: preflight-unanswered") || !strings.Contains(out, "< (no response)") {
		t.Errorf("exit status %d: %s%s", exit, out, problems)
	}
}

// Names of this machine are not looked up, as in browsers. Pasted requests do not go there.
func TestLocalhostNames(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(right))
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	for _, host := range []string{"localhost", "localhost.", "LOCALHOST", "app.localhost", "a.b.localhost."} {
		target := "http://" + host + ":" + port + "/"
		if exit, out, problems := doctor(t, target); exit != exitHealthy {
			t.Errorf("%s: exit status %d: %s%s", target, exit, out, problems)
		}
		var out, problems strings.Builder
		if exit := run(t.Context(), []string{"--paste"}, strings.NewReader("curl '"+target+"'"), &out, &problems); exit != exitUsage || !strings.Contains(problems.String(), "--send") {
			t.Errorf("pasted %s: exit status %d: %s%s", target, exit, out.String(), problems.String())
		}
	}
}

func TestPrivate(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"127.0.0.1": true, "127.8.9.1": true, "::1": true, "::": true, "0.0.0.0": true, "0.1.2.3": true, "10.0.0.1": true, "172.31.0.1": true, "192.168.1.1": true,
		"169.254.169.254": true, "100.64.0.1": true, "100.127.255.255": true, "198.18.0.1": true, "192.0.0.8": true, "255.255.255.255": true, "240.0.0.1": true,
		"224.0.0.1": true, "ff02::1": true, "fe80::1": true, "fe80::1%eth0": true, "fd00::1": true, "fc00::1": true, "fec0::1": true,
		"::ffff:127.0.0.1": true, "::ffff:10.0.0.1": true, "::127.0.0.1": true, "64:ff9b::7f00:1": true, "64:ff9b::a00:1": true, "64:ff9b:1::a00:1": true, "2002:7f00:1::": true, "2002:a00:1::1": true,
		"1.1.1.1": false, "100.128.0.1": false, "172.32.0.1": false, "198.20.0.1": false, "2606:4700::1": false, "::ffff:1.1.1.1": false, "64:ff9b::101:101": false, "2002:101:101::1": false,
	} {
		if got := private(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

// If a server sends back what it gets, the report contains no secret, and no part of one:
// not in a header, a redirect, a console's message or an error.
func TestNoEchoIsPrinted(t *testing.T) {
	t.Parallel()
	const secret = "sesame-open"
	echoes := map[string]func(w http.ResponseWriter, said string){
		"as the origin":      func(w http.ResponseWriter, said string) { w.Header().Set("Access-Control-Allow-Origin", said) },
		"as Vary":            func(w http.ResponseWriter, said string) { w.Header().Set("Vary", said) },
		"as credentials":     func(w http.ResponseWriter, said string) { w.Header().Set("Access-Control-Allow-Credentials", said) },
		"as exposed headers": func(w http.ResponseWriter, said string) { w.Header().Set("Access-Control-Expose-Headers", said) },
		"as another name": func(w http.ResponseWriter, said string) {
			w.Header().Del("Access-Control-Allow-Origin")
			w.Header().Set("Allow-Origin", said)
		},
		"as a challenge": func(w http.ResponseWriter, said string) {
			w.Header().Set("WWW-Authenticate", said)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"as a redirect": func(w http.ResponseWriter, said string) {
			w.Header().Set("Location", "/next?"+said)
			w.WriteHeader(http.StatusFound)
		},
		"as a login": func(w http.ResponseWriter, said string) {
			w.Header().Set("Location", "https://login.invalid/"+said)
			w.WriteHeader(http.StatusFound)
		},
		"as a proxy": func(w http.ResponseWriter, said string) {
			w.Header().Set("Via", said)
			w.WriteHeader(http.StatusBadGateway)
		},
		"as a cookie's name": func(w http.ResponseWriter, said string) { w.Header().Set("Set-Cookie", said+"=1") },
		"as the status line": func(w http.ResponseWriter, said string) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte(said + "\r\n\r\n"))
				_ = conn.Close()
			}
		},
	}
	for name, echo := range echoes {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			healthy(w, r)
			if r.Method == http.MethodOptions || r.URL.Path == "/next" {
				return
			}
			for _, field := range []string{"Cookie", "Authorization", "X-Api-Key"} {
				if said := r.Header.Get(field); said != "" {
					echo(w, said)
					return
				}
			}
		}))
		// The preflight allows everything, so that the request is sent.
		allowing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				sends(http.StatusNoContent, "Access-Control-Allow-Origin: "+origin, "Access-Control-Allow-Headers: authorization, x-api-key", "Access-Control-Allow-Credentials: true")(w, r)
				return
			}
			server.Config.Handler.ServeHTTP(w, r)
		}))
		for what, c := range map[string]struct {
			args []string
			in   string
		}{
			"a cookie":      {[]string{"--paste", "--send"}, "curl '" + allowing.URL + "/' -H 'origin: " + origin + "' -b 'sid=" + secret + "; a=1'"},
			"authorization": {[]string{"--paste", "--send"}, "curl '" + allowing.URL + "/' -H 'origin: " + origin + "' -H 'AUTHORIZATION: Bearer " + secret + "'"},
			"a key":         {[]string{"--header", "X-Api-Key: " + secret, allowing.URL}, ""},
			"a token":       {[]string{"--probe=false", "--header", "Authorization: Basic " + secret, allowing.URL}, ""},
		} {
			for _, form := range [][]string{nil, {"--json"}} {
				var out, problems strings.Builder
				run(t.Context(), append(form, c.args...), strings.NewReader(c.in), &out, &problems)
				if said := out.String() + problems.String(); strings.Contains(said, secret) || said == "" {
					t.Errorf("%s, %s, %v: %s", what, name, form, said)
				}
			}
		}
		allowing.Close()
		server.Close()
	}
}

// A short value hides nothing of the report but itself.
func TestShortValues(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://"+r.Header.Get("X-Pin")+".example.com")
		w.Header().Set("Access-Control-Allow-Headers", "x-pin, x-page")
	}))
	defer server.Close()
	_, plain, _ := doctor(t, "--header", "X-Page: unusual value", server.URL)
	for _, value := range []string{"a", "b", "1", "app", "true", "https", "*", "page"} {
		if _, out, _ := doctor(t, "--header", "X-Page: "+value, server.URL); out != plain {
			t.Errorf("%s: %s\nwant %s", value, out, plain)
		}
	}
	allowing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Headers", "x-pin")
		w.Header().Set("Access-Control-Allow-Credentials", "of "+r.Header.Get("X-Pin")+"!")
	}))
	defer allowing.Close()
	if _, out, _ := doctor(t, "--header", "X-Pin: 4711", allowing.URL); strings.Contains(out, "4711") || !strings.Contains(out, "of …!") {
		t.Error(out)
	}
}

// Probes without a response do not change the verdict. They show no mistake, and do not
// show that there is none: a server may be slow or limit the number of requests.
func TestUnansweredProbes(t *testing.T) {
	t.Parallel()
	for how, answer := range map[string]http.HandlerFunc{
		"hangs":   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"closes":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"refuses": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
	} {
		for _, first := range []int{1, 2, 4, 7, 9} {
			for _, allowed := range []bool{true, false} {
				var n atomic.Int64
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case n.Add(1) > int64(first):
						answer(w, r)
					case allowed:
						right(w, r)
					}
				}))
				_, out, problems := doctor(t, "--timeout", "400ms", server.URL)
				out = strings.Join(strings.Fields(out), " ")
				verdict := map[bool]string{true: "ALLOWED", false: "BLOCKED"}[allowed]
				if !strings.HasPrefix(out, verdict) || problems != "" {
					t.Errorf("%s after %d: no verdict: %s%s", how, first, out, problems)
				}
				if int64(first) < n.Load() && (strings.Contains(out, "Nothing else is wrong") || allowed && !strings.Contains(out, "so did not show mistakes")) {
					t.Errorf("%s after %d of %d: it says that nothing is wrong: %s", how, first, n.Load(), out)
				}
				if strings.Contains(out, "does not exist answers without") || first < 4 && strings.Contains(out, "No answer has a CORS header") {
					t.Errorf("%s after %d: shows what it has not seen: %s", how, first, out)
				}
				server.Close()
			}
		}
	}
}

// The page's origin is a guess where nobody names it, and a report that is about it says so.
func TestAssumedOrigin(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	const note = "the page is assumed to be of https://app.example.com; --origin names yours"
	for _, c := range []struct {
		args []string
		in   string
		want bool
	}{
		{[]string{server.URL}, "", true},
		{[]string{"--origin", "https://app.example.com", server.URL}, "", false},
		{[]string{"--paste", "--send"}, "curl '" + server.URL + "/'", true},
		{[]string{"--paste", "--send"}, "curl '" + server.URL + "/' -H 'Origin: https://app.example.com'", false},
		{[]string{"--paste"}, "[Error] Preflight response is not successful. Status code: 403", true},
	} {
		var out, problems strings.Builder
		run(t.Context(), c.args, strings.NewReader(c.in), &out, &problems)
		if got := strings.Contains(strings.Join(strings.Fields(out.String()), " "), note); got != c.want {
			t.Errorf("%q: %s%s", c.args, out.String(), problems.String())
		}
		fits(t, out.String())
	}
}

// A response in mode no-cors arrives, and the page reads nothing of it.
func TestOpaqueResponse(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(right))
	defer server.Close()
	var out, problems strings.Builder
	run(t.Context(), []string{"--paste", "--send"}, strings.NewReader(`fetch("`+server.URL+`/", {"mode": "no-cors", "credentials": "omit"})`), &out, &problems)
	if said := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(said, "the page can read nothing of the response") || !strings.Contains(said, "remove mode: 'no-cors'") {
		t.Error(said, problems.String())
	}
}
