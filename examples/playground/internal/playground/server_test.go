package playground_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/playground"
)

// start runs a playground on free ports until the end of the test.
func start(t *testing.T) *playground.Playground {
	t.Helper()
	p, err := playground.Start(0)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		assert.NoError(t, p.Close(ctx))
		select {
		case err := <-p.Failed():
			t.Error(err)
		default:
		}
	})
	return p
}

// ask makes a request with header fields given as pairs; Host is one of them.
func ask(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(got)
}

type finding struct {
	Field, Value, Code, Hint string
	Line, Column             int
}

func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal([]byte(body), &v), body)
	return v
}

func policyOf(t *testing.T, p *playground.Playground) string {
	t.Helper()
	_, body := ask(t, "GET", p.Page.Origin+"/state", "")
	return decode[struct{ Policy string }](t, body).Policy
}

// allowedMethods asks every API for the methods that its policy allows.
func allowedMethods(t *testing.T, p *playground.Playground) []string {
	t.Helper()
	var all []string
	for _, a := range p.APIs {
		resp, _ := ask(t, "OPTIONS", a.Origin+"/items/1", "",
			"Origin", p.Page.Origin, "Access-Control-Request-Method", "PUT")
		assert.Equal(t, http.StatusNoContent, resp.StatusCode, a.Name)
		all = append(all, resp.Header.Get("Access-Control-Allow-Methods"))
	}
	return all
}

func TestAPolicyWithMistakesChangesNothing(t *testing.T) {
	t.Parallel()
	p := start(t)
	before := policyOf(t, p)
	for _, c := range []struct {
		name, policy string
		want         []finding // Hint must not be empty, but is not compared
	}{
		{
			"several", `{"allowOrigins": ["https://a.example/", "*"], "allowCredentials": true, "allowMethods": ["PUT, PATCH"]}`,
			[]finding{
				{Field: "allowOrigins[0]", Value: "https://a.example/", Code: "origin-path", Line: 1, Column: 19},
				{Field: "allowOrigins[1]", Value: "*", Code: "any-credentials", Line: 1, Column: 41},
				{Field: "allowMethods[0]", Value: "PUT, PATCH", Code: "method-token", Line: 1, Column: 90},
			},
		},
		{
			"an unknown field", "{\n  \"allowOrigins\": [\"*\"],\n  \"allowMethod\": [\"PUT\"]\n}",
			[]finding{{Field: "allowMethod", Code: "json-unknown-field", Line: 3, Column: 3}},
		},
		{
			"not JSON", "{\n  \"allowOrigins\": [\"*\",]\n}",
			[]finding{{Field: "document", Code: "json-syntax", Line: 2, Column: 24}},
		},
		{"nothing", ``, []finding{{Field: "document", Code: "json-syntax", Line: 1, Column: 1}}},
		{"an empty policy", `{}`, []finding{{Field: "allowOrigins", Code: "origins-none", Line: 1, Column: 1}}},
	} {
		resp, body := ask(t, "PUT", p.Page.Origin+"/policy", c.policy)
		assert.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode, c.name)
		got := decode[struct{ Errors []finding }](t, body).Errors
		for i := range got {
			assert.NotEmpty(t, got[i].Hint, "%s: %+v", c.name, got[i])
			got[i].Hint = ""
		}
		assert.Equal(t, c.want, got, c.name)
		assert.Equal(t, before, policyOf(t, p), c.name)
		assert.Equal(t, []string{"PUT", "PUT", "PUT", "PUT", "PUT"}, allowedMethods(t, p), c.name)
	}
}

func TestAGoodPolicyIsInForceAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t)
	text := `{"allowOrigins": ["` + p.Page.Origin + `"], "allowMethods": ["DELETE", "PUT"], "allowHeaders": ["content-type"], "maxAge": "12h"}`
	resp, body := ask(t, "PUT", p.Page.Origin+"/policy", text, "Origin", p.Page.Origin, "Sec-Fetch-Site", "same-origin")
	assert.Equal(t, http.StatusOK, resp.StatusCode, body)
	answer := decode[struct {
		Policy   string
		Warnings []finding
	}](t, body)
	assert.Equal(t, text, answer.Policy)
	require.Len(t, answer.Warnings, 1, "Chromium keeps a preflight's answer for 2 h at most")
	assert.Equal(t, "maxAge", answer.Warnings[0].Field)
	assert.Equal(t, text, policyOf(t, p))
	assert.Equal(t, []string{"DELETE, PUT", "DELETE, PUT", "DELETE, PUT", "DELETE, PUT", "DELETE, PUT"}, allowedMethods(t, p))
}

