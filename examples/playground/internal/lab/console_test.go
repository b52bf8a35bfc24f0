package lab_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/pasted"
	"github.com/crossgate/cors/examples/playground/internal/lab"
)

// particular matches the parts of a console line that depend on the call: URLs, origins,
// statuses, methods and header names.
var particular = regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^\s'’),]*|null\b|Status code: \d+|Method \S+|field \S+|header ‘[a-z-]*’ is|origin '[^']*'|value '[^']*'|is 'true'|is '' which`)

func shape(line string) string {
	return strings.TrimSuffix(particular.ReplaceAllStringFunc(line, func(s string) string {
		word, _, _ := strings.Cut(s, " ")
		if strings.Contains(word, "://") || word == "null" {
			return "URL"
		}
		return word + " X"
	}), ".")
}

// Apart from what depends on the call, the lines are those that conformance/browsers has
// recorded from the engines. conformance/pasted finds their causes.
func TestConsole(t *testing.T) {
	t.Parallel()
	recorded := make(map[string][]string)
	for _, name := range []string{"chromium", "firefox", "webkit"} {
		text, err := os.ReadFile("../../../../conformance/pasted/testdata/console-" + name + ".txt")
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			recorded[name] = append(recorded[name], shape(strings.TrimSpace(line)))
		}
	}
	seen := make(map[string]map[string]bool)
	for _, c := range random(11, 150) {
		a := judge(t, c.Format, c.Policy, c.Call)
		for i, e := range a.Engines {
			name := strings.ToLower(e.Engine)
			assert.Equal(t, e.Allowed, e.Console == "", "%s: %s", e.Engine, e.Console)
			if e.Allowed {
				continue
			}
			first, _, _ := strings.Cut(e.Console, "\n")
			assert.True(t, slices.Contains(recorded[name], shape(first)), "%s has never written: %s\n%s", e.Engine, first, shape(first))
			read, err := pasted.Parse(e.Console)
			require.NoError(t, err, e.Console)
			require.NotEmpty(t, read.Messages, e.Console)
			m := read.Messages[0]
			assert.Equal(t, name, m.Engine, e.Console)
			if m.Origin != "" {
				assert.Equal(t, c.Call.Origin, m.Origin)
			}
			if seen[name] == nil {
				seen[name] = make(map[string]bool)
			}
			for _, code := range m.Codes {
				seen[name][string(code)] = true
			}
			if i == 0 { // the other engines' lines must include this cause
				require.Len(t, m.Codes, 1)
				for _, other := range a.Engines[1:] {
					theirs, err := pasted.Parse(other.Console)
					require.NoError(t, err, other.Console)
					want := m.Codes[0]
					if other.Engine == "WebKit" && strings.HasPrefix(other.Console, "Preflight response is not successful") && want == browser.PreflightMissingAllowOriginHeader {
						want = browser.PreflightInvalidStatus // WebKit checks the status first
					}
					assert.Contains(t, theirs.Messages[0].Codes, want, other.Console)
				}
			}
		}
	}
	for name, codes := range seen {
		for _, code := range []browser.Code{browser.MissingAllowOriginHeader, browser.WildcardOriginNotAllowed, browser.InvalidAllowCredentials, browser.MethodDisallowedByPreflightResponse, browser.HeaderDisallowedByPreflightResponse} {
			assert.True(t, codes[string(code)], "%s: no case for %s", name, code)
		}
	}
}

