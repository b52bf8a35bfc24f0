package lab_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/lab"
)

// Exactly one step fails if the page does not get the response, and none if it does. Later
// steps are skipped. Each step names its section of the standard.
func TestSteps(t *testing.T) {
	t.Parallel()
	cases := random(5, 200)
	for i := range cases[:60] { // the browser sends nothing
		switch i % 4 {
		case 0:
			cases[i].Call.URL = "http://api.example.com/"
		case 1:
			cases[i].Call.URL = "https://api.example.com:6666/"
		case 2:
			cases[i].Call.Method = "CONNECT"
		case 3:
			cases[i].Call.Headers = [][2]string{{"a b", "1"}}
		}
	}
	failures := make(map[string]int)
	for _, c := range cases {
		a := judge(t, c.Format, c.Policy, c.Call)
		require.NotEmpty(t, a.Steps)
		var failed string
		for _, s := range a.Steps {
			switch s.State {
			case "fail":
				assert.Empty(t, failed, "two steps fail: %+v", c)
				failed = s.Title
			case "skipped":
				assert.NotEmpty(t, failed, "skipped without a failure: %s", s.Title)
			case "ok", "info":
				assert.Empty(t, failed, "%s, after %s", s.Title, failed)
			default:
				t.Errorf("the state %q", s.State)
			}
			assert.NotEmpty(t, s.Title)
			assert.NotEmpty(t, s.Text)
			assert.NotContains(t, s.Text, "%!")
			assert.NotEmpty(t, s.Detail.Section)
			assert.True(t, strings.HasPrefix(s.Detail.URL, "https://fetch.spec.whatwg.org/#") || strings.HasPrefix(s.Detail.URL, "https://w3c.github.io/"), s.Detail.URL)
			assert.Equal(t, s.Request == nil, s.Response == nil)
		}
		assert.Equal(t, a.Verdict.Allowed, failed == "", "%+v", c)
		assert.Equal(t, a.Verdict.Allowed, blocks(a) == "", "%+v", a.Causes)
		failures[failed]++
	}
	t.Log(failures)
	for _, title := range []string{
		"", "May the page ask at all?", "Does the preflight's answer allow the page's origin?", "Does the preflight's answer allow credentials?",
		"Is the method allowed?", "Are the headers allowed?", "Does the response allow the page's origin?", "Does the response allow credentials?",
	} {
		assert.Positive(t, failures[title], title)
	}
}

// TestWire shows the steps of one call in full.
func TestWire(t *testing.T) {
	t.Parallel()
	p := lab.Presets()[0]
	var got []string
	for _, s := range judge(t, p.Format, p.Policy, p.Call).Steps {
		got = append(got, s.State+" "+s.Title+" "+s.Text)
		got = append(got, s.Request...)
		got = append(got, s.Response...)
	}
	assert.Equal(t, `info Is it another origin? Yes: the page is of https://app.example.com, and the URL is of https://api.example.com.
info Does the browser ask first? Yes: PUT is not one of GET, HEAD and POST; the value "application/json" of content-type is not one that is always safe.
info The preflight The browser asks what the server allows. It sends no cookies. The answer is 204.
OPTIONS /items/1 HTTP/1.1
Host: api.example.com
Accept: */*
Access-Control-Request-Method: PUT
Access-Control-Request-Headers: content-type
Origin: https://app.example.com
HTTP/1.1 204 No Content
Access-Control-Allow-Credentials: true
Access-Control-Allow-Headers: content-type, x-csrf-token
Access-Control-Allow-Methods: DELETE, PATCH, PUT
Access-Control-Allow-Origin: https://app.example.com
Access-Control-Max-Age: 7200
Vary: Origin
ok Does the preflight's answer allow the page's origin? Yes: Access-Control-Allow-Origin is https://app.example.com.
ok Does the preflight's answer allow credentials? Yes: Access-Control-Allow-Credentials is true.
ok Is the preflight's status ok? Yes: 204 is between 200 and 299.
ok Is the method allowed? Yes: PUT is in Access-Control-Allow-Methods: DELETE, PATCH, PUT.
ok Are the headers allowed? Yes: content-type, by Access-Control-Allow-Headers: content-type, x-csrf-token.
info The request The server answers 200.
PUT /items/1 HTTP/1.1
Host: api.example.com
Content-Type: application/json
Accept: */*
Origin: https://app.example.com
Cookie: session=8f1c
HTTP/1.1 200 OK
Access-Control-Allow-Credentials: true
Access-Control-Allow-Origin: https://app.example.com
Access-Control-Expose-Headers: x-request-id
Cache-Control: max-age=60
Content-Type: application/json
Etag: "7f3a"
Vary: Origin
X-Request-Id: 42
X-Total-Count: 3
ok Does the response allow the page's origin? Yes: Access-Control-Allow-Origin is https://app.example.com.
ok Does the response allow credentials? Yes: Access-Control-Allow-Credentials is true.
ok What may the page read? The status 200, the body, and the headers cache-control, content-type, x-request-id. It does not see etag, x-total-count: exposeHeaders does not list them.`,
		strings.Join(got, "\n"))
}

