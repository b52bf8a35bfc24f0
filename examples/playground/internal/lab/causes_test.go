package lab_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
	"github.com/crossgate/cors/examples/playground/internal/lab"
	"github.com/crossgate/cors/examples/playground/internal/lab/labtest"
)

// judge answers a question that must be valid.
func judge(t *testing.T, format, policy string, c lab.Call) lab.Answer {
	t.Helper()
	a, err := lab.Judge(lab.Question{Format: format, Policy: policy, Call: c})
	require.NoError(t, err)
	return a
}

// blocks is the first cause that keeps the response from the page, or "".
func blocks(a lab.Answer) string {
	for _, c := range a.Causes {
		if c.Blocks {
			return c.Kind
		}
	}
	return ""
}

func call(origin, method, credentials string, headers ...string) lab.Call {
	c := lab.Call{Origin: origin, URL: "https://api.example.com/items", Method: method, Credentials: credentials, Headers: [][2]string{}}
	for i := 0; i+1 < len(headers); i += 2 {
		c.Headers = append(c.Headers, [2]string{headers[i], headers[i+1]})
	}
	return c
}

// TestCauses judges a call for each cause, and then with each fix that is offered.
func TestCauses(t *testing.T) {
	t.Parallel()
	const app = "https://app.example.com"
	commented := "allowOrigins:\n  - https://app.example.com # the app\n  # and nobody else\nallowMethods: [PUT] # for editing\n"
	httpCall := call(app, "GET", "omit")
	httpCall.URL = "http://api.example.com/items"
	portCall := call(app, "GET", "omit")
	portCall.URL = "https://api.example.com:6000/"
	for name, tt := range map[string]struct {
		format, policy string
		call           lab.Call
		cause          string
		fixes          []string // labels of the fixes; <> marks fixes of the call, ! marks dangerous ones
	}{
		"allowed": {"yaml", commented, call(app, "PUT", "omit"), "", nil},
		"another origin": {"yaml", commented, call("https://other.example.com", "GET", "omit"), "origin-not-listed",
			[]string{"add https://other.example.com to allowOrigins"}},
		"another origin, preflighted": {"json", `{"allowOrigins": ["https://app.example.com"]}`, call("https://other.example.com", "PUT", "include", "X-A", "1"), "origin-not-listed",
			[]string{"add https://other.example.com to allowOrigins; set allowCredentials; add PUT to allowMethods; add x-a to allowHeaders"}},
		"an insecure origin with credentials": {"json", `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true}`,
			call("http://old.example.com", "GET", "include"), "origin-not-listed",
			[]string{"<serve the page as https://old.example.com, and add that to allowOrigins>", "add http://old.example.com to allowOrigins, and set dangerously.insecureOrigins!"}},
		"the same page by http": {"json", `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true}`,
			call("http://app.example.com", "GET", "include"), "origin-not-listed", []string{"<serve the page as https://app.example.com>", "add http://app.example.com to allowOrigins, and set dangerously.insecureOrigins!"}},
		"a sandboxed frame": {"yaml", commented, call("null", "GET", "omit"), "opaque-origin",
			[]string{"add null to allowOrigins, and set dangerously.nullOrigin!"}},
		"a sandboxed frame, with more to allow": {"yaml", commented, call("null", "PUT", "include", "X-A", "1"), "opaque-origin",
			[]string{`<add null to allowOrigins, and set dangerously.nullOrigin; ask without credentials (credentials: "omit"); add x-a to allowHeaders!>`}},
		"a sandboxed frame, with credentials": {"json", `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true}`, call("null", "GET", "omit"), "opaque-origin", nil},
		"a danger that the policy has taken": {"json", `{"allowOrigins": ["null"], "dangerously": {"nullOrigin": true, "fileOrigin": true}}`, call("file://", "GET", "omit"), "origin-not-listed",
			[]string{"add file:// to allowOrigins!"}},
		"another method": {"yaml", commented, call(app, "DELETE", "omit"), "method-not-listed", []string{"add DELETE to allowMethods"}},
		"a method in small letters": {"json", `{"allowOrigins": ["*"], "allowMethods": ["PATCH"]}`, call(app, "patch", "omit"), "method-not-listed",
			[]string{"<use the method PATCH>", "add patch to allowMethods"}},
		"no methods yet": {"json", "{\n  \"allowOrigins\": [\"*\"]\n}\n", call(app, "PUT", "omit"), "method-not-listed", []string{"add PUT to allowMethods"}},
		"two headers": {"yaml", commented, call(app, "PUT", "omit", "X-A", "1", "Content-Type", "application/json", "Accept", "text/html"), "header-not-listed",
			[]string{"add content-type, x-a to allowHeaders", "<do not set content-type, x-a in the script>"}},
		"credentials": {"json", `{"allowOrigins":["https://app.example.com"],"allowCredentials":false}`, call(app, "GET", "include"), "credentials-not-allowed",
			[]string{"set allowCredentials", `<ask without credentials (credentials: "omit")>`}},
		"credentials of everybody": {"json", `{"allowOrigins": ["*"], "exposeHeaders": ["*", "x-a"]}`, call(app, "GET", "include"), "wildcard-with-credentials",
			[]string{`<ask without credentials (credentials: "omit")>`, "list https://app.example.com in place of *, and set allowCredentials"}},
		"credentials of everybody, in lines": {"yaml", "allowOrigins:\n  - '*' # all\nexposeHeaders:\n  - '*'\n", call(app, "PUT", "include"), "wildcard-with-credentials",
			[]string{`<ask without credentials (credentials: "omit"); add PUT to allowMethods>`, "list https://app.example.com in place of *, and set allowCredentials; add PUT to allowMethods"}},
		"mixed content": {"yaml", commented, httpCall, "mixed-content", []string{"<ask for https://api.example.com/items>"}},
		"a port":        {"yaml", commented, portCall, "blocked-port", nil},
		"every method":  {"yaml", commented, call(app, "*", "omit"), "method-not-listed", nil},
		"every header":  {"yaml", commented, call(app, "GET", "omit", "*", "1", "X-A", "1"), "header-not-listed", []string{"<do not set *, x-a in the script>"}},
		"a method that is unknown in capitals": {"yaml", commented, call(app, "patch", "omit"), "method-not-listed",
			[]string{"<use the method PATCH; add PATCH to allowMethods>", "add patch to allowMethods"}},
		"a user in the URL": {"yaml", commented, lab.Call{Origin: app, URL: "https://joe:secret@api.example.com/a?b#c", Method: "GET", Credentials: "omit"}, "not-a-request",
			[]string{"<leave the user and the password out of the URL>"}},
		"a method of nobody": {"yaml", commented, call(app, "TRACE", "omit"), "not-a-request", nil},
		"a header without a colon": {"yaml", commented, call(app, "GET", "omit", "X-A", "1", "Content-Type text/html", ""), "not-a-request",
			[]string{"<write Content-Type: text/html; add content-type, x-a to allowHeaders>"}},
		"a header without a name":   {"yaml", commented, call(app, "GET", "omit", "", "1"), "not-a-request", nil},
		"a header of other letters": {"yaml", commented, call(app, "GET", "omit", "X-A", "€"), "not-a-request", []string{"<do not set X-A in the script>"}},
		"a page and an API of a local network": {"json", `{"allowOrigins": ["https://app.example.com"]}`,
			lab.Call{Origin: "http://192.168.0.4:3000", URL: "http://192.168.0.4:8080/", Method: "GET", Credentials: "omit"}, "origin-not-listed",
			[]string{"add http://192.168.0.4:3000 to allowOrigins"}},
		"a file": {"yaml", commented, call("file://", "GET", "omit"), "origin-not-listed",
			[]string{"add file:// to allowOrigins, and set dangerously.fileOrigin!"}},
		"a file, with credentials": {"json", `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true}`, call("file://", "GET", "include"), "origin-not-listed", nil},
		"a method with blanks":     {"yaml", commented, call(app, "PUT IT", "omit"), "not-a-request", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, tt.format, tt.policy, tt.call)
			require.True(t, a.Compiled, a.Problems)
			assert.Equal(t, tt.cause == "", a.Verdict.Allowed)
			assert.Equal(t, tt.cause, blocks(a))
			if tt.cause == "" {
				return
			}
			var labels []string
			for _, f := range a.Causes[0].Fixes {
				label := f.Label
				if f.Danger != "" {
					label += "!"
				}
				if f.Call != nil {
					label = "<" + label + ">"
				}
				labels = append(labels, label)
			}
			assert.Equal(t, tt.fixes, labels)
			assert.NotEmpty(t, a.Causes[0].Title)
			assert.NotEmpty(t, a.Causes[0].Cause)
			assert.NotContains(t, a.Causes[0].Cause, "AllowOrigins", "documents spell it otherwise")
			if tt.cause == "not-a-request" && len(tt.call.Headers) > 0 {
				assert.Contains(t, a.Causes[0].Cause, "in the header "+fmt.Sprintf("%q", tt.call.Headers[len(tt.call.Headers)-1][0]))
			}
			if tt.fixes == nil && (tt.cause == "opaque-origin" || tt.call.Origin == "file://") {
				assert.Contains(t, a.Causes[0].Cause, " A policy with allowCredentials cannot list "+tt.call.Origin+": ", "why there is no fix")
			}
			fixed(t, tt.format, tt.policy, tt.call, a)
		})
	}
}

