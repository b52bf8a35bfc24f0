//go:build unix

package playground_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/examples/playground/internal/lab"
	"github.com/crossgate/cors/examples/playground/internal/lab/labtest"
)

// runner is a page that sends calls. It has a frame for each origin, which sends the calls
// of pages of that origin, and reports whether its script could read the response.
const runner = `<!doctype html><title>Runner</title><script>
(async () => {
	const mine = await (await fetch("/calls")).json();
	for (const origin of mine.frames) {
		const frame = document.createElement("iframe");
		frame.src = origin + "/frame";
		document.body.append(frame);
	}
	const send = async ([id, url, init]) => {
		let allowed = true;
		try { await (await fetch(url, init)).text(); } catch { allowed = false; }
		await fetch("/result?" + new URLSearchParams({ id, allowed }), { method: "POST" });
	};
	await Promise.all(mine.calls.map(send));
})();
</script><body></body>`

// realCalls lets an engine send the calls of cases from pages of their origins, and returns
// whether each was allowed. It uses only the engine and a server with the policies. The
// server answers under any subdomain of localhost.
type realCalls struct {
	server *httptest.Server
	mu     sync.Mutex
	cases  []labtest.Case
	got    map[string]bool
}

func newRealCalls(t *testing.T) *realCalls {
	t.Helper()
	r := &realCalls{got: make(map[string]bool)}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *realCalls) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch q.URL.Path {
	case "/runner", "/frame":
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, runner)
	case "/result":
		r.got[q.FormValue("id")] = q.FormValue("allowed") == "true"
	case "/calls":
		frames, calls := []string{}, [][]any{}
		known := make(map[string]bool)
		for i, c := range r.cases {
			top := strings.HasPrefix(q.Host, "127.0.0.1")
			if top && !known[c.Call.Origin] {
				frames, known[c.Call.Origin] = append(frames, c.Call.Origin), true
			}
			if c.Call.Origin == "http://"+q.Host {
				calls = append(calls, []any{i, c.Call.URL, map[string]any{
					"method": c.Call.Method, "headers": c.Call.Headers, "credentials": c.Call.Credentials,
				}})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"frames": frames, "calls": calls})
	default:
		http.NotFound(w, q)
	}
}

// port returns the port of the pages of all origins.
func (r *realCalls) port(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(r.server.Listener.Addr().String())
	require.NoError(t, err)
	return port
}

// run sends the calls of cases in the engine.
func (r *realCalls) run(p *page, cases []labtest.Case) []bool {
	p.Helper()
	r.mu.Lock()
	r.cases, r.got = cases, make(map[string]bool)
	r.mu.Unlock()
	require.NoError(p, p.driver.Go(p.ctx, r.server.URL+"/runner"))
	allowed := make([]bool, len(cases))
	require.Eventually(p, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for i := range allowed {
			allowed[i] = r.got[fmt.Sprint(i)]
		}
		return len(r.got) == len(cases)
	}, 3*time.Minute, 20*time.Millisecond, "the engine has not sent all calls")
	return allowed
}

// scheme finds the origins in a policy or a call.
var scheme = regexp.MustCompile(`([a-z][a-z-]+)://([A-Za-z0-9.*-]+)`)

// hereabouts replaces the host of each origin in a text by a subdomain of localhost, which
// every engine can open.
func hereabouts(text, port string) string {
	return scheme.ReplaceAllString(text, "http://$2.$1.localhost:"+port)
}