// TestEnginesDiffer: the answer shows what only some engines do.
func TestEnginesDiffer(t *testing.T) {
	t.Parallel()
	const page = "https://app.example.com"
	const policy = `{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["*"], "maxAge": "1h"}`
	for name, tt := range map[string]struct {
		url     string
		headers []string
		allowed [3]bool
		notes   [3]string
		kinds   string
	}{
		"the user's own machine by http": {
			"http://127.0.0.1:8080/", nil, [3]bool{true, true, false},
			[3]string{"asks the user before it sends anything to this machine or network", "", ""}, "local-network-access mixed-content",
		},
		"the network by https": {
			"https://192.168.0.1/", nil, [3]bool{true, true, true},
			[3]string{"asks the user before it sends anything to this machine or network", "", ""}, "local-network-access",
		},
		"what a * allows": {
			"https://api.example.com/", []string{"X-Own", "1"}, [3]bool{true, true, true},
			[3]string{"keeps the preflight's answer for 1 hour (its limit is 2 hours)", "asks each time: it does not keep what only a * allows", "keeps the preflight's answer for 10 minutes, which is its limit"}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := call(page, "GET", "omit", tt.headers...)
			c.URL = tt.url
			a := judge(t, "json", policy, c)
			for i, e := range a.Engines {
				assert.Equal(t, tt.allowed[i], e.Allowed, e.Engine)
				assert.Equal(t, tt.notes[i], e.Note, e.Engine)
			}
			assert.Equal(t, tt.allowed != [3]bool{true, true, true}, a.Differ)
			assert.Equal(t, a.Differ, strings.HasSuffix(a.Verdict.Summary, ". But WebKit blocks it."), a.Verdict.Summary)
			var kinds []string
			for _, cause := range a.Causes {
				kinds = append(kinds, cause.Kind)
			}
			assert.Equal(t, tt.kinds, strings.Join(kinds, " "))
		})
	}
}

// TestCache: the answer says which responses are cached, and by which key.
func TestCache(t *testing.T) {
	t.Parallel()
	const all, one = `{"allowOrigins": ["*"], "maxAge": -1}`, `{"allowOrigins": ["https://app.example.com"], "maxAge": "5h", "allowMethods": ["PUT"]}`
	for name, tt := range map[string]struct {
		policy            string
		call              lab.Call
		shared, preflight string
	}{
		"any origin":      {all, call("https://app.example.com", "GET", "omit"), "One copy for all origins", "There is no preflight"},
		"one origin":      {one, call("https://app.example.com", "HEAD", "omit"), "One copy for each Origin", "There is no preflight"},
		"another origin":  {one, call("https://x.example.com", "GET", "omit"), "One copy for each Origin", "There is no preflight"},
		"a PUT":           {one, call("https://app.example.com", "PUT", "omit"), "Nothing: shared caches keep answers to GET and HEAD, and this is PUT.", "Chromium for 2 hours, Firefox for 5 hours, WebKit for 10 minutes."},
		"a refused PUT":   {one, call("https://x.example.com", "PUT", "omit"), "Nothing: the request is never sent.", "a browser keeps none that it refuses"},
		"no time at all":  {`{"allowOrigins": ["*"], "maxAge": -1, "allowMethods": ["PUT"]}`, call("https://app.example.com", "PUT", "omit"), "Nothing", "Chromium not at all, Firefox not at all, WebKit not at all."},
		"nothing is said": {`{"allowOrigins": ["*"], "allowMethods": ["PUT"]}`, call("https://app.example.com", "PUT", "omit"), "Nothing", "Chromium for 5 seconds, Firefox for 5 seconds, WebKit for 5 seconds."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, "json", tt.policy, tt.call)
			require.NotNil(t, a.Cache)
			assert.Contains(t, a.Cache.Shared, tt.shared)
			assert.Contains(t, a.Cache.Preflight, tt.preflight)
		})
	}
}

// TestDiff describes in sentences how a policy differs from a preset.
func TestDiff(t *testing.T) {
	t.Parallel()
	p := lab.Presets()[0]
	a, err := lab.Judge(lab.Question{Format: "yaml", Preset: p.ID, Call: p.Call, Policy: `allowOrigins: [https://app.example.com, https://new.example.com]
allowCredentials: true
allowMethods: [DELETE, PUT]
allowHeaders: [content-type, x-csrf-token]
exposeHeaders: [x-request-id, x-total]
maxAge: 1h
enforce: unsafe
`})
	require.NoError(t, err)
	var got []string
	for _, c := range a.Diff {
		got = append(got, c.Direction+" "+c.Text)
	}
	assert.Equal(t, []string{
		"wider allowOrigins https://new.example.com: a page of https://new.example.com may now read responses.",
		"wider exposeHeaders x-total: a page of https://app.example.com may now read the response header x-total.",
		"narrower allowMethods PATCH: a page of https://app.example.com may no longer send PATCH.",
		"narrower enforce none -> unsafe: a page of https://other.example may no longer have its PUT requests served.",
		"other maxAge 2h -> 1h: no page may do more or less by it.",
	}, got)
}
