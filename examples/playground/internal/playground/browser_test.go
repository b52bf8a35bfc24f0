//go:build unix

package playground_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// frameworks are the columns of the table. They are written out here, because the table
// would be consistent even if one were missing.
var frameworks = []string{"net/http", "chi", "gin", "echo", "fiber"}

// outcome is what all frameworks' cells of a row must show.
type outcome struct {
	scenario string
	shown    string // "200", "Blocked"
	small    string
	err      string // Chromium's name of the error (Network.CorsError)
}

// byDefault is the table under the playground's default policy.
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

// anybody is the table under a policy that allows any origin and any method, but no
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

// learned is the only text that a script gets about a blocked request.
var learned = map[string]string{
	"chromium": "TypeError: Failed to fetch",
	"firefox":  "TypeError: NetworkError when attempting to fetch resource",
	"webkit":   "TypeError: Load failed",
}

// The page works the same in every engine.
func TestInEveryEngine(t *testing.T) {
	inEngines(t, engine.Look{}, func(t *testing.T, b *browser) {
		for name, test := range map[string]func(*page){
			"every framework gets the same verdict": sameVerdicts,
			"the group answers its preflights":      groupAnswers,
			"the policy is edited by keyboard":      editedByKeyboard,
			"the policy is edited by mouse":         editedByMouse,
			"the page fits a phone":                 fitsAPhone,
			"every preset is accepted":              presetsAccepted,
			"a subdomain matches its preset":        subdomainMatches,
			"the table loses nothing":               tableLosesNothing,
		} {
			t.Run(name, func(t *testing.T) { test(open(t, b)) })
		}
		for name, test := range map[string]func(*page){
			"the lab's verdicts are the engine's own": verdictsAreReal,
			"the lab by keyboard":                     labByKeyboard,
			"the lab by mouse":                        labByMouse,
			"the lab takes what is pasted":            labTakesPasted,
			"a link carries the lab":                  linkCarriesLab,
			"the lab fits a phone":                    labFitsAPhone,
			"the lab's call is proved":                labIsProved,
			"a long link says so":                     longLinkSaysSo,
			"the lab loses nothing":                   labLosesNothing,
			"the lab opens at any address":            labOpensAtAnyAddress,
			"the lab says that it has ended":          labSaysThatItHasEnded,
			"the proof says what it cannot show":      proofSaysWhatItCannotShow,
		} {
			t.Run(name, func(t *testing.T) { test(newPage(t, b)) })
		}
	})
}

// The page uses the browser's theme.
func TestDark(t *testing.T) {
	inEngines(t, engine.Look{Dark: true}, func(t *testing.T, b *browser) {
		p := open(t, b)
		p.expect(byDefault)
		assert.Equal(t, "rgb(15, 18, 23)", eval[string](p, `getComputedStyle(document.body).backgroundColor`))
		p.screenshotWhole("desktop-dark", 1280)
		p.click(`td[data-scenario="origin-put"][data-framework="chi"] button`)
		p.waitFor(`document.getElementById("details").open`)
		p.screenshot("details-dark")
	})
}

func sameVerdicts(p *page) {
	p.expect(byDefault)
	assert.Equal(p, "40 of 70 let through, 30 blocked. All 5 frameworks agree.", p.text("summary"))
	p.screenshot("desktop")
	p.screenshotWhole("desktop-whole", 1280)

	// Open a cell's details by keyboard.
	p.focus(`td[data-scenario="put"][data-framework="gin"] button`)
	p.keys(engine.ArrowDown + engine.ArrowDown + engine.ArrowRight)
	p.keys(engine.Enter)
	p.waitFor(`document.getElementById("details").open`)
	require.Equal(p, "Another method, echo", p.text("details-title"))
	details := p.text("details-body")
	assert.Contains(p, details, `method: "DELETE"`)
	assert.Contains(p, details, "Blocked. All that the script learns is "+learned[p.engine.Name]+".")
	assert.Contains(p, details, "Preflight: OPTIONS /items/3 204")
	assert.Contains(p, details, "method-not-allowed")
	assert.Contains(p, details, "Access-Control-Request-Method: DELETE")
	assert.Contains(p, details, "Access-Control-Allow-Methods: PUT")
	assert.Contains(p, details, "Access-Control-Allow-Origin: "+p.at.Page.Origin)
	p.screenshot("details")
	p.keys(engine.Escape)
	p.waitFor(`!document.getElementById("details").open`)
	assert.Equal(p, "method echo", eval[string](p,
		`Object.values(document.activeElement.parentElement.dataset).slice(0, 2).join(" ")`), "where the focus is")
}

