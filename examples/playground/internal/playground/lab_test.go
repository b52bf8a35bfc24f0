//go:build unix

package playground_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// A policy without PUT, and a policy with one mistake per line.
const (
	noPut    = `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true, "allowHeaders": ["content-type"]}`
	mistakes = "{\n" + `"allowOrigins": ["https://app.example.com/"],` + "\n" + `"allowMethods": ["PUT DELETE"], "maxAge": "24h"}`
)

// A keyboard user gets from a blocked call to an allowed one, and the focus is never lost.
func labByKeyboard(p *page) {
	p.openLab("")
	assert.Equal(p, "allowed", p.verdict())
	p.focus(".skip")
	p.tabTo("lab-policy")
	p.typeOver(noPut)
	p.answered()
	assert.Equal(p, "blocked", p.verdict())
	assert.Contains(p, p.text("verdict"), "Blocked")
	assert.True(p, strings.HasPrefix(p.text("announce"), "Blocked. "), "a screen reader is told")
	p.tabTo("call-origin") // Tab leaves the editor
	p.skipTo("#result")
	p.tabTo("fix")
	assert.Equal(p, "Fix: add PUT to allowMethods", p.focused())
	p.keys(engine.Enter)
	p.waitFor(`document.getElementById("verdict").dataset.verdict === "allowed"`)
	assert.Equal(p, "verdict", eval[string](p, `document.activeElement.id`), "the button is gone, and the focus is at what it has changed")
	assert.Contains(p, p.value("lab-policy"), `"allowMethods": ["PUT"]`)
	p.focus("#undo")
	p.keys(" ")
	p.waitFor(`document.getElementById("verdict").dataset.verdict === "blocked"`)
	assert.Equal(p, noPut, p.value("lab-policy"))

	// The lab shows all problems at their lines, and removes them when the text changes.
	p.focus("#lab-policy")
	p.typeOver(mistakes)
	p.answered()
	assert.Equal(p, "none", p.verdict())
	assert.Equal(p, []string{"error", "error"}, eval[[]string](p, `[...document.querySelectorAll("#gutter div")].slice(1).map((d) => d.className)`))
	problems := p.text("lab-problems")
	for _, part := range []string{"2 errors", "Line 2", "Line 3"} {
		assert.Contains(p, problems, part)
	}
	assert.Equal(p, "true", eval[string](p, `document.getElementById("lab-policy").getAttribute("aria-invalid")`))
	p.keys("x")
	assert.Equal(p, "hidden", eval[string](p, `getComputedStyle(document.getElementById("lab-problems")).visibility`))
	assert.Empty(p, eval[string](p, `[...document.querySelectorAll("#gutter div")].map((d) => d.className).join("")`))
	p.focus("#undo")
	p.focus("#lab-policy")
	p.put(mistakes)
	p.answered()
	p.focus("#result")
	p.tabTo("fix")
	p.keys(engine.Enter)
	p.answered()
	assert.Contains(p, p.value("lab-policy"), `"https://app.example.com"`)
	assert.Contains(p, p.value("lab-policy"), `"PUT", "DELETE"`, "one click has fixed both")
	p.focus("#lab-policy")
	p.put(strings.ReplaceAll(mistakes, "example.com/", "example.com"))
	p.answered()
	p.focus("#result")
	p.tabTo("to-problem")
	p.keys(engine.Enter)
	assert.Equal(p, "lab-policy", eval[string](p, `document.activeElement.id`))
	assert.Equal(p, 3, eval[int](p, `document.activeElement.value.slice(0, document.activeElement.selectionStart).split("\n").length`), "the cursor's line")

	// Go to the other view, and back.
	p.focus("#nav-proof")
	p.keys(engine.Enter)
	p.waitFor(`document.activeElement.id === "proof-title"`)
	p.waitForTable()
	p.focus("#nav-lab")
	p.keys(engine.Enter)
	p.waitFor(`document.activeElement.id === "lab-title"`)
	assert.Contains(p, p.value("lab-policy"), "PUT DELETE", "what was written is still there")
}