// fixed applies each fix of the causes, and judges the result.
func fixed(t *testing.T, format, policy string, c lab.Call, a lab.Answer) {
	t.Helper()
	for _, cause := range a.Causes {
		for _, f := range cause.Fixes {
			text, again := policy, c
			if f.Policy == "" && f.Call == nil {
				continue // a fix to make by hand
			}
			if f.Call != nil {
				again = *f.Call
			}
			text = cmp.Or(f.Policy, text)
			after := judge(t, format, text, again)
			say := fmt.Sprintf("%s, by %q:\n%s\n%s\n%+v", cause.Kind, f.Label, policy, text, again)
			if !assert.True(t, after.Compiled, "%s\n%v", say, after.Problems) || !assert.NotNil(t, after.Verdict, say) {
				continue
			}
			switch {
			case !cause.Blocks:
				assert.False(t, has(after, cause.Kind), say)
			default:
				assert.True(t, after.Verdict.Allowed, say)
			}
			for _, comment := range comments(policy) {
				assert.Contains(t, text, comment, say)
			}
		}
	}
}

// A fix allows only what the call needs, and nothing dangerous.
func TestFixesWidenNoMore(t *testing.T) {
	t.Parallel()
	pages := []string{"https://app.example.com", "https://app.example.net", "http://localhost:3000", "null", "tauri://localhost", "http://old.example.com", "file://"}
	widened := make(map[string]bool)
	for _, c := range labtest.Random(99, 300, pages, "https://api.example.com") {
		before, err := lab.Compile(c.Format, c.Policy)
		require.NoError(t, err)
		var names []string
		for _, h := range c.Call.Headers {
			names = append(names, strings.ToLower(h[0]))
		}
		for _, cause := range judge(t, c.Format, c.Policy, c.Call).Causes {
			for _, f := range cause.Fixes {
				if f.Policy == "" {
					continue
				}
				after, err := lab.Compile(c.Format, f.Policy)
				require.NoError(t, err)
				say := fmt.Sprintf("%q of %s, for %+v", f.Label, c.Policy, c.Call)
				to := c.Call // the call that the fix is for
				if f.Call != nil {
					to = *f.Call
				}
				dangers := after.Config().Dangerously
				if f.Danger == "" {
					assert.False(t, hasOrigin(before, after, "null") || hasOrigin(before, after, "file://"), say)
				} else { // a fix for the page's origin
					assert.True(t, hasOrigin(before, after, to.Origin), say)
					dangers.NullOrigin = dangers.NullOrigin && (before.Config().Dangerously.NullOrigin || to.Origin != "null")
					dangers.FileOrigin = dangers.FileOrigin && (before.Config().Dangerously.FileOrigin || to.Origin != "file://")
					dangers.InsecureOrigins = dangers.InsecureOrigins && (before.Config().Dangerously.InsecureOrigins || !strings.HasPrefix(to.Origin, "http://"))
				}
				assert.Equal(t, before.Config().Dangerously, dangers, say)
				for _, change := range policydiff.Diff(before, after) {
					if change.Direction != policydiff.Wider {
						continue
					}
					widened[change.Field] = true
					switch change.Field {
					case "AllowOrigins":
						// An origin that was listed together with * may gain what * did not
						// allow.
						assert.True(t, change.Value == to.Origin || strings.Contains(c.Policy, change.Value), "%s: %s", change.Value, say)
						assert.NotEqual(t, "*", change.Value, say)
					case "AllowMethods":
						assert.Equal(t, browser.NormalizeMethod(to.Method), change.Value, say)
					case "AllowHeaders":
						// If the policy allows credentials, the fix replaces * by the
						// requested names.
						unwritten := after.Config().AllowCredentials && slices.Contains(before.Config().AllowHeaders, "*") && change.Value == "authorization"
						assert.True(t, unwritten || slices.Contains(names, change.Value), "%s: %s", change.Value, say)
					case "AllowCredentials":
						assert.Equal(t, "include", to.Credentials, say)
					case "Enforce":
						assert.Equal(t, "refused-by-enforce", cause.Kind, say)
					default:
						assert.Fail(t, "a fix for nothing of the call", "%s: %+v", say, change)
					}
				}
			}
		}
	}
	for _, field := range []string{"AllowOrigins", "AllowMethods", "AllowHeaders", "AllowCredentials"} {
		assert.True(t, widened[field], field)
	}
}

