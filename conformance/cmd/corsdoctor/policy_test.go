package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// serving serves config. edit may change the headers of each response.
func serving(config cors.Config, edit func(http.Header, *http.Request)) http.HandlerFunc {
	policy := cors.MustCompile(config)
	return func(w http.ResponseWriter, r *http.Request) {
		d := policy.Decide(r.Context(), cors.Request{
			Method: r.Method, Origin: strings.Join(r.Header.Values("Origin"), ", "), Host: r.Host, Path: r.URL.Path, FetchSite: r.Header.Get("Sec-Fetch-Site"),
			RequestMethod: r.Header.Get("Access-Control-Request-Method"), RequestHeaders: r.Header.Get("Access-Control-Request-Headers"),
		})
		for name, value := range d.Headers() {
			w.Header().Add(name, value)
		}
		if edit != nil {
			edit(w.Header(), r)
		}
		if d.Status() != 0 {
			w.WriteHeader(d.Status())
		}
	}
}

// config reads a policy of testdata, and changes it.
func config(t *testing.T, file string, change func(*cors.Config)) cors.Config {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cors.ParseConfig(data)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c)
	}
	return c
}

func replace(list []string, old, replacement string) {
	list[slices.Index(list, old)] = replacement
}

// TestPolicy compares servers with their policy. Each deviation must be reported. Servers
// that only write the same answer differently must not be.
func TestPolicy(t *testing.T) {
	t.Parallel()
	const shop, public, shells, anybody = "testdata/shop.json", "testdata/public.json", "testdata/shells.json", "testdata/anybody.json"
	header := func(name, value string) func(http.Header, *http.Request) {
		return func(h http.Header, _ *http.Request) {
			if h.Get(name) != "" {
				h.Set(name, value)
			}
		}
	}
	agrees := []string{"POLICY: the server does what the policy says"}
	for name, c := range map[string]struct {
		file   string
		change func(*cors.Config)
		edit   func(http.Header, *http.Request)
		says   []string // nil: agrees
	}{
		"the same policy":                               {file: shop},
		"the same public policy":                        {file: public},
		"applications and extensions":                   {file: shells},
		"any origin with credentials":                   {file: anybody},
		"lists in another order, other case":            {file: shop, edit: header("Access-Control-Allow-Headers", "X-Request-ID , Content-Type")},
		"a list where the policy has *":                 {file: public, edit: header("Access-Control-Allow-Headers", "authorization, content-type, x-corsdoctor")},
		"a preflight answered with 200":                 {file: shop, change: func(c *cors.Config) { c.PreflightStatus = 200 }},
		"a refused preflight answered with 200":         {file: shop, edit: func(h http.Header, r *http.Request) { h.Set("X-Other", r.Method) }},
		"credentials allowed with *, which allows none": {file: public, edit: header("Access-Control-Allow-Credentials", "true")},

		"a scheme is missing": {file: shells, change: func(c *cors.Config) { c.AllowOrigins = c.AllowOrigins[1:] },
			says: []string{"stricter: a page reads a GET: policy: allowed server: blocked page of: moz-extension://corsdoctor"}},
		"credentials for anybody are missing": {file: anybody, change: func(c *cors.Config) { c.AllowCredentials = false },
			says: []string{"stricter: a page reads a GET with credentials: policy: allowed server: blocked"}},
		"an origin is missing": {file: shop, change: func(c *cors.Config) { c.AllowOrigins = c.AllowOrigins[1:] },
			says: []string{"stricter: a page reads a GET, with credentials or without: policy: allowed server: blocked page of: https://shop.example.com"}},
		"a deeper subdomain is missing": {file: shop, change: func(c *cors.Config) {
			replace(c.AllowOrigins, "https://*.preview.example.com", "https://corsdoctor.preview.example.com")
		}, says: []string{"page of: https://a.corsdoctor.preview.example.com"}},
		"the domain itself is in": {file: shop, change: func(c *cors.Config) { c.AllowOrigins = append(c.AllowOrigins, "https://preview.example.com") },
			says: []string{"LOOSER: a page reads a GET, with credentials or without: policy: blocked server: allowed page of: https://preview.example.com"}},
		"one port": {file: shop, change: func(c *cors.Config) { replace(c.AllowOrigins, "http://localhost:*", "http://localhost") },
			says: []string{"page of: http://localhost:8443"}},
		"http is in": {file: shop, change: func(c *cors.Config) {
			c.AllowOrigins, c.Dangerously.InsecureOrigins = append(c.AllowOrigins, "http://shop.example.com"), true
		}, says: []string{"LOOSER: a page reads a GET", "page of: http://shop.example.com"}},
		"a method is missing": {file: shop, change: func(c *cors.Config) { c.AllowMethods = c.AllowMethods[:1] },
			says: []string{"stricter: a page sends DELETE, with credentials or without:"}},
		"a method too many": {file: shop, change: func(c *cors.Config) { c.AllowMethods = append(c.AllowMethods, "PATCH") },
			says: []string{"LOOSER: a page sends PATCH, with credentials or without:"}},
		"any method, which * is without credentials alone": {file: shop, edit: header("Access-Control-Allow-Methods", "*, PUT, DELETE"),
			says: []string{"LOOSER: a page sends PATCH: policy: blocked", "LOOSER: a page sends CORSDOCTOR:"}},
		"a header is missing": {file: shop, change: func(c *cors.Config) { c.AllowHeaders = c.AllowHeaders[:1] },
			says: []string{"stricter: a page sends the header x-request-id, with"}},
		"a header too many": {file: shop, change: func(c *cors.Config) { c.AllowHeaders = append(c.AllowHeaders, "authorization") },
			says: []string{"LOOSER: a page sends the header authorization, with"}},
		"only one header at a time": {file: shop, edit: func(h http.Header, r *http.Request) {
			if first, _, two := strings.Cut(r.Header.Get("Access-Control-Request-Headers"), ","); two {
				h.Set("Access-Control-Allow-Headers", first)
			}
		}, says: []string{"stricter: a page sends the header content-type, x-request-id, with"}},
		"a header is not exposed": {file: shop, change: func(c *cors.Config) { c.ExposeHeaders = nil },
			says: []string{"stricter: a page reads the response header x-total-count: policy: readable server: hidden"}},
		"all are exposed": {file: public, change: func(c *cors.Config) { c.ExposeHeaders = []string{"*"} },
			says: []string{"LOOSER: a page reads the response header x-corsdoctor: policy: hidden server: readable"}},
		"no credentials": {file: shop, change: func(c *cors.Config) { c.AllowCredentials = false },
			says: []string{"stricter: a page reads a GET with credentials: policy: allowed server: blocked"}},
		"a longer time": {file: shop, change: func(c *cors.Config) { c.MaxAge *= 2 },
			says: []string{"LOOSER: a page keeps the answer to a preflight: policy: for 10m0s server: for 20m0s"}},
		"no Vary": {file: shop, edit: func(h http.Header, _ *http.Request) { h.Del("Vary") },
			says: []string{"LOOSER: a page shares a cache with pages of other origins: policy: Vary: Origin server: no Vary: Origin"}},
		"any origin reflected": {file: shop, edit: func(h http.Header, r *http.Request) {
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			h.Set("Access-Control-Allow-Credentials", "true")
		}, says: []string{"page of: https://corsdoctor-probe.invalid null", "https://shop.example.com.corsdoctor.invalid", "https://corsdoctor-shop.example.com", "https://shop-example.com", "more, which --json lists"}},
		"any origin may, in preflights alone": {file: shop, edit: func(h http.Header, r *http.Request) {
			if r.Method == "OPTIONS" && h.Get("Access-Control-Allow-Origin") == "" {
				h.Set("Access-Control-Allow-Origin", "*")
				h.Set("Access-Control-Allow-Methods", "PUT")
			}
		}, says: nil}, // a 403 makes browsers stop, too
		"nobody": {file: public, edit: func(h http.Header, _ *http.Request) { h.Del("Access-Control-Allow-Origin") },
			says: []string{"stricter: a page reads a GET: policy: allowed server: blocked page of: https://corsdoctor-probe.invalid null"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(serving(config(t, c.file, c.change), c.edit))
			defer server.Close()
			var out, problems strings.Builder
			exit := run(t.Context(), []string{"-probe=false", "-policy", c.file, server.URL + "/items"}, strings.NewReader(""), &out, &problems)
			flat := strings.Join(strings.Fields(out.String()), " ")
			says, want := c.says, exitIll
			if says == nil {
				says, want = agrees, exitHealthy
			}
			for _, text := range says {
				if !strings.Contains(flat, text) {
					t.Errorf("%q is missing", text)
				}
			}
			if exit != want || problems.Len() > 0 {
				t.Errorf("exit status %d, want %d; it complains %q", exit, want, problems.String())
			}
			for line := range strings.Lines(out.String()) {
				if len(strings.TrimSuffix(line, "\n")) > width {
					t.Errorf("a line is wider than a terminal: %s", line)
				}
			}
			if t.Failed() {
				t.Log("\n" + out.String())
			}
		})
	}
}

