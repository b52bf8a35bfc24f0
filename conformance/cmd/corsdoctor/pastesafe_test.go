package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// shown collects what a user has seen so far.
type shown struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shown) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// The URL is shown before anything is sent to it, as text and as JSON.
func TestPastedURLIsShownFirst(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"fetch", "--paste", "--send"}, {"-paste", "-send", "-json"}} {
		var told shown
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			requests++
			if !strings.Contains(told.String(), "http://"+r.Host+"/items") {
				t.Errorf("%v: a request before the URL is shown: %q", args, told.String())
			}
		}))
		text := "curl '" + server.URL + "/items' -X 'PUT' -H 'origin: https://app.example.com'"
		run(t.Context(), args, strings.NewReader(text), &told, &told)
		server.Close()
		if requests == 0 {
			t.Errorf("%v: no request: %s", args, told.String())
		}
	}
}

// Without --send, each of these parts of a pasted text is held back.
func TestPastedRisksAreKeptBack(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"a cookie":                    "-b 'sid=sesame'",
		"a Cookie header":             "-H 'cookie: sid=sesame'",
		"authorization":               "-H 'authorization: Bearer sesame'",
		"a header of the application": "-H 'x-api-key: sesame'",
		"PUT":                         "-X 'PUT'",
		"DELETE":                      "-X 'DELETE'",
		"PATCH":                       "-X 'PATCH'",
		"a POST":                      "-X 'POST'",
		"a body":                      "--data-raw 'a=sesame'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet && r.Method != http.MethodOptions || strings.Contains(fmt.Sprint(r.Header, r.URL), "sesame") || r.ContentLength > 0 {
					t.Errorf("sent %s %s %v", r.Method, r.URL, r.Header)
				}
				w.Header().Set("Access-Control-Allow-Origin", "*")
			}))
			defer server.Close()
			c := fetchCommand{Method: "GET", Credentials: "same-origin", Timeout: time.Minute, Probe: true, Paste: true}
			s, told, err := c.settings(strings.NewReader("curl '" + server.URL + "/items' " + part + " -H 'origin: https://app.example.com'"))
			if err != nil || !strings.Contains(told, "not sent: ") || !strings.Contains(told, "--send sends all of it") || strings.Contains(told, "sesame") {
				t.Fatalf("%v: %s", err, told)
			}
			s.client.Permit = nil // as if the server had a public address
			r, err := s.ask(t.Context())
			if err != nil || strings.Contains(report(r), "sesame") {
				t.Errorf("%v: %s", err, report(r))
			}
		})
	}
}

// Without --send the program does not connect to this machine or network, by any name, for
// a pasted URL or a redirect.
func TestPastedPrivateAddresses(t *testing.T) {
	t.Parallel()
	c := fetchCommand{Method: "GET", Credentials: "same-origin", Timeout: time.Minute, Paste: true}
	s, _, err := c.settings(strings.NewReader("curl 'https://api.example/' -H 'origin: https://app.example.com'"))
	if err != nil {
		t.Fatal(err)
	}
	for addr, allowed := range map[string]bool{
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "0.0.0.0": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"fd00::1": false, "fe80::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "100.64.0.1": false,
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true,
	} {
		if err := s.client.Permit(netip.MustParseAddr(addr)); (err == nil) != allowed {
			t.Errorf("%s: %v", addr, err)
		}
	}
	touched := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) }))
	defer touched.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(touched.URL, "http://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"} {
		var out, problems strings.Builder
		text := "curl 'http://" + host + ":" + port + "/' -H 'origin: https://app.example.com'"
		if exit := run(t.Context(), []string{"--paste"}, strings.NewReader(text), &out, &problems); exit != exitUsage {
			t.Errorf("%s: exit status %d: %s%s", host, exit, out.String(), problems.String())
		}
	}
	// A permitted server redirects to one that is not permitted.
	redirects := httptest.NewServer(http.RedirectHandler(touched.URL, http.StatusFound))
	defer redirects.Close()
	first := netip.MustParseAddrPort(strings.TrimPrefix(redirects.URL, "http://"))
	s, _, err = c.settings(strings.NewReader("curl '" + redirects.URL + "' -H 'origin: https://app.example.com'"))
	if err != nil {
		t.Fatal(err)
	}
	permit, asked := s.client.Permit, 0
	s.client.Permit = func(addr netip.Addr) error {
		if asked++; asked == 1 && addr == first.Addr() {
			return nil
		}
		return permit(addr)
	}
	if r, err := s.ask(t.Context()); err == nil && r.verdict.Allowed {
		t.Errorf("allowed: %s", report(r))
	}
}

// A redirect to another origin carries no credentials, and none are printed.
func TestCredentialsEndAtTheOrigin(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := make(map[string]int)
	note := func(name string, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(fmt.Sprint(r.Header), "sesame") {
			got[name+" "+r.Method]++
		}
	}
	allow := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Headers", "authorization")
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note("other", r)
		allow(w, r)
	}))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note("own", r)
		allow(w, r)
		if r.Method == http.MethodGet {
			http.Redirect(w, r, other.URL+"/login", http.StatusFound)
		}
	}))
	defer server.Close()
	text := "curl '" + server.URL + "/items' -H 'authorization: Bearer sesame' -b 'sid=sesame' -H 'origin: https://app.example.com'"
	for _, args := range [][]string{{"--paste", "--send"}, {"--paste", "--send", "--json"}} {
		var out, problems strings.Builder
		run(t.Context(), args, strings.NewReader(text), &out, &problems)
		if all := out.String() + problems.String(); strings.Contains(all, "sesame") || !strings.Contains(all, other.URL) && !strings.Contains(all, "/login") {
			t.Errorf("%v: a secret is printed, or the redirect is not: %s", args, all)
		}
	}
	if got["own GET"] != 2 || len(got) != 1 {
		t.Errorf("credentials went out with %v", got)
	}
}
