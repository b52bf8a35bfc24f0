//go:build unix

package playground_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// frameworks are the columns of the table. Written out: if one were lost, the
// table would still be consistent.
var frameworks = []string{"net/http", "chi", "gin", "echo", "fiber"}

// outcome is what all frameworks' cells of a row have to show.
type outcome struct {
	scenario string
	shown    string // "200", "Blocked"
	small    string
	err      string // what Chromium calls the refusal (Network.CorsError)
}

// byDefault is the table under the policy that a playground starts with.
var byDefault = []outcome{
	{"simple", "200", "+ count", ""},
	{"put", "200", "", ""},
	{"credentials", "200", "user guest", ""},
	{"method", "Blocked", "", "MethodDisallowedByPreflightResponse"},
	{"header", "Blocked", "", "HeaderDisallowedByPreflightResponse"},
	{"origin", "Blocked", "", "MissingAllowOriginHeader"},
	{"origin-put", "Blocked", "", "PreflightMissingAllowOriginHeader"},
	{"notfound", "404", "", ""},
	{"error", "500", "", ""},
	{"redirect", "200", "redirect", ""},
	{"group", "Blocked", "", "MissingAllowOriginHeader"},
	{"group-put", "Blocked", "", "PreflightMissingAllowOriginHeader"},
	{"origin-group", "200", "", ""},
	{"origin-group-put", "200", "", ""},
}

// anybody is the table under a policy of any origin and any method, but no
// credentials.
var anybody = []outcome{
	{"simple", "200", "", ""},
	{"put", "200", "", ""},
	{"credentials", "Blocked", "", "WildcardOriginNotAllowed"},
	{"method", "204", "", ""},
	{"header", "Blocked", "", "HeaderDisallowedByPreflightResponse"},
	{"origin", "200", "", ""},
	{"origin-put", "200", "", ""},
	{"notfound", "404", "", ""},
	{"error", "500", "", ""},
	{"redirect", "200", "redirect", ""},
	{"group", "Blocked", "", "MissingAllowOriginHeader"},
	{"group-put", "Blocked", "", "PreflightMissingAllowOriginHeader"},
	{"origin-group", "200", "", ""},
	{"origin-group-put", "200", "", ""},
}

func TestEveryFrameworkGetsTheSameVerdictFromABrowser(t *testing.T) {
	t.Parallel()
	p, console := open(t)
	p.expect(byDefault)
	assert.Equal(t, "40 of 70 let through, 30 blocked. All 5 frameworks agree.", p.text("summary"))
	screenshot(p.ctx, t, "desktop", false)
	screenshot(p.ctx, t, "desktop-whole", true)

	p.dark()
	screenshot(p.ctx, t, "desktop-dark", true)

	// A cell's details, by keyboard.
	p.do(
		chromedp.Focus(chromedp.CSS(`td[data-scenario="put"][data-framework="gin"] button`)),
		chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowRight),
		chromedp.KeyEvent(kb.Enter),
	)
	require.Equal(t, "Another method, echo", p.text("details-title"))
	details := p.text("details-body")
	assert.Contains(t, details, `method: "DELETE"`)
	assert.Contains(t, details, "Blocked. All that the script learns is TypeError: Failed to fetch.")
	assert.Contains(t, details, "Preflight: OPTIONS /items/3 204")
	assert.Contains(t, details, "method-not-allowed")
	assert.Contains(t, details, "Access-Control-Request-Method: DELETE")
	assert.Contains(t, details, "Access-Control-Allow-Methods: PUT")
	assert.Contains(t, details, "Access-Control-Allow-Origin: "+p.at.Page.Origin)
	screenshot(p.ctx, t, "details-dark", false)
	p.do(chromedp.KeyEvent(kb.Escape))
	assert.False(t, eval[bool](p, `document.getElementById("details").open`))
	assert.Equal(t, "method echo", eval[string](p,
		`Object.values(document.activeElement.parentElement.dataset).slice(0, 2).join(" ")`), "where the focus is")

	expectedOnly(t, console)
}