// TestPolicyEnforced compares a server that refuses nothing with a policy that enforces.
func TestPolicyEnforced(t *testing.T) {
	t.Parallel()
	c := config(t, "testdata/shop.json", nil)
	server := httptest.NewServer(serving(c, nil))
	defer server.Close()
	c.Enforce = cors.EnforceAll
	result, err := compare(t.Context(), cors.MustCompile(c), server.URL, new(browser.Client))
	if err != nil {
		t.Fatal(err)
	}
	want := disagreement{stranger, "sends a GET, which the policy enforces", "refused with 403", "served with 200", true}
	if !slices.Contains(result.disagreed, want) {
		t.Errorf("got %+v, want %+v among them", result.disagreed, want)
	}
}

// TestPolicyIsBounded tests the first of many patterns, and says so.
func TestPolicyIsBounded(t *testing.T) {
	t.Parallel()
	list := make([]string, 1000)
	for i := range list {
		list[i] = fmt.Sprintf("https://shop%d.example.com", i)
	}
	asked := 0
	c := cors.Config{AllowOrigins: list}
	handler := serving(c, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++ // the requests are made one after the other
		handler(w, r)
	}))
	policy := cors.MustCompile(c)
	result, err := compare(t.Context(), policy, server.URL, new(browser.Client))
	server.Close()
	if err != nil || len(result.disagreed) > 0 {
		t.Fatal(err, result.disagreed)
	}
	if asked != result.probes || asked > maxPatterns*2*8+20 {
		t.Errorf("%d requests, of which it says %d", asked, result.probes)
	}
	if text := strings.Join(strings.Fields(result.report("p.json")), " "); !strings.Contains(text, "about the first 25 of 1000 patterns") {
		t.Error(text)
	}
}