func labByMouse(p *page) {
	p.openLab("")
	p.click("#call-method")
	p.typeOver("DELETE")
	p.answered()
	p.click(`[data-preset="extension"]`)
	p.answered()
	p.click("#call-origin")
	p.typeOver("https://app.example.com")
	p.answered()
	assert.Equal(p, "blocked", p.verdict())
	assert.Equal(p, "Started from “Browser extension”, then edited.", p.text("lab-explain"))
	p.click("#result .causes .fix")
	p.waitFor(`document.getElementById("verdict").dataset.verdict === "allowed"`)
	assert.Contains(p, p.text("lab-diff"), "Compared with “Browser extension”")
	assert.Contains(p, p.text("lab-diff"), "https://app.example.com")

	// A dangerous fix says what the danger is. One click fixes everything that the call
	// needs.
	p.click("#call-origin")
	p.typeOver("null")
	p.click("#call-method")
	p.typeOver("PUT")
	p.answered()
	assert.Contains(p, p.text("result"), "Danger: Every page can get the origin null")
	p.click("#result .dangerous .fix")
	p.waitFor(`document.getElementById("verdict").dataset.verdict === "allowed"`)
	assert.Contains(p, p.value("lab-policy"), `"nullOrigin": true`)
	eval[any](p, `window.scrollTo({ top: document.body.scrollHeight, behavior: "instant" })`)
	p.waitFor(`(() => { const b = document.getElementById("verdict").getBoundingClientRect(); return b.top >= 0 && b.top < 16; })()`)
	eval[any](p, `window.scrollTo({ top: 0, behavior: "instant" })`)

	// If the browsers differ, the verdict is neither "allowed" nor "blocked".
	p.click("#call-origin")
	p.typeOver("https://app.example.com")
	p.click("#call-url")
	p.typeOver("http://localhost:8080/")
	p.answered()
	assert.Contains(p, p.text("verdict"), "Browsers differ")
	assert.Contains(p, p.text("announce"), "But WebKit blocks it.")

	// A call that no page can send shows the problem at the field.
	p.click("#call-url")
	p.typeOver("api.example.com")
	p.answered()
	assert.Equal(p, "none", p.verdict())
	assert.NotEmpty(p, p.text("call-url-problem"))
	assert.Equal(p, "true", eval[string](p, `document.getElementById("call-url").getAttribute("aria-invalid")`))
	p.click("#to-problem")
	assert.Equal(p, "call-url", eval[string](p, `document.activeElement.id`))
	p.typeOver("https://api.example.com/100%")
	p.answered()
	p.click("#result .fix")
	p.answered()
	assert.Equal(p, "https://api.example.com/100%25", p.value("call-url"))
	p.click("#call-url")
	p.typeOver("https://api.example.com/")
	p.answered()
	assert.Equal(p, "allowed", p.verdict())
	assert.Empty(p, p.text("call-url-problem"))

	// The other format holds the same policy.
	p.click("[name=format][value=yaml]")
	p.waitFor(`document.getElementById("lab-policy").value.includes("allowOrigins:\n")`)
	p.answered()
	assert.Equal(p, "allowed", p.verdict())
	for name, part := range map[string]string{"go": "cors.Config{", "json": `"allowOrigins"`, "yaml": "allowOrigins:", "curl": "curl "} {
		p.click(`[data-copy="` + name + `"]`)
		p.waitFor(`document.getElementById("copy-state").innerText !== ""`)
		assert.Contains(p, p.text("copied"), part)
	}
	p.click("#framework")
	p.keys(engine.Escape)
	eval[any](p, `(() => { const s = document.getElementById("framework"); s.value = "gin"; s.dispatchEvent(new Event("change")); })()`)
	assert.Contains(p, eval[string](p, `document.querySelector(".next .field").innerText`), "corsgin.New(policy)")
}