// TestRead reads what people paste.
func TestRead(t *testing.T) {
	t.Parallel()
	const url, app = "https://api.example.com/items/1", "https://app.example.com"
	for name, tt := range map[string]struct {
		text string
		want lab.Pasted
	}{
		"a command": {
			`curl '` + url + `' -X 'PUT' -H 'origin: ` + app + `' -H 'content-type: application/json' -H 'cookie: a=b' --data-raw '{}'`,
			lab.Pasted{
				Form: "Copy as cURL (bash)", Console: []lab.Message{}, Notes: []string{"The body is left out: CORS does not look at it."},
				Call: &lab.Call{Origin: app, URL: url, Method: "PUT", Headers: [][2]string{{"content-type", "application/json"}}, Credentials: "include"},
			},
		},
		"a fetch": {
			`fetch("` + url + `", {"headers": {"x-a": "1"}, "body": null, "method": "GET", "mode": "cors", "credentials": "omit"});`,
			lab.Pasted{
				Form: "Copy as fetch", Console: []lab.Message{}, Notes: []string{"The text does not say which page made the request: write its origin."},
				Call: &lab.Call{URL: url, Method: "GET", Headers: [][2]string{{"x-a", "1"}}, Credentials: "omit"},
			},
		},
		"nothing": {"hello", lab.Pasted{Console: []lab.Message{}, Notes: []string{}, Problem: "?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := lab.Read(tt.text)
			if tt.want.Problem != "" {
				assert.NotEmpty(t, got.Problem)
				got.Problem = tt.want.Problem
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

// A call's console line is read as a call that fails for the same reason.
func TestReadConsole(t *testing.T) {
	t.Parallel()
	read := 0
	for _, c := range random(12, 60) {
		a := judge(t, c.Format, c.Policy, c.Call)
		for _, e := range a.Engines {
			if e.Console == "" {
				continue
			}
			got := lab.Read(e.Console)
			require.Empty(t, got.Problem, e.Console)
			require.NotEmpty(t, got.Console, e.Console)
			m := got.Console[0]
			assert.Equal(t, e.Engine, m.Engine)
			require.NotEmpty(t, m.Causes, e.Console)
			kinds := make([]string, 0, len(m.Causes))
			for _, cause := range m.Causes {
				kinds = append(kinds, cause.Title)
			}
			if c.Call.Origin != "null" { // null is another cause if the page is known
				assert.Contains(t, kinds, a.Causes[0].Title, e.Console)
			}
			if got.Call == nil || got.Call.Origin == "" {
				continue
			}
			again := judge(t, c.Format, c.Policy, *got.Call)
			if e.Engine == "Chromium" && assert.NotNil(t, again.Verdict) && assert.NotEmpty(t, again.Causes, "%s\n%s\n%+v", c.Policy, e.Console, *got.Call) {
				assert.Equal(t, a.Causes[0].Kind, again.Causes[0].Kind, "%s\n%+v", e.Console, *got.Call)
				read++
			}
		}
	}
	assert.Positive(t, read)
}

// TestReadMessages reads texts from a console: several lines, and lines with missing parts.
func TestReadMessages(t *testing.T) {
	t.Parallel()
	const app, url = "https://app.example.com", "https://api.example.com/items"
	const refused = "Access to fetch at '" + url + "' from origin '" + app + "' has been blocked by CORS policy: "
	asks := [][2]string{{"Content-Type", "application/json"}}
	for name, tt := range map[string]struct {
		text   string
		engine string
		call   *lab.Call
		note   bool // the answer asks for the origin
	}{
		"WebKit's three lines": {
			"[Error] Origin " + app + " is not allowed by Access-Control-Allow-Origin. Status code: 200\n" +
				"[Error] Fetch API cannot load " + url + " due to access control checks.\n" +
				"[Error] Failed to load resource: Origin " + app + " is not allowed by Access-Control-Allow-Origin. Status code: 200 (items, line 0)\n",
			"WebKit", &lab.Call{Origin: app, URL: url, Method: "GET", Headers: [][2]string{}, Credentials: "same-origin"}, false,
		},
		"the same line again and again": {
			strings.Repeat(refused+"No 'Access-Control-Allow-Origin' header is present on the requested resource.\n", 50),
			"Chromium", &lab.Call{Origin: app, URL: url, Method: "GET", Headers: [][2]string{}, Credentials: "same-origin"}, false,
		},
		"a preflight with another status": {
			refused + "Response to preflight request doesn't pass access control check: It does not have HTTP ok status.",
			"Chromium", &lab.Call{Origin: app, URL: url, Method: "POST", Headers: asks, Credentials: "same-origin"}, false,
		},
		"a preflight that is redirected": {
			refused + "Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request.",
			"Chromium", &lab.Call{Origin: app, URL: url, Method: "POST", Headers: asks, Credentials: "same-origin"}, false,
		},
		"Firefox, which does not name the page": {
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + url + ". (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
			"Firefox", nil, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := lab.Read(tt.text)
			require.Empty(t, got.Problem)
			require.Len(t, got.Console, 1)
			m := got.Console[0]
			assert.Equal(t, tt.engine, m.Engine)
			assert.Equal(t, url, m.URL)
			assert.Equal(t, tt.call, got.Call)
			assert.Equal(t, tt.note, len(got.Notes) > 0)
			require.NotEmpty(t, m.Causes)
			for _, cause := range m.Causes {
				for line := range strings.SplitSeq(cause.Fix, "\n") {
					assert.False(t, strings.HasSuffix(line, ": "), "nothing to send: %q", line)
				}
			}
		})
	}
	distinct := ""
	for i := range 300 {
		distinct += fmt.Sprintf("Access to fetch at 'https://api.example.com/%d' from origin '%s' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present.\n", i, app)
	}
	assert.Len(t, lab.Read(distinct).Console, 20)
}