// TestJSON checks the document for scripts.
func TestJSON(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(sends(200, "Access-Control-Allow-Origin: $origin", "Access-Control-Allow-Credentials: true", "X-Other: 1"))
	defer server.Close()
	ask := func(exit int, args ...string) (document, string) {
		t.Helper()
		var out, problems strings.Builder
		if got := run(t.Context(), append(append([]string{"-json"}, args...), server.URL+"/items"), strings.NewReader(""), &out, &problems); got != exit {
			t.Fatalf("exit status %d, want %d: %s", got, exit, problems.String())
		}
		var d document
		decoder := json.NewDecoder(strings.NewReader(out.String()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&d); err != nil || d.Exit != exit {
			t.Fatalf("%v in exit status %d of\n%s", err, d.Exit, out.String())
		}
		return d, out.String()
	}
	d, text := ask(exitIll)
	var codes []string
	for _, f := range d.Findings {
		codes = append(codes, f.Code)
	}
	if want := []string{"origin-reflected", "two-origins", "vary-missing"}; !slices.Equal(codes, want) || !d.Findings[0].Danger {
		t.Errorf("the findings are %q, want %q", codes, want)
	}
	want := wire{Request: []string{"GET /items HTTP/1.1", "Origin: " + origin}, Status: 200,
		Response: []string{"Access-Control-Allow-Credentials: true", "Access-Control-Allow-Origin: " + origin}}
	if len(d.Exchanges) != 1 || !slices.Equal(d.Exchanges[0].Request, want.Request) || !slices.Equal(d.Exchanges[0].Response, want.Response) || d.Exchanges[0].Status != 200 {
		t.Errorf("the exchanges are %+v, want %+v", d.Exchanges, want)
	}
	if !d.Allowed || d.Error != nil || d.Policy != nil || d.Origin != origin || d.Method != "GET" {
		t.Errorf("got\n%s", text)
	}

	d, text = ask(exitIll, "-policy", "testdata/shop.json", "-method", "PUT", "-credentials", "include")
	if d.Allowed || d.Error == nil || d.Error.Code != "MethodDisallowedByPreflightResponse" || d.Error.Fix == "" || d.Origin != "https://shop.example.com" {
		t.Errorf("got\n%s", text)
	}
	if d.Policy == nil || d.Policy.Patterns != 4 || d.Policy.Asked != 4 || d.Policy.Probes == 0 || len(d.Policy.Disagreements) == 0 {
		t.Errorf("got\n%s", text)
	}
	if got, want := d.Policy.Disagreements[0], (disagreement{stranger, "reads a GET, with credentials or without", "blocked", "allowed", true}); got != want {
		t.Errorf("the first disagreement is %+v, want %+v", got, want)
	}

	// Without findings there are empty lists, not null.
	d, text = ask(exitHealthy, "-probe=false")
	if d.Findings == nil || !strings.Contains(text, `"findings": []`) {
		t.Errorf("got\n%s", text)
	}
}

// TestPolicyProbesAreSafe checks which methods a comparison sends.
func TestPolicyProbesAreSafe(t *testing.T) {
	t.Parallel()
	handler := serving(config(t, "testdata/shop.json", nil), nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" && r.Method != "OPTIONS" || r.Header.Get("Cookie") != "" {
			t.Errorf("a probe with %s, Cookie %q", r.Method, r.Header.Get("Cookie"))
		}
		handler(w, r)
	}))
	defer server.Close()
	var out strings.Builder
	if exit := run(t.Context(), []string{"-policy", "testdata/shop.json", server.URL}, strings.NewReader(""), &out, &out); exit != exitHealthy {
		t.Errorf("exit status %d\n%s", exit, out.String())
	}
}