// The group's own policy answers its preflight. The page says so, and the recorded headers
// show it.
func groupAnswers(p *page) {
	assert.Equal(p, "/admin", p.text("group-prefix"))
	p.focus(".group summary")
	p.keys(engine.Enter)
	p.waitFor(`document.querySelector(".group").open`)
	assert.Contains(p, p.text("group-policy"), p.at.Other.Origin)
	p.screenshot("group-policy")
	assert.NotContains(p, eval[string](p, `document.getElementById("policy").value`), p.at.Other.Origin)
	for _, framework := range frameworks {
		details := p.details("origin-group-put", framework)
		assert.Contains(p, details, "Preflight: OPTIONS /admin/items/2 204", framework)
		assert.Contains(p, details, "Request: PUT /admin/items/2 200", framework)
		assert.Equal(p, 2, strings.Count(details, "The policy of the group /admin says allowed"), framework)
		assert.Equal(p, 2, strings.Count(details, "Access-Control-Allow-Origin: "+p.at.Other.Origin), framework)
		assert.Equal(p, 2, strings.Count(details, "Access-Control-Allow-Credentials: true"), framework)

		details = p.details("group-put", framework)
		assert.Contains(p, details, "Preflight: OPTIONS /admin/items/1 403", framework)
		assert.Equal(p, 1, strings.Count(details, "The policy of the group /admin says origin-not-allowed"), framework)
		assert.NotContains(p, details, "Access-Control-Allow-Origin: ", framework)

		details = p.details("put", framework)
		assert.Equal(p, 2, strings.Count(details, "The policy says allowed"), framework)
	}
	why := eval[[]string](p, `[...document.querySelectorAll('tr[data-scenario*="group"] .why')].map((td) => td.innerText)`)
	require.Len(p, why, 4)
	for _, text := range why {
		assert.True(p, strings.HasPrefix(text, "Decided by the policy of /admin:"), text)
	}
}

func editedByKeyboard(p *page) {
	original := eval[string](p, `document.getElementById("policy").value`)
	p.focus(".skip")
	p.tabTo("policy")
	p.replace(`{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["content-type"]}`)
	assert.Equal(p, "Edited, not applied yet.", p.text("policy-state"))
	p.expect(byDefault)
	p.tabTo("apply")
	p.keys(engine.Enter)
	p.waitForTable()
	assert.Equal(p, "In force.", p.text("policy-state"))
	p.expect(anybody)

	// If a policy has mistakes, the page shows all of them, and nothing changes.
	p.focus("#policy")
	p.put(`{"allowOrigins": ["https://a.example/", "b.example"], "allowMethods": ["PUT DELETE"]}`)
	p.keys(engine.Control + engine.Enter)
	p.expectMistakes()
	p.screenshot("mistakes")

	// If a document cannot be read, the page shows a link to the place.
	p.put(`{"allowOrigins": ["*"], "allowMethod": ["PUT"]}`)
	p.keys(engine.Control + engine.Enter)
	p.waitFor(`document.querySelector("#policy-errors .place")?.innerText === "line 1, column 25"`)
	p.tabTo("place")
	p.keys(engine.Enter)
	p.waitFor(`document.activeElement.id === "policy"`)
	assert.Equal(p, 24, eval[int](p, `document.activeElement.selectionStart`))

	// The previous policy is still in force, and the editor can go back to it.
	p.focus("#again")
	p.keys(engine.Enter)
	p.waitForTable()
	p.expect(anybody)
	p.focus("#discard")
	p.keys(" ")
	p.waitFor(`document.getElementById("policy-state").innerText === "In force."`)
	assert.Empty(p, p.text("policy-errors"))

	// The first preset is the default policy.
	p.focus("#presets button")
	p.keys(engine.Enter)
	p.waitForTable()
	assert.Equal(p, original, eval[string](p, `document.getElementById("policy").value`))
	p.expect(byDefault)
}

func editedByMouse(p *page) {
	p.click("#policy")
	p.put(`{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["content-type"]}`)
	p.click("#apply")
	p.waitForTable()
	assert.Equal(p, "In force.", p.text("policy-state"))
	p.expect(anybody)

	p.click("#policy")
	p.put(`{"allowOrigins": ["https://a.example/", "b.example"], "allowMethods": ["PUT DELETE"]}`)
	p.click("#apply")
	p.expectMistakes()
	p.click("#again")
	p.waitForTable()
	p.expect(anybody)

	p.click("#discard")
	p.waitFor(`document.getElementById("policy-state").innerText === "In force."`)
	p.click(`td[data-scenario="credentials"][data-framework="fiber"] button`)
	p.waitFor(`document.getElementById("details").open`)
	assert.Equal(p, "With credentials, fiber", p.text("details-title"))
	p.click("#details-close")
	p.waitFor(`!document.getElementById("details").open`)
}

