package playground_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/playground"
)

// begin announces a call to the gateway, and returns the status and body of the answer.
func begin(t *testing.T, p *playground.Playground, run, policy, origin, url string) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"run": run, "policy": policy, "call": map[string]string{"origin": origin, "url": url},
	})
	require.NoError(t, err)
	resp, text := ask(t, "POST", p.Page.Origin+"/lab/proof", string(body), "Origin", p.Page.Origin, "Sec-Fetch-Site", "same-origin")
	return resp.StatusCode, text
}

const onePage = `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true, "allowMethods": ["PUT"]}`

func TestTheGatewaySwapsTheOriginsName(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, origin := range []string{"https://app.example.com", "https://evil.example"} {
		run := "run-of-" + origin
		status, text := begin(t, p, run, onePage, origin, "https://api.example.com/a%2Fb//c?x=1")
		require.Equal(t, http.StatusOK, status, text)
		require.JSONEq(t, `{"path": "/a%2Fb//c"}`, text)
		for i, a := range p.APIs {
			url := fmt.Sprintf("%s/proof/%d/a%%2Fb//c?run=%s-%d", p.Other.Origin, i, run, i)
			for _, method := range []string{"OPTIONS", "PUT"} {
				header := []string{"Origin", p.Page.Origin, "Sec-Fetch-Site", "same-site"}
				if method == "OPTIONS" {
					header = append(header, "Access-Control-Request-Method", "PUT")
				}
				resp, body := ask(t, method, url, "{}", header...)
				want, code := p.Page.Origin, map[string]int{"OPTIONS": 204, "PUT": 200}[method]
				if origin != "https://app.example.com" {
					want, code = "", map[string]int{"OPTIONS": 403, "PUT": 200}[method]
				}
				assert.Equal(t, code, resp.StatusCode, "%s %s from %s: %s", a.Name, method, origin, body)
				assert.Equal(t, want, resp.Header.Get("Access-Control-Allow-Origin"), "%s %s from %s", a.Name, method, origin)
				assert.Empty(t, resp.Header.Get("Content-Security-Policy"), "the response is the framework's")
			}
			resp, _ := ask(t, "PUT", url, strings.Repeat("x", 65<<10), "Origin", p.Page.Origin)
			assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode, a.Name)
			_, body := ask(t, "POST", p.Page.Origin+"/explain", fmt.Sprintf(`{"run": "%s-%d", "credentials": true}`, run, i))
			got := decode[struct{ Exchanges []struct{ Request string } }](t, body).Exchanges
			require.Len(t, got, 2, a.Name)
			assert.Contains(t, got[1].Request, "PUT /a%2Fb//c?run=", a.Name)
			assert.Contains(t, got[1].Request, "Host: api.example.com\r\n", a.Name)
			assert.Contains(t, got[1].Request, "Origin: "+origin+"\r\n", a.Name)
		}
	}
	assert.Equal(t, []string{"PUT", "PUT", "PUT", "PUT", "PUT"}, allowedMethods(t, p), "the table's policy is another")
}

// The gateway forwards only that call, and only for the page that has begun it.
func TestTheGatewayIsClosedToOthers(t *testing.T) {
	t.Parallel()
	p := start(t)
	from := func(origin, run string) int {
		resp, _ := ask(t, "GET", p.Other.Origin+"/proof/0/?run="+run, "", "Origin", origin)
		if resp.StatusCode != http.StatusOK {
			assertNoCORS(t, resp, origin+" "+run)
		}
		return resp.StatusCode
	}
	assert.Equal(t, http.StatusGone, from(p.Page.Origin, ""), "before any call")
	status, text := begin(t, p, "first-run", onePage, "https://app.example.com", "https://api.example.com")
	require.Equal(t, http.StatusOK, status, text)
	assert.Equal(t, http.StatusOK, from(p.Page.Origin, "first-run-0"))
	assert.Equal(t, http.StatusGone, from("https://app.example.com", "first-run-0"))
	assert.Equal(t, http.StatusGone, from("https://evil.example", "first-run-0"))
	assert.Equal(t, http.StatusGone, from(p.Page.Origin, "guessed-run"))
	status, text = begin(t, p, "second-run", onePage, "https://app.example.com", "https://api.example.com")
	require.Equal(t, http.StatusOK, status, text)
	assert.Equal(t, http.StatusGone, from(p.Page.Origin, "first-run-0"))
	for _, n := range []string{"5", "-1", "x", ""} {
		resp, _ := ask(t, "GET", p.Other.Origin+"/proof/"+n+"/?run=second-run", "", "Origin", p.Page.Origin)
		assert.Equal(t, http.StatusNotFound, resp.StatusCode, n)
	}
	resp, _ := ask(t, "GET", p.Other.Origin+"/proof/0/?run=second-run", "", "Host", "evil.example:"+portOf(t, p.Other.Origin))
	assert.Equal(t, http.StatusMisdirectedRequest, resp.StatusCode)
}

func TestACallThatCannotBeSent(t *testing.T) {
	t.Parallel()
	p := start(t)
	for name, c := range map[string]struct{ run, policy, origin, url string }{
		"a policy with a mistake": {"long-enough", `{"allowOrigins": ["x/"]}`, "https://app.example.com", "https://api.example.com"},
		"a URL without a host":    {"long-enough", onePage, "https://app.example.com", "/items"},
		"an origin in two lines":  {"long-enough", onePage, "https://a.example\r\nX: 1", "https://api.example.com"},
		"a run that is guessed":   {"", onePage, "https://app.example.com", "https://api.example.com"},
	} {
		status, text := begin(t, p, c.run, c.policy, c.origin, c.url)
		assert.Equal(t, http.StatusBadRequest, status, name)
		assert.NotEmpty(t, decode[struct{ Error string }](t, text).Error, name)
	}
}

// The gateway accepts the longest policy that the lab accepts.
func TestTheGatewayTakesLongPolicies(t *testing.T) {
	t.Parallel()
	p := start(t)
	policy := `{"allowOrigins": ["https://app.example.com"` + strings.Repeat("\n\t\t", 80<<10) + `]}`
	status, text := begin(t, p, "run-of-long", policy, "https://app.example.com", "https://api.example.com/")
	assert.Equal(t, http.StatusOK, status, text)
}