// TestOrigins checks the origins with which a pattern is tested.
func TestOrigins(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"*":    "",
		"null": "",
		"https://a.example": "https://a.example http://a.example https://a.example:4443 https://a.example.corsdoctor.invalid " +
			"https://corsdoctor-a.example https://corsdoctor.a.example https://a-example",
		"https://a.example:8443": "https://a.example:8443 http://a.example:8443 https://a.example https://a.example.corsdoctor.invalid:8443 " +
			"https://corsdoctor-a.example:8443 https://corsdoctor.a.example:8443 https://a-example:8443",
		"http://127.0.0.1:*": "http://127.0.0.1 http://127.0.0.1:8443 https://127.0.0.1 http://127.0.0.1:4443",
		"http://[::1]:80":    "http://[::1]:80 https://[::1]:80 http://[::1]",
		"https://*.a.example": "https://corsdoctor.a.example https://a.corsdoctor.a.example http://corsdoctor.a.example https://corsdoctor.a.example:4443 " +
			"https://corsdoctor.a.example.corsdoctor.invalid https://corsdoctor-corsdoctor.a.example https://corsdoctor.corsdoctor.a.example " +
			"https://corsdoctor-a.example https://a.example https://corsdoctora.example",
		"https://x-*.a.example": "https://x-corsdoctor.a.example http://x-corsdoctor.a.example https://x-corsdoctor.a.example:4443 " +
			"https://x-corsdoctor.a.example.corsdoctor.invalid https://corsdoctor-x-corsdoctor.a.example https://corsdoctor.x-corsdoctor.a.example " +
			"https://x-corsdoctor-a.example https://x-.a.example https://x-a.corsdoctor.a.example",
	} {
		want := strings.TrimSpace(stranger + " null " + want)
		if got := strings.Join(origins([]string{pattern}), " "); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", pattern, got, want)
		}
	}
}

// TestPolicyOfASet compares a server with one policy of a set, in YAML.
func TestPolicyOfASet(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(serving(config(t, "testdata/routes.json", nil), nil))
	defer server.Close()
	text, err := os.ReadFile("testdata/routes.json")
	if err != nil {
		t.Fatal(err)
	}
	set := write(t, t.TempDir(), "set.yaml", "# JSON is YAML too\npublic: {allowOrigins: ['*']}\nroutes: "+strings.TrimSpace(strings.ReplaceAll(string(text), "\n", "\n  "))+"\n")
	for name, want := range map[string]int{"routes": exitHealthy, "public": exitIll, "none": exitUsage} {
		if exit, out, problems := doctor(t, "--probe=false", "--policy", set, "--name", name, server.URL); exit != want {
			t.Errorf("%s: exit status %d, want %d: %s%s", name, exit, want, out, problems)
		}
	}
}