func fitsAPhone(p *page) {
	p.resize(360, 740)
	p.expect(byDefault)
	fits := func(when string) {
		p.Helper()
		assert.Equal(p, 360, eval[int](p, `window.innerWidth`), when)
		assert.LessOrEqual(p, eval[int](p, `document.documentElement.scrollWidth`), 360, when)
	}
	fits("at first")
	p.screenshotWhole("phone", 360)
	p.resize(360, 740)
	eval[any](p, `document.getElementById("results").scrollIntoView()`)
	p.screenshot("phone-results")

	p.click("#policy")
	p.put(`{"allowOrigins": ["https://a.example/` + strings.Repeat("x", 200) + `", "http://*.example.com:8080/"], "allowMethods": ["PUT DELETE"]}`)
	p.click("#apply")
	p.waitFor(`document.getElementById("policy-state").dataset.state === "refused"`)
	fits("with mistakes")
	p.screenshot("phone-mistakes")

	p.click(`td[data-scenario="origin"][data-framework="fiber"] button`)
	p.waitFor(`document.getElementById("details").open`)
	fits("with details")
	assert.LessOrEqual(p, eval[int](p, `document.getElementById("details-body").scrollWidth`), 360)
	p.screenshot("phone-details")
}

func presetsAccepted(p *page) {
	// One letter per scenario; + means allowed. The last four are the group's, which the
	// API's policy does not change.
	want := map[string]string{
		"Default":    "+++----+++--++",
		"Public API": "++-+++++++--++",
		"Both pages": "++++++++++--++",
		"Strict":     "+------+++--++",
		"Subdomains": "------------++",
	}
	names := eval[[]string](p, `[...document.querySelectorAll("#presets button")].map((b) => b.innerText)`)
	require.Len(p, names, len(want))
	for i, name := range names {
		p.focus(fmt.Sprintf("#presets button:nth-child(%d)", i+1))
		p.keys(engine.Enter)
		p.waitForTable()
		assert.Equal(p, "In force.", p.text("policy-state"), name)
		got := make(map[string]string)
		for _, c := range p.cells() {
			mark := "-"
			if c.Verdict == "allowed" {
				mark = "+"
			} else if assert.Len(p, c.Errors, 1, "%s: %s at %s", name, c.Scenario, c.Framework) {
				p.expectCode(c.Errors[0], c.URL, fmt.Sprintf("%s: %s at %s", name, c.Scenario, c.Framework))
			}
			got[c.Framework] += mark
		}
		for _, f := range frameworks {
			assert.Equal(p, want[name], got[f], "%s at %s", name, f)
		}
	}
}

func subdomainMatches(p *page) {
	p.focus("#presets button:last-child")
	p.keys(engine.Enter)
	p.waitForTable()
	p.click("#preset-note a")
	p.waitFor(`location.hostname === "app.localhost"`)
	p.round = 0
	p.waitForTable()
	assert.Contains(p, p.text("elsewhere"), "You opened this page as http://app.localhost:")
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
	p.screenshot("subdomain")
}

// expectedOnly fails the test if the console has messages other than those of blocked
// requests and deliberate errors.
func expectedOnly(t *testing.T, b *browser) {
	t.Helper()
	if b.engine.Name == "webkit" {
		return // WebDriver does not provide the console
	}
	expected := []string{
		"has been blocked by CORS policy",
		"Cross-Origin Request Blocked: ",
		"Failed to load resource: net::ERR_FAILED",
		"Failed to load resource: the server responded with a status of 404",
		"Failed to load resource: the server responded with a status of 500",
		"Failed to load resource: the server responded with a status of 422", // a refused policy
		// Firefox's warning about SameSite=Lax, if the page's other origin is on another
		// site.
		"has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”",
	}
	messages := b.driver.Messages()
	assert.NotEmpty(t, messages, "blocked requests leave messages")
next:
	for _, m := range messages {
		for _, e := range expected {
			if m.Code != "" || strings.Contains(m.Text, e) {
				continue next
			}
		}
		t.Errorf("unexpected in the console: %s (%s)", m.Text, m.URL)
	}
}
