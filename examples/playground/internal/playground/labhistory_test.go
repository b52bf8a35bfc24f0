//go:build unix

package playground_test

import (
	"fmt"

	"github.com/stretchr/testify/assert"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// A preset, a pasted call, a fix or another format never loses typed text. Undo and Redo
// restore the policy and the call together.
func labLosesNothing(p *page) {
	p.openLab("")
	preset := p.value("lab-policy")
	policy, url := func() string { return p.value("lab-policy") }, func() string { return p.value("call-url") }
	press := func(id string) {
		p.Helper()
		p.click("#" + id)
		p.answered()
	}
	assert.True(p, eval[bool](p, `document.getElementById("undo").disabled && document.getElementById("redo").disabled`))

	p.focus("#lab-policy")
	p.put(noPut)
	p.focus("#call-url")
	p.typeOver("https://mine.example.net/")
	p.answered()
	p.click(`[data-preset="public"]`)
	p.answered()
	assert.NotEqual(p, noPut, policy())
	press("undo")
	assert.Equal(p, noPut, policy())
	assert.Equal(p, "https://mine.example.net/", url(), "the call comes back with its policy")
	assert.Contains(p, p.text("lab-explain"), "SPA with cookies")
	press("undo")
	assert.Equal(p, preset, policy(), "all that was typed is one step")
	assert.Equal(p, "https://api.example.com/items/1", url())
	assert.Equal(p, "redo", eval[string](p, `document.activeElement.id`), "Undo has nothing left, and the focus goes on")
	p.keys(engine.Enter)
	p.answered()
	assert.Equal(p, noPut, policy())
	press("redo")
	assert.Contains(p, policy(), `"*"`)
	assert.True(p, eval[bool](p, `document.getElementById("redo").disabled`))

	// Text that is typed after an undo is a new step.
	press("undo")
	p.focus("#lab-policy")
	p.put("{}")
	p.answered()
	assert.True(p, eval[bool](p, `document.getElementById("redo").disabled`))
	press("undo")
	assert.Equal(p, noPut, policy())

	// Change the format before the text is read; Undo restores the comments.
	p.click("[name=format][value=yaml]")
	p.answered()
	commented := "allowOrigins: [https://app.example.com] # ours"
	p.focus("#lab-policy")
	p.put(commented)
	p.click("[name=format][value=json]")
	p.waitFor(`document.getElementById("lab-policy").value.startsWith("{")`)
	p.answered()
	press("undo")
	assert.Equal(p, commented, policy())
	assert.Equal(p, "yaml", eval[string](p, `document.querySelector("[name=format]:checked").value`), "the format comes back with its text")
	assert.Contains(p, []string{"allowed", "blocked"}, p.verdict())

	// A policy with an error is not converted. One click reads it in its own format.
	p.focus("#lab-policy")
	p.put("allowOrigin: [https://app.example.com/]")
	p.answered()
	p.click("[name=format][value=json]")
	p.waitFor(`document.getElementById("lab-problems").innerText.includes("Fix: read it as YAML")`)
	p.answered()
	p.click("#result .fix")
	p.answered()
	assert.Equal(p, "yaml", eval[string](p, `document.querySelector("[name=format]:checked").value`))
	p.click("#fix-all")
	p.answered()
	assert.Equal(p, "allowOrigins: [https://app.example.com]", policy())

	// Fix a call without headers: the fixed call has none either.
	eval[any](p, `(() => { const h = document.getElementById("call-headers"); h.value = ""; h.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	p.focus("#lab-policy")
	p.put("{allowOrigins: [https://app.example.com], allowMethods: [PATCH]}")
	p.focus("#call-method")
	p.typeOver("patch")
	eval[any](p, `(() => { const c = document.getElementById("call-credentials"); c.value = "omit"; c.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	p.answered()
	assert.Equal(p, "blocked", p.verdict())
	p.click("#result .fix")
	p.waitFor(`document.getElementById("verdict").dataset.verdict === "allowed"`)
	assert.Equal(p, "PATCH", p.value("call-method"))
	press("undo")
	assert.Equal(p, "patch", p.value("call-method"))

	// The same with a pasted call.
	p.click("#paste-open")
	p.put(`fetch("https://api.example.com/orders", {"method": "DELETE"});`)
	p.waitFor(`document.getElementById("paste").dataset.state === "read"`)
	p.answered()
	assert.Equal(p, "DELETE", p.value("call-method"))
	p.keys(engine.Escape)
	press("undo")
	assert.Equal(p, "patch", p.value("call-method"))
}

// A preset that replaces an edited policy of the table can be undone.
func tableLosesNothing(p *page) {
	p.click("#policy")
	p.put(`{"allowOrigins": ["https://mine.example.com"]}`)
	assert.True(p, eval[bool](p, `document.getElementById("restore").hidden`))
	p.click("#presets button:nth-child(2)")
	p.waitForTable()
	p.click("#restore")
	assert.Equal(p, `{"allowOrigins": ["https://mine.example.com"]}`, p.value("policy"))
	assert.True(p, eval[bool](p, `document.getElementById("restore").hidden`))
	p.click("#discard")
	p.click("#restore")
	assert.Equal(p, `{"allowOrigins": ["https://mine.example.com"]}`, p.value("policy"))
}

// The page warns about a link that is so long that other programs may cut it.
func longLinkSaysSo(p *page) {
	p.openLab("")
	assert.NotContains(p, p.text("link-note"), "characters")
	eval[any](p, `(() => { const t = document.getElementById("lab-policy");
		t.value = JSON.stringify({ allowOrigins: Array.from({ length: 300 }, (_, i) => "https://a-long-name-" + i + ".example.com") });
		t.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	p.answered()
	assert.Contains(p, p.text("link-note"), "characters")
}

// An unknown address opens the lab.
func labOpensAtAnyAddress(p *page) {
	for _, hash := range []string{"#__proto__", "#constructor?policy=x", "#toString", "#nosuch", "#lab?%E0%A4%A", "#lab?preset=__proto__"} {
		p.openLab(hash)
		assert.False(p, eval[bool](p, `document.getElementById("view-lab").hidden`), hash)
	}
}

// If the playground has stopped, both views say so, and the lab offers to try again.
func labSaysThatItHasEnded(p *page) {
	p.openLab("")
	eval[any](p, `void (window.kept = fetch, window.fetch = () => Promise.reject(new TypeError("gone")))`)
	p.focus("#lab-policy")
	p.put(noPut)
	p.waitFor(`document.getElementById("result").dataset.state === "failed"`)
	assert.Contains(p, p.text("verdict"), "Is it still running?")
	p.click("#nav-proof")
	p.waitFor(`document.getElementById("proof").dataset.state === "done"`)
	assert.Contains(p, p.text("proof-summary"), "Is it still running?")
	eval[any](p, `void (window.fetch = kept)`)
	p.click("#nav-lab")
	p.click("#try-again")
	p.waitFor(`document.getElementById("result").dataset.state === "done"`)
	assert.Equal(p, noPut, p.value("lab-policy"), "the links between the views carry what was typed, with or without an answer to it")
	assert.Equal(p, "blocked", p.verdict())
}

// If the browser sends nothing, or a framework answers by itself, the proof says so. It
// does not say that the lab is wrong.
func proofSaysWhatItCannotShow(p *page) {
	const nothing = "Your browser sends nothing for this call, so there is nothing to prove. The lab says why."
	const page = "preset=public&credentials=omit&origin=https://app.example.com&"
	p.openLab("#proof?preset=spa")
	p.waitFor(`document.getElementById("proof").dataset.state === "done"`)
	eval[any](p, `void (window.kept = fetch, window.fetch = (to, ...rest) => (String(to).includes("/proof/2/") ? Promise.reject(new TypeError("gone")) : kept(to, ...rest)))`)
	p.click("#proof-again")
	p.waitFor(`document.getElementById("proof").dataset.round === "2"`)
	assert.Contains(p, p.text("proof-summary"), "The call has not arrived at 1 of 5 frameworks.")

	for hash, want := range map[string]string{
		page + "method=GET&header=&url=http://api.example.com/":        nothing,
		page + "method=GET&header=&url=https://api.example.com:6000/":  nothing,
		page + "method=GET&header=&url=https://a:b@api.example.com/":   nothing,
		page + "method=GET&url=https://api.example.com/&header=X-A: €": nothing,
		page + "method=TRACE&header=&url=https://api.example.com/":     nothing,
		page + "method=FOO&header=&url=https://api.example.com/": "Your browser let 4 of 5 responses through. Fiber answers the method FOO by itself, before any middleware: " +
			"list it in fiber.Config.RequestMethods. Otherwise the lab says the same.",
	} {
		p.openLab(fmt.Sprintf("#proof?%s", hash))
		p.waitFor(`document.getElementById("proof").dataset.state === "done"`)
		assert.Equal(p, want, p.text("proof-summary"), hash)
	}
}