func labTakesPasted(p *page) {
	p.openLab("")
	p.click("#paste-open")
	assert.Equal(p, "paste-text", eval[string](p, `document.activeElement.id`))
	p.put(`fetch("https://api.example.com/orders", {"headers": {"x-shop": "7"}, "method": "PATCH", "credentials": "include"});`)
	p.waitFor(`document.getElementById("paste").dataset.state === "read"`)
	p.answered()
	assert.Equal(p, "PATCH", p.value("call-method"))
	assert.Equal(p, "https://api.example.com/orders", p.value("call-url"))
	assert.Equal(p, "x-shop: 7", p.value("call-headers"))
	assert.Equal(p, "https://app.example.com", p.value("call-origin"), "the text does not say it, so it stays")
	assert.Equal(p, "blocked", p.verdict())

	p.put(`Access to fetch at 'https://api.example.net/v1' from origin 'https://shop.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.`)
	p.waitFor(`document.getElementById("paste").dataset.state === "read"`)
	p.answered()
	assert.Equal(p, "https://shop.example.com", p.value("call-origin"))
	assert.Equal(p, "https://api.example.net/v1", p.value("call-url"))
	assert.Contains(p, p.text("paste-answer"), "Chromium says")

	p.put("good morning")
	p.waitFor(`document.getElementById("paste").dataset.state === "problem"`)
	assert.Contains(p, p.text("paste-answer"), "Not understood.")
	p.keys(engine.Escape)
	assert.Equal(p, "paste-open", eval[string](p, `document.activeElement.id`))
	assert.True(p, eval[bool](p, `document.getElementById("paste").hidden`))
}

func linkCarriesLab(p *page) {
	p.openLab("")
	p.focus("#call-headers")
	p.put("Authorization: Bearer very-private\nX-Shop: 7")
	p.focus("#call-url")
	p.put("https://joe:very-private@api.example.com/?access_token=very-private&page=2")
	p.focus("#lab-policy")
	p.put(noPut)
	p.answered()
	hash := eval[string](p, `location.hash`)
	assert.NotContains(p, hash, "very-private")
	note := p.text("link-note")
	for _, part := range []string{"Authorization", "access_token", "the user in the URL"} {
		assert.Contains(p, note, part)
	}
	// Go to the other view and back by links. The form keeps what the links leave out.
	for _, view := range []string{"proof", "lab"} {
		p.click("#nav-" + view)
		p.waitFor(`document.activeElement.id === "` + view + `-title"`)
	}
	assert.Equal(p, "Authorization: Bearer very-private\nX-Shop: 7", p.value("call-headers"))
	p.waitForTable()

	p.openLab(hash)
	assert.Equal(p, noPut, p.value("lab-policy"))
	assert.Equal(p, "Authorization: not-in-the-link\nX-Shop: 7", p.value("call-headers"))
	assert.Equal(p, "https://api.example.com/?access_token=not-in-the-link&page=2", p.value("call-url"))

	// An unchanged preset has a short link, in both views.
	p.openLab("#lab?preset=tenant")
	assert.Equal(p, "https://acme.example.com", p.value("call-origin"))
	assert.Equal(p, "#lab?preset=tenant", eval[string](p, `location.hash`))
	assert.Equal(p, "#proof?preset=tenant", eval[string](p, `document.getElementById("nav-proof").hash`))

	// The page shows markup in a link as text.
	p.openLab("#lab?policy=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&origin=%3Cb%3E&preset=%3Ci%3E")
	assert.Equal(p, "none", p.verdict())
	assert.Zero(p, eval[int](p, `document.querySelectorAll("main img, #result b").length`))
}

func labFitsAPhone(p *page) {
	p.openLab("")
	p.resize(360, 740)
	fits := func(when string) {
		p.Helper()
		assert.Equal(p, 360, eval[int](p, `window.innerWidth`), when)
		assert.LessOrEqual(p, eval[int](p, `document.documentElement.scrollWidth`), 360, when)
	}
	fits("at first")
	// The verdict is on the first screen, and one tap leads to the reasons.
	box := `document.getElementById("jump").getBoundingClientRect()`
	assert.True(p, eval[bool](p, box+`.height > 0 && `+box+`.bottom <= innerHeight`))
	assert.Contains(p, p.text("jump"), "Allowed")
	p.click("#jump")
	p.waitFor(`(() => { const b = document.getElementById("verdict").getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; })()`)
	p.waitFor(`document.getElementById("jump").getBoundingClientRect().height === 0`)
	p.screenshot("lab-phone-result")

	// The last line of the editor is visible.
	long := "allowOrigins:\n" + strings.Repeat("- https://a-name-that-is-longer-than-a-phone-is-wide.example.com\n", 12) + "maxAge: 10m"
	p.focus("[name=format][value=yaml]")
	p.keys(" ")
	p.answered()
	p.focus("#lab-policy")
	p.put(long)
	p.answered()
	fits("with a long policy")
	assert.True(p, eval[bool](p, `(() => { const t = document.getElementById("lab-policy"); return t.scrollHeight <= t.clientHeight; })()`))
	p.focus("#call-origin")
	p.put("http://" + strings.Repeat("a.", 90) + "example")
	p.answered()
	fits("with a long origin")
	p.screenshotWhole("lab-phone-blocked", 360)
}

