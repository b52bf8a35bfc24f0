//go:build unix

package playground_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/playground"
)

// page drives the playground's page in a browser.
type page struct {
	*testing.T
	ctx    context.Context
	at     *playground.Playground
	errors *corsErrors
	round  int
	// apart is set where the frame is of another site than the page: then it has a
	// process of its own, and reports to nobody here.
	apart bool
}

// open starts a playground and a browser, and opens the page.
func open(t *testing.T) (*page, *consoleOf) {
	t.Helper()
	ctx := startChromium(t)
	p := &page{T: t, ctx: ctx, at: start(t), errors: listenForCORSErrors(ctx, t)}
	console := listenToConsole(ctx)
	p.do(chromedp.Navigate(p.at.Page.Origin + "/"))
	p.waitForTable()
	return p, console
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	require.NoError(p, chromedp.Do(p.ctx, steps...))
}

// waitFor waits until an expression is true. An error may mean that the page is
// giving way to another.
func (p *page) waitFor(expression string) {
	p.Helper()
	var met bool
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if met, err = chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)); met {
			return
		}
	}
	p.Fatalf("in a minute, not true: %s (%v)", expression, err)
}

// waitForTable waits until the next round of requests is complete.
func (p *page) waitForTable() {
	p.Helper()
	p.round++
	p.waitFor(fmt.Sprintf(`(() => { const t = document.getElementById("results-table");
		return t?.dataset.round === "%d" && t.dataset.state === "done"; })()`, p.round))
}

func eval[T any](p *page, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	require.NoError(p, err, expression)
	return v
}

func (p *page) text(id string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf(`document.getElementById(%q).innerText`, id))
}

// cell is a cell as the page shows it, and its row's last cell.
type cell struct {
	Scenario, Framework, Verdict, Shown, Small string
	URL                                        string
	Causes, Fixes, Errors                      []string
}

func (p *page) cells() []cell {
	p.Helper()
	return eval[[]cell](p, `[...document.querySelectorAll("td.verdict")].map((td) => {
		const texts = (of) => [...td.parentElement.querySelectorAll(".why " + of)].map((e) => e.innerText);
		const button = td.firstElementChild;
		return {
			Scenario: td.dataset.scenario, Framework: td.dataset.framework, Verdict: td.dataset.verdict,
			URL: td.dataset.url,
			Shown: [...button.querySelector(".word").childNodes].at(-1).textContent,
			Small: button.querySelector(".small")?.innerText ?? "",
			Causes: texts(".cause"), Fixes: texts(".fix"), Errors: texts(".error"),
		};
	})`)
}

// expect holds the whole table against what is written down, and each refusal's
// name against what the browser itself called it.
func (p *page) expect(want []outcome) {
	p.Helper()
	cells := p.cells()
	require.Len(p, cells, len(want)*len(frameworks))
	for i, c := range cells {
		w, framework := want[i/len(frameworks)], frameworks[i%len(frameworks)]
		at := w.scenario + " at " + framework
		assert.Equal(p, w.scenario, c.Scenario, at)
		assert.Equal(p, framework, c.Framework, at)
		assert.Equal(p, w.shown, c.Shown, at)
		assert.Equal(p, w.small, c.Small, at)
		if w.err == "" {
			assert.Equal(p, "allowed", c.Verdict, at)
			assert.Empty(p, c.Causes, at)
			assert.Empty(p, p.errors.of(c.URL), at)
			continue
		}
		assert.Equal(p, "blocked", c.Verdict, at)
		// One explanation: the frameworks agree on that, too.
		assert.Equal(p, []string{w.err}, c.Errors, at)
		if assert.Len(p, c.Causes, 1, at) && assert.Len(p, c.Fixes, 1, at) {
			assert.Greater(p, len(c.Causes[0]), 20, at)
			assert.Greater(p, len(c.Fixes[0]), len("Fix: "), at)
		}
		if !p.apart || !strings.HasPrefix(w.scenario, "origin") {
			assert.Equal(p, []string{w.err}, p.errors.of(c.URL), "%s: what the browser calls it", at)
		}
	}
}

// details opens a cell's details, and returns what they say.
func (p *page) details(scenario, framework string) string {
	p.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`document.querySelector('td[data-scenario=%q][data-framework=%q] button').click()`, scenario, framework)))
	text := p.text("details-body")
	screenshot(p.ctx, p.T, "details-"+scenario, false)
	p.do(chromedp.KeyEvent(kb.Escape))
	return text
}

// tabTo presses Tab until an element has the focus, named by ID or class.
func (p *page) tabTo(name string) {
	p.Helper()
	for range 40 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if eval[bool](p, fmt.Sprintf(`document.activeElement.matches("#%[1]s, .%[1]s")`, name)) {
			return
		}
	}
	p.Fatalf("no Tab leads to %s", name)
}

// replace selects what the focused editor holds, and types.
func (p *page) replace(text string) {
	p.Helper()
	p.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl)), chromedp.KeyEvent(text))
	require.Equal(p, text, eval[string](p, `document.activeElement.value`))
}

// apply presses Ctrl+Enter.
func (p *page) apply() {
	p.Helper()
	p.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierCtrl)))
}

func (p *page) dark() {
	p.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	require.NoError(p, err)
}
