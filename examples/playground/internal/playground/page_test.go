//go:build unix

package playground_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/examples/playground/internal/playground"
)

// browser is a running engine.
type browser struct {
	engine *engine.Engine
	driver *engine.Driver
}

// inEngines runs a test in each engine. Without an engine the test is skipped. In CI it
// fails, because a skip would hide that nothing is tested.
func inEngines(t *testing.T, look engine.Look, test func(*testing.T, *browser)) {
	t.Helper()
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each page has its own playground
			e := engine.ForTest(t, name)
			d, err := e.Drive(t.Context(), look)
			engine.Require(t, name, err)
			t.Cleanup(func() {
				assert.NoError(t, d.Close())
				assert.NoDirExists(t, d.Dir)
			})
			t.Logf("%s %s", e.Name, e.Version)
			b := &browser{engine: e, driver: d}
			test(t, b)
			expectedOnly(t, b)
		})
	}
}

// page drives the playground's page in a browser.
type page struct {
	*testing.T
	*browser
	ctx   context.Context
	at    *playground.Playground
	round int
}

// open starts a playground, and opens the proof.
func open(t *testing.T, b *browser) *page {
	t.Helper()
	p := newPage(t, b)
	p.resize(1280, 900)
	require.NoError(t, b.driver.Go(p.ctx, p.at.Page.Origin+"/#proof"))
	p.waitForTable()
	return p
}

// newPage starts a playground for a browser.
func newPage(t *testing.T, b *browser) *page {
	t.Helper()
	// The longest test takes a minute on two idle cores. Each wait has a limit of its own.
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	t.Cleanup(cancel)
	p := &page{T: t, browser: b, ctx: ctx, at: start(t)}
	t.Cleanup(func() { // before the playground ends, because requests to a stopped one would cause errors in the console
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		assert.NoError(t, b.driver.Go(ctx, "about:blank"))
	})
	return p
}

func (p *page) resize(width, height int) {
	p.Helper()
	require.NoError(p, p.driver.Resize(p.ctx, width, height))
}

func (p *page) click(selector string) {
	p.Helper()
	require.NoError(p, p.driver.Click(p.ctx, selector))
}

func (p *page) keys(keys string) {
	p.Helper()
	require.NoError(p, p.driver.Keys(p.ctx, keys))
}

func (p *page) focus(selector string) {
	p.Helper()
	eval[any](p, fmt.Sprintf(`document.querySelector(%q).focus()`, selector))
}

// waitFor waits until an expression is true. It ignores errors, because another page may be
// loading.
func (p *page) waitFor(expression string) {
	p.Helper()
	var met bool
	var err error
	pause := 5 * time.Millisecond // grows, because each evaluation costs the engine time
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); pause = min(2*pause, 100*time.Millisecond) {
		if err = p.driver.Eval(p.ctx, expression, &met); err == nil && met {
			return
		}
		time.Sleep(pause)
	}
	p.Fatalf("in two minutes, not true: %s (%v)", expression, err)
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
	var v T
	require.NoError(p, p.driver.Eval(p.ctx, expression, &v))
	return v
}

func (p *page) text(id string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf(`document.getElementById(%q).innerText`, id))
}

// cell is a cell that the page shows, with the last cell of its row.
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

// expect compares the whole table with want, and the name of each error with Chromium's.
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
			p.expectCode("", c.URL, at)
			continue
		}
		assert.Equal(p, "blocked", c.Verdict, at)
		// There is one explanation, so the frameworks agree on that too.
		assert.Equal(p, []string{w.err}, c.Errors, at)
		if assert.Len(p, c.Causes, 1, at) && assert.Len(p, c.Fixes, 1, at) {
			assert.Greater(p, len(c.Causes[0]), 20, at)
			assert.Greater(p, len(c.Fixes[0]), len("Fix: "), at)
		}
		p.expectCode(w.err, c.URL, at)
	}
}

// expectCode compares the name of an error with Chromium's.
func (p *page) expectCode(want, url, at string) {
	p.Helper()
	if p.engine.Name != "chromium" {
		return // conformance/browsers checks the texts of the other engines
	}
	var codes []string
	for _, m := range p.driver.Messages() {
		if m.URL == url && m.Code != "" {
			codes = append(codes, m.Code)
		}
	}
	assert.Equal(p, want, strings.Join(codes, ", "), "%s: what the browser calls it", at)
}

// expectMistakes waits until the policy with three mistakes is rejected.
func (p *page) expectMistakes() {
	p.Helper()
	p.waitFor(`document.getElementById("policy-state").dataset.state === "refused"`)
	assert.Equal(p, "Refused. The policy before it is still in force.", p.text("policy-state"))
	mistakes := p.text("policy-errors")
	for _, part := range []string{
		"3 mistakes", "allowOrigins[0]", "https://a.example/", "allowOrigins[1]", "b.example", "allowMethods[0]", "PUT DELETE",
	} {
		assert.Contains(p, mistakes, part)
	}
	assert.Equal(p, "true", eval[string](p, `document.getElementById("policy").getAttribute("aria-invalid")`))
}

// details opens a cell's details, and returns their text.
func (p *page) details(scenario, framework string) string {
	p.Helper()
	p.click(fmt.Sprintf(`td[data-scenario=%q][data-framework=%q] button`, scenario, framework))
	p.waitFor(`document.getElementById("details").open`)
	text := p.text("details-body")
	p.keys(engine.Escape)
	p.waitFor(`!document.getElementById("details").open`)
	return text
}

// tabTo presses Tab until the element with an ID or class has the focus.
func (p *page) tabTo(name string) {
	p.Helper()
	for range 40 {
		p.keys(engine.Tab)
		if eval[bool](p, fmt.Sprintf(`document.activeElement.matches("#%[1]s, .%[1]s")`, name)) {
			return
		}
	}
	p.Fatalf("no Tab leads to %s", name)
}

// replace selects the text of the focused editor, and types over it.
func (p *page) replace(text string) {
	p.Helper()
	p.waitFor(`document.activeElement.id === "policy"`)
	p.keys(engine.Control + "a")
	p.keys(text)
	p.waitFor(fmt.Sprintf(`document.activeElement.value === %q`, text))
}

// screenshot writes a picture of the tab to the directory in CROSSGATE_SCREENSHOTS, if it
// is set.
func (p *page) screenshot(name string) {
	p.Helper()
	dir := os.Getenv("CROSSGATE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := p.driver.Screenshot(p.ctx)
	require.NoError(p, err)
	require.NoError(p, os.MkdirAll(dir, 0o755))
	require.NoError(p, os.WriteFile(filepath.Join(dir, p.engine.Name+"-"+name+".png"), png, 0o644))
}

// screenshotWhole writes a picture of the whole page in a viewport of that width.
func (p *page) screenshotWhole(name string, width int) {
	p.Helper()
	if os.Getenv("CROSSGATE_SCREENSHOTS") == "" {
		return
	}
	inner := eval[[2]int](p, `[innerWidth, innerHeight]`)
	p.resize(width, eval[int](p, `document.documentElement.scrollHeight`))
	p.screenshot(name)
	p.resize(inner[0], inner[1])
}