// The reader's own browser confirms the lab's verdict, allowed or blocked.
func labIsProved(p *page) {
	for hash, want := range map[string]string{
		"preset=spa":       "Your browser let all 5 responses through. The lab says the same.",
		"preset=extension": "Your browser let all 5 responses through. The lab says the same.",
		"preset=spa&origin=https://app.example.com&method=PUT&url=https://api.example.com/&credentials=include&header=X-Debug:+1": "Your browser blocked all 5 responses. The lab says the same.",
		"preset=spa&origin=https://api.example.com&method=PUT&url=https://api.example.com/":                                       "The page calls its own origin. A browser allows that without CORS, so there is nothing to prove.",
		"preset=spa&policy=x": "There is nothing to send yet, because the policy has an error: document: this is not JSON: invalid character 'x' looking for beginning of value.",
		"preset=spa&origin=https://app.example.com&url=https://api.example.com/%25zz": "There is nothing to send yet, because the call has an error. A % in a path has two hexadecimal digits after it; net/http answers 400 to this one, before any middleware, so no page can read that; write %25 for a % sign.",
	} {
		require.NoError(p, p.driver.Go(p.ctx, fmt.Sprintf("%s/?%d#proof?%s", p.at.Page.Origin, time.Now().UnixNano(), hash)))
		p.waitFor(`document.getElementById("proof")?.dataset.state === "done"`)
		assert.Equal(p, want, p.text("proof-summary"), hash)
	}
	// Each framework has received the call that the lab shows.
	require.NoError(p, p.driver.Go(p.ctx, p.at.Page.Origin+"/?again#proof?preset=spa"))
	p.waitFor(`document.getElementById("proof")?.dataset.state === "done"`)
	for _, framework := range frameworks {
		p.click(fmt.Sprintf(`#proof-results [data-framework=%q]`, framework))
		p.waitFor(`document.getElementById("details").open`)
		details := p.text("details-body")
		assert.Contains(p, details, "Origin: https://app.example.com", framework)
		assert.Contains(p, details, "Host: api.example.com", framework)
		assert.Contains(p, details, "Preflight: OPTIONS /items/1 204", framework)
		assert.Contains(p, details, "Request: PUT /items/1 200", framework)
		p.keys(engine.Escape)
		p.waitFor(`!document.getElementById("details").open`)
	}
	p.screenshotWhole("proof", 1280)
}

// typeOver replaces the text of the focused field, key by key.
func (p *page) typeOver(text string) {
	p.Helper()
	p.keys(engine.Control + "a")
	p.keys(strings.ReplaceAll(text, "\n", engine.Enter))
	p.waitFor(fmt.Sprintf(`document.activeElement.value === %q`, text))
}

// put replaces the text of the focused field at once, like a paste. The page works after
// every key, so this is much faster than typeOver for long texts.
func (p *page) put(text string) {
	p.Helper()
	p.waitFor(`document.activeElement.matches("input, textarea")`)
	eval[any](p, fmt.Sprintf(`(document.activeElement.select(), document.execCommand("insertText", false, %q))`, text))
	p.waitFor(fmt.Sprintf(`document.activeElement.value === %q`, text))
}

// skipTo follows the link at the top of the page.
func (p *page) skipTo(selector string) {
	p.Helper()
	p.focus(".skip")
	p.keys(engine.Enter)
	p.waitFor(fmt.Sprintf(`document.activeElement.matches(%q)`, selector))
}

// focused returns the text of the focused element.
func (p *page) focused() string {
	p.Helper()
	return eval[string](p, `document.activeElement.innerText`)
}

func (p *page) value(id string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf(`document.getElementById(%q).value`, id))
}