// The lab's verdicts match the engine: for every preset, with local host names, and for 50
// random policies and calls.
func verdictsAreReal(p *page) {
	pages := newRealCalls(p.T)
	port := pages.port(p.T)
	api := labtest.NewServer()
	target, err := api.Start()
	require.NoError(p, err)
	p.Cleanup(api.Close)
	more := labtest.NewServer()
	random, err := more.Start()
	require.NoError(p, err)
	p.Cleanup(more.Close)

	var presets []labtest.Case
	for i, preset := range lab.Presets() {
		c := labtest.Case{Format: preset.Format, Policy: hereabouts(preset.Policy, port), Call: preset.Call}
		c.Call.Origin = hereabouts(preset.Call.Origin, port)
		c.Call.URL = fmt.Sprintf("%s/case/%d/items/1", target, i)
		presets = append(presets, c)
	}
	require.NoError(p, api.Add(presets))
	var origins []string
	for _, name := range []string{"app", "other.app", "a-1"} {
		origins = append(origins, "http://"+name+".localhost:"+port)
	}
	drawn := labtest.Random(11, 50, origins, random)
	require.NoError(p, more.Add(drawn))
	cases := append(presets, drawn...)
	allowed := pages.run(p, cases)
	count := map[bool]int{}
	for _, a := range allowed[len(presets):] {
		count[a]++
	}
	assert.Greater(p, min(count[true], count[false]), 8, "both verdicts: %v", count)

	// By link: the first half on a desktop, the second on a phone.
	p.openLab("")
	half := len(cases) / 2
	for start, width := range map[int]int{0: 1280, half: 360} {
		p.resize(width, 740)
		some := cases[start : start+half]
		for i, got := range p.links(some) {
			c := some[i]
			assert.Equal(p, []string{c.Policy, c.Call.URL}, []string{got.Policy, got.URL})
			assert.Equal(p, verdict(allowed[start+i]), got.Verdict, "%s\n%s\n%+v", p.engine.Name, c.Policy, c.Call)
			assert.Equal(p, verdict(allowed[start+i]), got.Engine, "%s\n%s\n%+v", p.engine.Name, c.Policy, c.Call)
		}
	}

	// The unchanged presets: by mouse on a desktop, by keyboard on a phone.
	for width, keyboard := range map[int]bool{1280: false, 360: true} {
		p.resize(width, 800)
		for i, preset := range lab.Presets() {
			p.choose(preset.ID, keyboard)
			assert.Equal(p, verdict(allowed[i]), p.verdict(), "%s, %d pixels, by keyboard: %v", preset.Name, width, keyboard)
			assert.Equal(p, verdict(allowed[i]), p.engineSays(), preset.Name)
		}
	}

	// By typing: the shortest of the random cases.
	p.resize(1280, 900)
	short := len(presets)
	for i, c := range drawn {
		if len(c.Policy) < len(cases[short].Policy) {
			short = len(presets) + i
		}
	}
	c := cases[short]
	p.choose("spa", true)
	p.focus("[name=format][value=" + c.Format + "]")
	p.keys(" ")
	p.answered()
	for id, text := range map[string]string{
		"lab-policy": c.Policy, "call-origin": c.Call.Origin, "call-method": c.Call.Method, "call-url": c.Call.URL,
		"call-headers": headers(c.Call),
	} {
		p.focus("#" + id)
		p.typeOver(cmp.Or(text, " "))
	}
	eval[any](p, fmt.Sprintf(`(() => { const s = document.getElementById("call-credentials"); s.value = %q;
		s.dispatchEvent(new Event("input", { bubbles: true })); })()`, c.Call.Credentials))
	p.answered()
	assert.Equal(p, verdict(allowed[short]), p.verdict(), "%s\n%+v\n%s", c.Policy, c.Call, p.text("result"))
}

func verdict(allowed bool) string { return map[bool]string{true: "allowed", false: "blocked"}[allowed] }

func headers(c lab.Call) string {
	var lines []string
	for _, h := range c.Headers {
		lines = append(lines, h[0]+": "+h[1])
	}
	return strings.Join(lines, "\n")
}

// openLab opens the lab, at the address of a state or at its first preset.
func (p *page) openLab(hash string) {
	p.Helper()
	p.resize(1280, 900)
	// Change the query, because a new # alone does not load the document again.
	require.NoError(p, p.driver.Go(p.ctx, fmt.Sprintf("%s/?%d%s", p.at.Page.Origin, time.Now().UnixNano(), hash)))
	p.answered()
}

// answered waits until the lab shows the answer to its current question.
func (p *page) answered() {
	p.Helper()
	p.waitFor(`document.getElementById("result")?.dataset.state === "done"`)
}

// shown is what the lab shows for a case.
type shown struct{ Policy, URL, Verdict, Engine string }

// links opens the addresses of cases one after the other.
func (p *page) links(cases []labtest.Case) []shown {
	p.Helper()
	var hashes []string
	for _, c := range cases {
		q := url.Values{
			"format": {c.Format}, "policy": {c.Policy}, "origin": {c.Call.Origin}, "url": {c.Call.URL},
			"method": {c.Call.Method}, "credentials": {c.Call.Credentials}, "header": {""},
		}
		for _, h := range c.Call.Headers {
			q.Add("header", h[0]+": "+h[1])
		}
		hashes = append(hashes, "#lab?"+q.Encode())
	}
	list, err := json.Marshal(hashes)
	require.NoError(p, err)
	eval[any](p, fmt.Sprintf(`void (window.allShown = null, (async () => {
		const result = document.getElementById("result"), all = [];
		for (const hash of %s) {
			const before = result.dataset.asked;
			location.hash = hash;
			while (result.dataset.asked === before || result.dataset.state !== "done") await new Promise((r) => setTimeout(r, 5));
			all.push({
				Policy: document.getElementById("lab-policy").value, URL: document.getElementById("call-url").value,
				Verdict: document.getElementById("verdict").dataset.verdict, Engine: %s,
			});
		}
		window.allShown = all;
	})())`, list, p.engineShown()))
	p.waitFor(`window.allShown !== null`)
	return eval[[]shown](p, `window.allShown`)
}

// choose starts from a preset.
func (p *page) choose(id string, keyboard bool) {
	p.Helper()
	selector := `[data-preset="` + id + `"]`
	if keyboard {
		p.focus(selector)
		p.keys(engine.Enter)
	} else {
		p.click(selector)
	}
	p.waitFor(`document.querySelector('` + selector + `').getAttribute("aria-pressed") === "true"`)
	p.answered()
}

func (p *page) verdict() string {
	p.Helper()
	return eval[string](p, `document.getElementById("verdict").dataset.verdict`)
}

// engineSays returns what the lab says about the engine that shows the page.
func (p *page) engineSays() string {
	p.Helper()
	return eval[string](p, p.engineShown())
}

func (p *page) engineShown() string {
	return fmt.Sprintf(`[...document.querySelectorAll(".browsers li")].find((li) =>
		li.querySelector("strong").innerText.toLowerCase() === %q)?.dataset.verdict ?? "nothing"`, p.engine.Name)
}