// The preflight of the group is answered by its own policy: the page says so, and so
// does the wire.
func TestTheGroupAnswersItsPreflights(t *testing.T) {
	t.Parallel()
	p, console := open(t)
	assert.Equal(t, "/admin", p.text("group-prefix"))
	p.do(chromedp.Focus(chromedp.CSS(".group summary")), chromedp.KeyEvent(kb.Enter))
	assert.Contains(t, p.text("group-policy"), p.at.Other.Origin)
	screenshot(p.ctx, t, "group-policy", false)
	assert.NotContains(t, eval[string](p, `document.getElementById("policy").value`), p.at.Other.Origin)
	for _, framework := range frameworks {
		details := p.details("origin-group-put", framework)
		assert.Contains(t, details, "Preflight: OPTIONS /admin/items/2 204", framework)
		assert.Contains(t, details, "Request: PUT /admin/items/2 200", framework)
		assert.Equal(t, 2, strings.Count(details, "The policy of the group /admin says allowed"), framework)
		assert.Equal(t, 2, strings.Count(details, "Access-Control-Allow-Origin: "+p.at.Other.Origin), framework)
		assert.Equal(t, 2, strings.Count(details, "Access-Control-Allow-Credentials: true"), framework)

		details = p.details("group-put", framework)
		assert.Contains(t, details, "Preflight: OPTIONS /admin/items/1 403", framework)
		assert.Equal(t, 1, strings.Count(details, "The policy of the group /admin says origin-not-allowed"), framework)
		assert.NotContains(t, details, "Access-Control-Allow-Origin: ", framework)

		details = p.details("put", framework)
		assert.Equal(t, 2, strings.Count(details, "The policy says allowed"), framework)
	}
	why := eval[[]string](p, `[...document.querySelectorAll('tr[data-scenario*="group"] .why')].map((td) => td.innerText)`)
	require.Len(t, why, 4)
	for _, text := range why {
		assert.True(t, strings.HasPrefix(text, "Decided by the policy of /admin:"), text)
	}
	expectedOnly(t, console)
}

func TestThePolicyIsEditedByKeyboard(t *testing.T) {
	t.Parallel()
	p, console := open(t)
	original := eval[string](p, `document.getElementById("policy").value`)
	p.do(chromedp.Focus(chromedp.CSS(".skip")))
	p.tabTo("policy")
	p.replace(`{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["content-type"]}`)
	assert.Equal(t, "Edited, not applied yet.", p.text("policy-state"))
	p.expect(byDefault)
	p.tabTo("apply")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.waitForTable()
	assert.Equal(t, "In force.", p.text("policy-state"))
	p.expect(anybody)

	// A policy with mistakes: all of them are shown, and nothing changes.
	p.do(chromedp.Focus(chromedp.CSS("#policy")))
	p.replace(`{"allowOrigins": ["https://a.example/", "b.example"], "allowMethods": ["TRACE"]}`)
	p.apply()
	p.waitFor(`document.getElementById("policy-state").dataset.state === "refused"`)
	assert.Equal(t, "Refused. The policy before it is still in force.", p.text("policy-state"))
	mistakes := p.text("policy-errors")
	for _, part := range []string{
		"3 mistakes", "AllowOrigins[0]", "https://a.example/", "AllowOrigins[1]", "b.example", "AllowMethods[0]", "TRACE",
	} {
		assert.Contains(t, mistakes, part)
	}
	assert.Equal(t, "true", eval[string](p, `document.getElementById("policy").getAttribute("aria-invalid")`))
	screenshot(p.ctx, t, "mistakes", false)

	// A document that cannot be read: its place is shown, and leads there.
	p.replace(`{"allowOrigins": ["*"], "allowMethod": ["PUT"]}`)
	p.apply()
	p.waitFor(`document.querySelector("#policy-errors .place")?.innerText === "line 1, column 25"`)
	p.tabTo("place")
	p.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, "policy 24", eval[string](p, `document.activeElement.id + " " + document.activeElement.selectionStart`))

	// The policy before is in force still, and the editor can go back to it.
	p.do(chromedp.Focus(chromedp.CSS("#again")), chromedp.KeyEvent(kb.Enter))
	p.waitForTable()
	p.expect(anybody)
	p.do(chromedp.Focus(chromedp.CSS("#discard")), chromedp.KeyEvent(" "))
	assert.Equal(t, "In force.", p.text("policy-state"))
	assert.Empty(t, p.text("policy-errors"))

	// And the first preset is the policy of the start.
	p.do(chromedp.Focus(chromedp.CSS("#presets button")), chromedp.KeyEvent(kb.Enter))
	p.waitForTable()
	assert.Equal(t, original, eval[string](p, `document.getElementById("policy").value`))
	p.expect(byDefault)

	expectedOnly(t, console)
}