// The document may contain everything that a Config can: a schema, patterns for a whole
// scheme, file origins, Dangerously.
func TestEveryFormOfAPolicyIsTaken(t *testing.T) {
	t.Parallel()
	p := start(t)
	text := `{"$schema": "policy.schema.json", "allowOrigins": ["moz-extension://*", "app://.", "file://"], "enforce": "unsafe", "dangerously": {"fileOrigin": true}}`
	resp, body := ask(t, "PUT", p.Page.Origin+"/policy", text)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	for _, a := range p.APIs {
		for origin, want := range map[string]string{"moz-extension://5e2d5a3c": "moz-extension://5e2d5a3c", "app://.": "app://.", "file://": "file://", "app://other": "", p.Page.Origin: ""} {
			resp, _ := ask(t, "GET", a.Origin+"/items", "", "Origin", origin)
			assert.Equal(t, want, resp.Header.Get("Access-Control-Allow-Origin"), "%s: %s", a.Name, origin)
		}
	}
}

func TestOtherPagesCannotReadOrChangeTheControls(t *testing.T) {
	t.Parallel()
	p := start(t)
	before := policyOf(t, p)
	port := portOf(t, p.Page.Origin)
	const policy = `{"allowOrigins": ["https://evil.example"]}`
	for _, c := range []struct {
		name   string
		status int
		header []string
	}{
		{"another site", 403, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}},
		{"another site, in a browser without Sec-Fetch-Site", 403, []string{"Origin", "https://evil.example"}},
		{"the second page", 403, []string{"Origin", p.Other.Origin, "Sec-Fetch-Site", "same-site"}},
		{"an opaque origin", 403, []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}},
		{"a name that someone's DNS points here", 421, []string{
			"Host", "evil.example:" + port, "Origin", "http://evil.example:" + port, "Sec-Fetch-Site", "same-origin",
		}},
		{"a name that only looks local", 421, []string{
			"Host", "localhost.evil.example:" + port, "Origin", "http://localhost.evil.example:" + port,
			"Sec-Fetch-Site", "same-origin",
		}},
	} {
		for _, url := range []string{"/policy", "/explain", "/lab/judge", "/lab/read", "/lab/proof"} {
			method := "POST"
			if url == "/policy" {
				method = "PUT"
			}
			resp, _ := ask(t, method, p.Page.Origin+url, policy, c.header...)
			assert.Equal(t, c.status, resp.StatusCode, "%s: %s", c.name, url)
		}
		resp, _ := ask(t, "OPTIONS", p.Page.Origin+"/policy", "", append(c.header, "Access-Control-Request-Method", "PUT")...)
		assertNoCORS(t, resp, c.name)
		resp, _ = ask(t, "GET", p.Page.Origin+"/state", "", c.header...)
		assertNoCORS(t, resp, c.name)
	}
	assert.Equal(t, before, policyOf(t, p))
}

func assertNoCORS(t *testing.T, resp *http.Response, name string) {
	t.Helper()
	for field := range resp.Header {
		assert.False(t, strings.HasPrefix(field, "Access-Control-"), "%s: %s", name, field)
	}
}

func TestEveryResponseOfThePagesHasAContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, url := range []string{
		p.Page.Origin + "/", p.Page.Origin + "/main.js", p.Page.Origin + "/state", p.Page.Origin + "/nothing",
		p.Other.Origin + "/", p.Other.Origin + "/frame.js",
	} {
		resp, _ := ask(t, "GET", url, "")
		csp := resp.Header.Get("Content-Security-Policy")
		assert.Contains(t, csp, "default-src 'none'", url)
		assert.Contains(t, csp, "frame-ancestors ", url)
		assert.NotContains(t, csp, "unsafe", url)
		for _, a := range p.APIs {
			assert.Contains(t, csp, a.Origin, url)
		}
	}
}

