package lab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/examples/playground/internal/lab"
	"github.com/crossgate/cors/examples/playground/internal/lab/labtest"
)

// The lab's verdicts are the same as those of each engine's model with a real server over a
// socket. The test uses 500 random policies and calls of web pages, sandboxed frames,
// applications and extensions.
func TestVerdictsOverASocket(t *testing.T) {
	t.Parallel()
	pages := []string{"http://app.example.com", "http://localhost:3000", "https://app.example.net", "null", "tauri://localhost", "chrome-extension://ghbmnnjooekpmoecnnnilnnbdlolhkhi"}
	served := labtest.NewServer()
	api, err := served.Start()
	require.NoError(t, err)
	defer served.Close()
	cases := labtest.Random(20, 500, append(pages, api), api)
	require.NoError(t, served.Add(cases))

	blocked := make(map[string]int)
	for i, c := range cases {
		a, err := lab.Judge(lab.Question{Format: c.Format, Policy: c.Policy, Call: c.Call})
		require.NoError(t, err)
		require.True(t, a.Compiled)
		require.Empty(t, a.CallProblems)
		require.Len(t, a.Engines, 3)
		for j, model := range []browser.Engine{browser.Chromium(), browser.Firefox(), browser.WebKit()} {
			client := browser.Client{Origin: c.Call.Origin, StrictURLs: true, Engine: model}
			r := browser.Request{Method: c.Call.Method, URL: c.Call.URL, Credentials: browser.Credentials(c.Call.Credentials)}
			for _, h := range c.Call.Headers {
				r.Header = append(r.Header, browser.Field{Name: h[0], Value: h[1]})
			}
			v, err := client.Fetch(t.Context(), r)
			require.NoError(t, err)
			say := func() string { return a.Engines[j].Engine + ": " + c.Policy + c.Call.Origin + " " + c.Call.Method }
			assert.Equal(t, v.Allowed, a.Engines[j].Allowed, say())
			if j > 0 {
				continue
			}
			assert.Equal(t, v.Console, a.Engines[j].Console, say())
			assert.Equal(t, v.Allowed, a.Verdict.Allowed, say())
			assert.Equal(t, v.Status, a.Verdict.Status, say())
			assert.Equal(t, v.Preflights() > 0, a.Verdict.Kind == "preflighted", say())
			var sent []string
			for _, x := range v.Exchanges {
				sent = append(sent, x.Request)
			}
			var shown int
			for _, s := range a.Steps {
				if s.Request != nil {
					shown++
				}
			}
			assert.Len(t, sent, shown, say())
			assert.Len(t, served.Seen(i), len(sent), say())
			blocked[string(v.Code)]++
		}
	}
	t.Log(blocked)
	for _, code := range []browser.Code{"", browser.MissingAllowOriginHeader, browser.PreflightMissingAllowOriginHeader, browser.WildcardOriginNotAllowed,
		browser.PreflightWildcardOriginNotAllowed, browser.InvalidAllowCredentials, browser.PreflightInvalidAllowCredentials,
		browser.MethodDisallowedByPreflightResponse, browser.HeaderDisallowedByPreflightResponse} {
		assert.Positive(t, blocked[string(code)], "no case for %q", code)
	}
}