func TestThePageFitsAPhone(t *testing.T) {
	t.Parallel()
	ctx := startChromium(t)
	p := &page{T: t, ctx: ctx, at: start(t), errors: listenForCORSErrors(ctx, t)}
	p.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	p.do(chromedp.Navigate(p.at.Page.Origin + "/"))
	p.waitForTable()
	p.expect(byDefault)
	fits := func(when string) {
		t.Helper()
		assert.Equal(t, 360, eval[int](p, `window.innerWidth`), when)
		assert.LessOrEqual(t, eval[int](p, `document.documentElement.scrollWidth`), 360, when)
	}
	fits("at first")
	screenshot(p.ctx, t, "phone", true)
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("results").scrollIntoView()`))
	screenshot(p.ctx, t, "phone-results", false)

	p.do(chromedp.Focus(chromedp.CSS("#policy")))
	p.replace(`{"allowOrigins": ["https://a.example/` + strings.Repeat("x", 200) + `", "http://*.example.com:8080/"], "allowMethods": ["TRACE"]}`)
	p.apply()
	p.waitFor(`document.getElementById("policy-state").dataset.state === "refused"`)
	fits("with mistakes")
	screenshot(p.ctx, t, "phone-mistakes", false)

	p.do(chromedp.Tap(chromedp.CSS(`td[data-scenario="origin"][data-framework="fiber"] button`)))
	p.waitFor(`document.getElementById("details").open`)
	fits("with details")
	assert.LessOrEqual(t, eval[int](p, `document.getElementById("details-body").scrollWidth`), 360)
	screenshot(p.ctx, t, "phone-details", false)
}

func TestEveryPresetIsAccepted(t *testing.T) {
	t.Parallel()
	p, console := open(t)
	// Letters: one a scenario, + for let through. The last four are the group's, which
	// no policy of the whole API changes.
	want := map[string]string{
		"Default":    "+++----+++--++",
		"Public API": "++-+++++++--++",
		"Both pages": "++++++++++--++",
		"Strict":     "+------+++--++",
		"Subdomains": "------------++",
	}
	names := eval[[]string](p, `[...document.querySelectorAll("#presets button")].map((b) => b.innerText)`)
	require.Len(t, names, len(want))
	for i, name := range names {
		p.do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#presets button:nth-child(%d)", i+1))), chromedp.KeyEvent(kb.Enter))
		p.waitForTable()
		assert.Equal(t, "In force.", p.text("policy-state"), name)
		got := make(map[string]string)
		for _, c := range p.cells() {
			mark := "-"
			if c.Verdict == "allowed" {
				mark = "+"
			} else if assert.Len(t, c.Errors, 1, "%s: %s at %s", name, c.Scenario, c.Framework) {
				assert.Equal(t, c.Errors[0], strings.Join(p.errors.of(c.URL), ", "), "%s: %s at %s", name, c.Scenario, c.Framework)
			}
			got[c.Framework] += mark
		}
		for _, f := range frameworks {
			assert.Equal(t, want[name], got[f], "%s at %s", name, f)
		}
	}
	expectedOnly(t, console)
}

func TestASubdomainMatchesItsPreset(t *testing.T) {
	t.Parallel()
	p, console := open(t)
	p.do(chromedp.Focus(chromedp.CSS("#presets button:last-child")), chromedp.KeyEvent(kb.Enter))
	p.waitForTable()
	p.do(chromedp.Click(chromedp.CSS("#preset-note a")))
	p.waitFor(`location.hostname === "app.localhost"`)
	p.round, p.apart = 0, true
	p.waitForTable()
	assert.Contains(t, p.text("elsewhere"), "You opened this page as http://app.localhost:")
	p.expect([]outcome{
		{"simple", "200", "", ""},
		{"put", "200", "", ""},
		{"credentials", "Blocked", "", "InvalidAllowCredentials"},
		{"method", "Blocked", "", "MethodDisallowedByPreflightResponse"},
		{"header", "Blocked", "", "HeaderDisallowedByPreflightResponse"},
		{"origin", "Blocked", "", "MissingAllowOriginHeader"},
		{"origin-put", "Blocked", "", "PreflightMissingAllowOriginHeader"},
		{"notfound", "404", "", ""},
		{"error", "500", "", ""},
		{"redirect", "200", "redirect", ""},
		{"group", "Blocked", "", "MissingAllowOriginHeader"},
		{"group-put", "Blocked", "", "PreflightMissingAllowOriginHeader"},
		{"origin-group", "200", "", ""},
		{"origin-group-put", "200", "", ""},
	})
	screenshot(p.ctx, t, "subdomain", false)
	expectedOnly(t, console)
}

// expectedOnly fails the test for anything in the console but what blocked
// requests and deliberate errors leave there.
func expectedOnly(t *testing.T, console *consoleOf) {
	t.Helper()
	expected := []string{
		"has been blocked by CORS policy",
		"Failed to load resource: net::ERR_FAILED",
		"Failed to load resource: the server responded with a status of 404",
		"Failed to load resource: the server responded with a status of 500",
		"Failed to load resource: the server responded with a status of 422", // a refused policy
	}
	messages := console.all()
	assert.NotEmpty(t, messages, "blocked requests leave messages")
next:
	for _, m := range messages {
		for _, e := range expected {
			if strings.Contains(m.Text, e) {
				continue next
			}
		}
		t.Errorf("unexpected in the console: %s (%s)", m, m.URL)
	}
}