func TestThePageIsServedUnderLocalNames(t *testing.T) {
	t.Parallel()
	p := start(t)
	port := portOf(t, p.Page.Origin)
	for host, status := range map[string]int{
		"127.0.0.1:" + port: 200, "localhost:" + port: 200, "app.localhost:" + port: 200,
		"127.0.0.1": 421, "localhost.:" + port: 421, "127.0.0.1.evil.example:" + port: 421, "[::1]:" + port: 421,
	} {
		resp, _ := ask(t, "GET", p.Page.Origin+"/", "", "Host", host)
		assert.Equal(t, status, resp.StatusCode, host)
	}
}

func TestExplanationsAreOfWhatTheAPIReceived(t *testing.T) {
	t.Parallel()
	p := start(t)
	type answer struct {
		Exchanges []struct {
			Method, Path, Request, Response string
			Status                          int
			HandlerRan                      bool
			Group                           string
			Explanation                     struct{ Kind, Reason, BrowserError, Cause, Fix string }
		}
	}
	for _, a := range p.APIs {
		run := "test-" + strconv.Itoa(len(a.Name)) + a.Name
		ask(t, "OPTIONS", a.Origin+"/items/1?run="+run, "", "Origin", p.Page.Origin,
			"Access-Control-Request-Method", "DELETE", "Access-Control-Request-Headers", "x-a")
		ask(t, "PUT", a.Origin+"/items/1?run="+run, `{"name":"x"}`, "Origin", p.Other.Origin)
		resp, body := ask(t, "POST", p.Page.Origin+"/explain", `{"run":"`+run+`"}`)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		got := decode[answer](t, body).Exchanges
		require.Len(t, got, 2, a.Name)

		assert.Equal(t, "OPTIONS /items/1 204", got[0].Method+" "+got[0].Path+" "+strconv.Itoa(got[0].Status), a.Name)
		assert.False(t, got[0].HandlerRan, a.Name)
		assert.Equal(t, "preflight", got[0].Explanation.Kind, a.Name)
		assert.Equal(t, "method-not-allowed", got[0].Explanation.Reason, a.Name)
		assert.Contains(t, got[0].Request, "Access-Control-Request-Headers: x-a\r\n", a.Name)
		assert.Contains(t, got[0].Response, "Access-Control-Allow-Methods: PUT\r\n", a.Name)

		assert.Equal(t, "PUT /items/1 200", got[1].Method+" "+got[1].Path+" "+strconv.Itoa(got[1].Status), a.Name)
		assert.True(t, got[1].HandlerRan, a.Name)
		assert.Equal(t, "actual", got[1].Explanation.Kind, a.Name)
		assert.Equal(t, "origin-not-allowed", got[1].Explanation.Reason, a.Name)
		assert.Contains(t, got[1].Explanation.Cause, p.Other.Origin, a.Name)
		assert.NotEmpty(t, got[1].Explanation.Fix, a.Name)
		assert.NotContains(t, got[1].Response, "Access-Control-Allow-Origin", a.Name)
	}
	for _, a := range p.APIs {
		run := "group" + strconv.Itoa(len(a.Name)) + a.Name
		for _, path := range []string{"/admin/items/1", "/items/1"} {
			ask(t, "OPTIONS", a.Origin+path+"?run="+run, "", "Origin", p.Other.Origin, "Access-Control-Request-Method", "PUT")
		}
		_, body := ask(t, "POST", p.Page.Origin+"/explain", `{"run":"`+run+`"}`)
		got := decode[answer](t, body).Exchanges
		require.Len(t, got, 2, a.Name)
		assert.Equal(t, "/admin allowed", got[0].Group+" "+got[0].Explanation.Reason, a.Name)
		assert.Contains(t, got[0].Response, "Access-Control-Allow-Origin: "+p.Other.Origin+"\r\n", a.Name)
		assert.Equal(t, " origin-not-allowed", got[1].Group+" "+got[1].Explanation.Reason, a.Name)
	}
	_, body := ask(t, "POST", p.Page.Origin+"/explain", `{"run":"unknown"}`)
	assert.JSONEq(t, `{"exchanges": []}`, body)
	resp, _ := ask(t, "POST", p.Page.Origin+"/explain", `not JSON`)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
}

func portOf(t *testing.T, origin string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(origin, "http://"))
	require.NoError(t, err)
	return port
}
