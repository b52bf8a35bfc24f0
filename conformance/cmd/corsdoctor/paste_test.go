package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder is a server that allows its page everything, and records what it gets.
type recorder struct {
	mu       sync.Mutex
	requests []string
}

func (s *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, strings.TrimSpace(r.Method+" "+r.Header.Get("Cookie")+" "+r.Header.Get("Authorization")))
	s.mu.Unlock()
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Allow-Methods", "PUT")
	h.Set("Access-Control-Allow-Headers", "authorization, content-type")
	h.Set("Vary", "Origin")
}

func (s *recorder) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// A pasted request is shown first, and nothing goes to a private address. With --send
// everything is sent, and no secret is printed.
func TestPastedRequests(t *testing.T) {
	t.Parallel()
	const secrets = "sesame"
	for name, text := range map[string]string{
		"bash": "curl --url '%s/items' \\\n  -X 'PUT' \\\n  -H 'authorization: Bearer sesame' \\\n  -H 'content-type: application/json' \\\n  -b 'sid=sesame' \\\n" +
			"  -H 'origin: https://app.example.com' \\\n  --data-raw '{\"a\":\"sesame\"}'",
		"cmd": "curl --url ^\"%s/items^\" ^\n  -X ^\"PUT^\" ^\n  -H ^\"authorization: Bearer sesame^\" ^\n  -b ^\"sid=sesame^\" ^\n  -H ^\"origin: https://app.example.com^\"",
		"node": "fetch(\"%s/items\", {\n  \"headers\": {\n    \"authorization\": \"Bearer sesame\",\n    \"cookie\": \"sid=sesame\",\n" +
			"    \"Referer\": \"https://app.example.com/\"\n  },\n  \"method\": \"PUT\"\n});",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := new(recorder)
			server := httptest.NewServer(records)
			defer server.Close()
			text = fmt.Sprintf(text, server.URL)
			var out, problems strings.Builder
			if exit := run(t.Context(), []string{"-paste"}, strings.NewReader(text), &out, &problems); exit != exitUsage {
				t.Errorf("exit status %d", exit)
			}
			if got := records.got(); len(got) > 0 || !strings.Contains(problems.String(), "with --send only") {
				t.Errorf("sent %q; it says %s", got, problems.String())
			}
			for _, shown := range []string{"PUT " + server.URL + "/items", "not sent: the header Cookie", "authorization: …", "Cookie: …"} {
				if !strings.Contains(out.String(), shown) {
					t.Errorf("%q is not shown: %s", shown, out.String())
				}
			}
			for _, format := range [][]string{{"-paste", "-send"}, {"-paste", "-send", "-json"}} {
				out.Reset()
				problems.Reset()
				if exit := run(t.Context(), format, strings.NewReader(text), &out, &problems); exit != exitHealthy {
					t.Errorf("%v: exit status %d\n%s%s", format, exit, out.String(), problems.String())
				}
				if all := out.String() + problems.String(); strings.Contains(all, secrets) || !strings.Contains(all, "…") && !strings.Contains(all, `\u2026`) {
					t.Errorf("%v: a secret is printed, or nothing is left out: %s", format, all)
				}
			}
			sent := 0
			for _, request := range records.got() {
				if request == "PUT sid=sesame Bearer sesame" {
					sent++
				} else if strings.Contains(request, "sesame") || !strings.HasPrefix(request, "OPTIONS") && !strings.HasPrefix(request, "GET") {
					t.Errorf("sent %q", request)
				}
			}
			if sent != 2 {
				t.Errorf("sent %d times: %q", sent, records.got())
			}
		})
	}
}

// Without --send, only the preflight of a request that needs one is sent.
func TestPastedPreflightAlone(t *testing.T) {
	t.Parallel()
	records := new(recorder)
	server := httptest.NewServer(records)
	defer server.Close()
	text := "curl '" + server.URL + "/items' -X 'PUT' -H 'authorization: Bearer sesame' -b 'sid=1' -H 'origin: https://app.example.com'"
	c := fetchCommand{Method: "GET", Credentials: "same-origin", Timeout: time.Minute, Probe: true, Paste: true}
	s, _, err := c.settings(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	s.client.Permit = nil // as if the server had a public address
	r, err := s.ask(t.Context())
	if err != nil || !r.verdict.Allowed || !strings.Contains(report(r), "which was not sent") {
		t.Errorf("%v: %s", err, report(r))
	}
	for _, request := range records.got() {
		if request != "OPTIONS" && request != "GET" {
			t.Errorf("sent %q", request)
		}
	}
}

// A console's message is tested if it names the URL. Otherwise the report says what it may
// mean.
func TestPastedMessages(t *testing.T) {
	t.Parallel()
	var out, problems strings.Builder
	const webkit = "Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200"
	if exit := run(t.Context(), []string{"-paste", "-for", "nginx"}, strings.NewReader(webkit), &out, &problems); exit != exitIll {
		t.Errorf("exit status %d", exit)
	}
	for _, want := range []string{"likely cause: origin-not-listed", `if ($http_origin = "https://app.example.com")`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s%s", want, out.String(), problems.String())
		}
	}
	server := httptest.NewServer(http.HandlerFunc(healthy))
	defer server.Close()
	out.Reset()
	chromium := "Access to fetch at '" + server.URL + "/a' from origin 'https://app.example.com' has been blocked by CORS policy: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response."
	if exit := run(t.Context(), []string{"-paste", "-send"}, strings.NewReader(chromium), &out, &problems); exit != exitIll {
		t.Errorf("exit status %d", exit)
	}
	if !strings.Contains(out.String(), "cause: method-not-listed") {
		t.Errorf("%s%s", out.String(), problems.String())
	}
}

// A console's message about an address of this machine or network is explained without a
// request to that address.
func TestPastedLocalNetwork(t *testing.T) {
	t.Parallel()
	touched := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) }))
	defer touched.Close()
	for why, want := range map[string]string{
		"The request client is not a secure context and the resource is in more-private address space `loopback`.": "only an https page can ask the user. Serve the page with https.",
		"Permission was denied for this request to access the `loopback` address space.":                           "Chromium 142 and later ask the user",
	} {
		text := "Access to fetch at '" + touched.URL + "/a' from origin 'http://app.example.com' has been blocked by CORS policy: " + why
		for _, args := range [][]string{{"--paste"}, {"--paste", "--json"}} {
			var out, problems strings.Builder
			exit := run(t.Context(), args, strings.NewReader(text), &out, &problems)
			if flat := strings.Join(strings.Fields(out.String()), " "); exit != exitIll || !strings.Contains(flat, want) || !strings.Contains(flat, "local-network-access") {
				t.Errorf("%v: exit status %d: %s%s", args, exit, out.String(), problems.String())
			}
		}
	}
}
