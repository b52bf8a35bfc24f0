//go:build unix

package playground_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// axe returns the source of axe-core, the accessibility checker, in the version of
// testdata/axe. npm downloads it once into the user's cache. Without npm the test is
// skipped, except in CI.
func axe(t *testing.T) string {
	t.Helper()
	absent := func(err error) {
		t.Helper()
		if os.Getenv("CI") == "true" {
			t.Fatalf("axe-core is not here, and in CI it has to check the page; install npm: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING WAS CHECKED BY AXE-CORE; install npm: %v", err)
	}
	lock, err := os.ReadFile("testdata/axe/package-lock.json")
	require.NoError(t, err)
	sum := sha256.Sum256(lock)
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	kept := filepath.Join(cache, "crossgate-playground", hex.EncodeToString(sum[:8]), "axe.min.js")
	source, err := os.ReadFile(kept)
	if err == nil {
		return string(source)
	}
	require.ErrorIs(t, err, os.ErrNotExist)
	if _, err := exec.LookPath("npm"); err != nil {
		absent(err)
	}
	folder := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("testdata", "axe", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir, npm.WaitDelay = folder, time.Second
	if out, err := npm.CombinedOutput(); err != nil {
		absent(errors.Join(err, errors.New(string(out))))
	}
	source, err = os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err)
	// A file with the final name is always complete.
	require.NoError(t, os.MkdirAll(filepath.Dir(kept), 0o750))
	part, err := os.CreateTemp(filepath.Dir(kept), "part-")
	require.NoError(t, err)
	_, err = part.Write(source)
	require.NoError(t, errors.Join(err, part.Close()))
	require.NoError(t, os.Rename(part.Name(), kept))
	return string(source)
}

// violation is a finding of axe-core.
type violation struct {
	ID, Help string
	Nodes    []string
}

// axe-core finds nothing in any state of both views, in the light and the dark theme, on a
// desktop and on a phone.
func TestAccessible(t *testing.T) {
	source := axe(t)
	for name, look := range map[string]engine.Look{"light": {}, "dark": {Dark: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := engine.ForTest(t, "chromium")
			d, err := e.Drive(t.Context(), look)
			engine.Require(t, "chromium", err)
			t.Cleanup(func() { assert.NoError(t, d.Close()) })
			p := newPage(t, &browser{engine: e, driver: d})
			check := func(state string, width int) {
				t.Helper()
				eval[any](p, `void (window.found = null, axe.run().then((r) => {
					window.passes = r.passes.length;
					window.found = r.violations.map((v) => ({
						ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => n.target.join(" ") + ": " + n.failureSummary),
					}));
				}))`)
				p.waitFor(`window.found !== null`)
				assert.Empty(t, eval[[]violation](p, `window.found`), "%s, %d pixels", state, width)
				assert.Greater(t, eval[int](p, `window.passes`), 20, "%s, %d pixels: rules that it has tried", state, width)
				if !look.Dark { // TestDark takes the dark pictures
					p.screenshotWhole(state+map[bool]string{true: "-phone"}[width < 600], width)
				}
			}
			for _, width := range []int{1280, 360} {
				p.openLab("")
				p.resize(width, 800)
				eval[any](p, "void (() => {"+source+"\n})()")
				check("allowed", width)
				p.focus("#lab-policy")
				p.put(noPut)
				p.answered()
				require.Equal(t, "blocked", p.verdict())
				eval[any](p, `document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
				p.click(`[data-copy="go"]`)
				check("blocked", width)
				p.click("#paste-open")
				p.put("good morning")
				p.waitFor(`document.getElementById("paste").dataset.state === "problem"`)
				check("paste-problem", width)
				p.put(`Access to fetch at 'https://api.example.net/v1' from origin 'https://shop.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.`)
				p.waitFor(`document.getElementById("paste").dataset.state === "read"`)
				p.answered()
				check("paste-message", width)
				p.keys(engine.Escape)
				p.focus("#lab-policy")
				p.put(mistakes)
				p.answered()
				check("policy-problems", width)
				p.focus("#lab-policy")
				p.put(noPut)
				p.focus("#call-url")
				p.put("nowhere")
				p.focus("#call-headers")
				p.put("Cookie: a=b")
				p.answered()
				check("call-problems", width)

				eval[any](p, `void (location.hash = "#lab?preset=public&origin=https://app.example.com&method=GET&url=http://localhost:3000/&header=&credentials=omit")`)
				p.waitFor(`document.getElementById("result-body").innerText.includes("The browsers differ")`)
				p.focus("#lab-policy")
				p.put(`{"allowOrigins": ["*"]}`)
				p.answered()
				p.click("#copy-link")
				check("engines-differ", width)
				eval[any](p, `void (window.kept = fetch, window.fetch = () => Promise.reject(new TypeError("gone")))`)
				p.focus("#lab-policy")
				p.put(noPut)
				p.waitFor(`document.getElementById("result").dataset.state === "failed"`)
				check("no-answer", width)
				eval[any](p, `void (window.fetch = kept)`)
				p.focus("#call-url")
				p.put("nowhere")
				p.answered()

				p.click("#nav-proof")
				p.waitFor(`document.getElementById("results-table").dataset.state === "done"`)
				check("proof-nothing", width)
				eval[any](p, `void (location.hash = "#proof?preset=spa")`)
				p.waitFor(`document.querySelectorAll("#proof-results li").length === 5`)
				check("proof", width)
				eval[any](p, `void (location.hash = "#proof?preset=spa&policy={}")`)
				p.focus("#policy")
				p.put(`{"allowOrigins": ["https://app.example.com/"]}`)
				p.click("#apply")
				p.waitFor(`document.getElementById("policy-state").dataset.state === "refused"`)
				check("proof-refused", width)
				p.click("#discard")
				eval[any](p, `void (location.hash = "#proof?preset=spa&origin=https://other.example.com&method=PUT&url=https://api.example.com/&header=&credentials=omit")`)
				p.waitFor(`document.querySelectorAll("#proof-results [data-verdict=blocked]").length === 5`)
				p.click(`#proof-results [data-framework="gin"]`)
				p.waitFor(`document.getElementById("details").open`)
				check("proof-call-blocked", width)
				p.keys(engine.Escape)
				p.click(`td[data-scenario="origin"][data-framework="fiber"] button`)
				p.waitFor(`document.getElementById("details").open`)
				check("proof-details", width)
			}
		})
	}
}