// hasOrigin reports whether only the second policy lists an origin.
func hasOrigin(before, after *cors.Policy, origin string) bool {
	return !slices.Contains(before.Config().AllowOrigins, origin) && slices.Contains(after.Config().AllowOrigins, origin)
}

func has(a lab.Answer, kind string) bool {
	for _, c := range a.Causes {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

// comments returns the comments of a YAML text.
func comments(text string) (all []string) {
	for line := range strings.Lines(text) {
		if _, comment, found := strings.Cut(line, "# "); found {
			all = append(all, strings.TrimSpace(comment))
		}
	}
	return all
}

// Every fix of every cause removes its cause, for random policies and calls. Every cause
// that a policy can fix has a fix.
func TestFixes(t *testing.T) {
	t.Parallel()
	pages := []string{"https://app.example.com", "https://app.example.net", "http://localhost:3000", "null", "tauri://localhost", "http://old.example.com", "file://"}
	kinds := make(map[string]int)
	for _, c := range labtest.Random(7, 200, pages, "https://api.example.com") {
		a := judge(t, c.Format, c.Policy, c.Call)
		kind := blocks(a)
		kinds[kind]++
		fixed(t, c.Format, c.Policy, c.Call, a)
		switch kind {
		case "method-not-listed", "header-not-listed", "credentials-not-allowed", "wildcard-with-credentials":
			assert.NotEmpty(t, a.Causes[0].Fixes, "%s: %s%+v", kind, c.Policy, c.Call)
		case "origin-not-listed":
			if strings.HasPrefix(c.Call.Origin, "https://") {
				assert.NotEmpty(t, a.Causes[0].Fixes, "%s: %s%+v", kind, c.Policy, c.Call)
			}
		}
		for _, cause := range a.Causes {
			kinds[cause.Kind+" at all"]++
		}
	}
	t.Log(kinds)
	for _, kind := range []string{"", "origin-not-listed", "opaque-origin", "method-not-listed", "header-not-listed", "credentials-not-allowed", "wildcard-with-credentials", "refused-by-enforce at all"} {
		assert.Positive(t, kinds[kind], kind)
	}
}
