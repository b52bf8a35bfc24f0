package lab_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/lab"
)

// post sends a body to an endpoint.
func post(path, body string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	lab.Register(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
	return w
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	lab.Register(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/lab/presets", nil))
	var presets struct{ Presets []lab.Preset }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &presets))
	assert.Equal(t, lab.Presets(), presets.Presets)

	spa := lab.Presets()[0]
	question, err := json.Marshal(lab.Question{Format: spa.Format, Policy: spa.Policy, Call: spa.Call, Preset: spa.ID})
	require.NoError(t, err)
	w = post("/lab/judge", string(question))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var a lab.Answer
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
	assert.True(t, a.Verdict.Allowed)

	for body, want := range map[string]string{
		"":                  "the request's body is not what this address reads: unexpected end of JSON input",
		`{"format":"toml"}`: `the format "toml" does not exist; write json or yaml`,
		`{"format":"json","preset":"spam","policy":"{}"}`:                         `there is no preset "spam"`,
		`{"format":"json","call":{"headers":[["a"]]}}`:                            "a header is a pair: its name and its value",
		`{"format":"json","policy":["a"]}`:                                        "the request's body is not what this address reads",
		`{"format":"json","policy":"` + strings.Repeat("x", 2<<20):                "longer than 256 KiB",
		`{"format":"json","policy":"` + strings.Repeat("\u00e9", 200<<10) + `"}`:  "longer than 256 KiB",
		`{"format":"json","call":{"url":"` + strings.Repeat("x", 300<<10) + `"}}`: "longer than 256 KiB",
	} {
		w := post("/lab/judge", body)
		assert.GreaterOrEqual(t, w.Code, 400, body)
		var refused map[string]string
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &refused))
		assert.Contains(t, refused["error"], want)
	}
}

// An error about a call that no page can make names its field, and offers the right
// spelling if that is certain.
func TestCallProblems(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*lab.Call)
		want   string // severity field [fixes]
	}{
		"a path":               {func(c *lab.Call) { c.Origin = "https://app.example.com/" }, "error origin [https://app.example.com]"},
		"a page's URL":         {func(c *lab.Call) { c.Origin = "https://app.example.com/login?a=b#c" }, "error origin [https://app.example.com]"},
		"capitals":             {func(c *lab.Call) { c.Origin = "HTTPS://App.example.com" }, "error origin [https://app.example.com]"},
		"the default port":     {func(c *lab.Call) { c.Origin = "https://app.example.com:443" }, "error origin [https://app.example.com]"},
		"no scheme":            {func(c *lab.Call) { c.Origin = "app.example.com" }, "error origin [https://app.example.com]"},
		"a pattern":            {func(c *lab.Call) { c.Origin = "https://*.example.com" }, "error origin []"},
		"no origin":            {func(c *lab.Call) { c.Origin = "" }, "error origin []"},
		"no URL":               {func(c *lab.Call) { c.URL = "" }, "error url []"},
		"a URL without scheme": {func(c *lab.Call) { c.URL = "api.example.com/items" }, "error url [https://api.example.com/items]"},
		"a local URL":          {func(c *lab.Call) { c.URL = "localhost:8080/items" }, "error url [http://localhost:8080/items]"},
		"a path for a URL":     {func(c *lab.Call) { c.URL = "/items" }, "error url [https://app.example.com/items]"},
		"a path of an app":     {func(c *lab.Call) { c.Origin, c.URL = "tauri://localhost", "./items" }, "error url []"},
		"a URL of any scheme":  {func(c *lab.Call) { c.URL = "//api.example.com/items" }, "error url [https://api.example.com/items]"},
		"a lone %":             {func(c *lab.Call) { c.URL = "https://api.example.com/100%/%a%zz/%41?q=%" }, "error url [https://api.example.com/100%25/%25a%25zz/%41?q=%]"},
		"a lone % in a query":  {func(c *lab.Call) { c.URL = "https://api.example.com/?q=%zz" }, ""},
		"letters":              {func(c *lab.Call) { c.URL = "https://bücher.example/ü" }, "error url [https://xn--bcher-kva.example/ü]"},
		"one slash":            {func(c *lab.Call) { c.URL = "https:/api.example.com/items" }, "error url [https://api.example.com/items]"},
		"slashes of Windows":   {func(c *lab.Call) { c.URL = `https:\\api.example.com\items?a\b` }, `error url [https://api.example.com/items?a\b]`},
		"a number for a host":  {func(c *lab.Call) { c.URL = "https://0x7f.1/items" }, "error url [https://127.0.0.1/items]"},
		"a WebSocket":          {func(c *lab.Call) { c.URL = "wss://api.example.com/" }, "error url []"},
		"a port too high":      {func(c *lab.Call) { c.URL = "https://api.example.com:99999/" }, "error url []"},
		"a number as a page":   {func(c *lab.Call) { c.Origin = "https://1.2.3" }, "error origin [https://1.2.0.3]"},
		"two origins":          {func(c *lab.Call) { c.Origin = "https://a.example, https://b.example" }, "error origin [https://a.example https://b.example]"},
		"NULL":                 {func(c *lab.Call) { c.Origin = "NULL" }, "error origin [null]"},
		"a data: page":         {func(c *lab.Call) { c.Origin = "data:text/html,x" }, "error origin [null]"},
		"a page from a file":   {func(c *lab.Call) { c.Origin = "file:///home/me/x.html" }, "error origin [file:// null]"},
		"a WebSocket's origin": {func(c *lab.Call) { c.Origin = "ws://a.example" }, "error origin []"},
		"a mode in capitals":   {func(c *lab.Call) { c.Credentials = "Include" }, "error credentials [include]"},
		"ftp":                  {func(c *lab.Call) { c.URL = "ftp://api.example.com/" }, "error url []"},
		"a mode":               {func(c *lab.Call) { c.Credentials = "yes" }, "error credentials []"},
		"a forbidden header":   {func(c *lab.Call) { c.Headers = [][2]string{{"Cookie", "a"}, {"cookie", "b"}} }, "warning headers [[]]"},
		"an application":       {func(c *lab.Call) { c.Origin = "tauri://localhost" }, ""},
		"a frame":              {func(c *lab.Call) { c.Origin = "null" }, ""},
		"a file":               {func(c *lab.Call) { c.Origin = "file://" }, ""},
		"the default mode":     {func(c *lab.Call) { c.Credentials = "" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := call("https://app.example.com", "GET", "omit")
			tt.change(&c)
			a := judge(t, "json", `{"allowOrigins": ["https://app.example.com"]}`, c)
			got := ""
			for _, p := range a.CallProblems {
				var fixes []string
				for _, f := range p.Fixes {
					fixes = append(fixes, map[string]string{"origin": f.Call.Origin, "url": f.Call.URL, "headers": fmt.Sprint(f.Call.Headers), "credentials": f.Call.Credentials}[p.Field])
				}
				got += fmt.Sprintf("%s %s %v", p.Severity, p.Field, fixes)
				assert.NotEmpty(t, p.Message)
			}
			assert.Equal(t, tt.want, got)
			assert.Equal(t, strings.HasPrefix(tt.want, "error"), a.Verdict == nil)
			assert.NotEmpty(t, a.Copies.JSON)
			assert.NotEmpty(t, a.Copies.YAML)
		})
	}
}

// slowest is the time limit for one request, for a busy machine with the race detector. A
// text of 256 KiB takes less than two seconds on an idle machine.
const slowest = time.Minute

// isJSON fails the test if the body is not JSON, or came too late.
func isJSON(t *testing.T, begin time.Time, w *httptest.ResponseRecorder) {
	t.Helper()
	if !json.Valid(w.Body.Bytes()) {
		t.Errorf("not JSON: %.200s", w.Body)
	}
	if took := time.Since(begin); took > slowest {
		t.Errorf("it took %s", took)
	}
}

// TestHostile sends requests that are small enough but expensive to answer.
func TestHostile(t *testing.T) {
	t.Parallel()
	const room = 24 << 10
	fill := func(of func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < room; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(of(i))
		}
		return b.String()
	}
	for name, tt := range map[string]struct{ format, policy string }{
		"wrong origins":   {"json", `{"allowOrigins":[` + fill(func(i int) string { return fmt.Sprintf(`"https://a%d.example/"`, i) }) + `]}`},
		"many origins":    {"json", `{"allowOrigins":[` + fill(func(i int) string { return fmt.Sprintf(`"https://a%d.example"`, i) }) + `]}`},
		"covered origins": {"json", `{"allowOrigins":["https://*.example",` + fill(func(i int) string { return fmt.Sprintf(`"https://a%d.b.example"`, i) }) + `]}`},
		"crossing patterns": {"json", `{"allowOrigins":[` + fill(func(i int) string {
			return fmt.Sprintf(`"https://a%d-*.example.com","https://*-b%d.example.com"`, i, i)
		}) + `]}`},
		"unknown fields": {"yaml", "{" + fill(func(i int) string { return fmt.Sprintf("allowOrigin%d: 1", i) }) + "}"},
		"many headers":   {"yaml", "allowOrigins: ['*']\nallowHeaders: [" + fill(func(i int) string { return fmt.Sprintf("x-%d", i) }) + "]"},
		"deep":           {"yaml", strings.Repeat("[", room)},
		"deep JSON":      {"json", strings.Repeat(`{"a":`, room/5)},
		"aliases":        {"yaml", "a: &a [x]\n" + strings.Repeat("b: &b [*a,*a,*a,*a]\n", room/20)},
		"quotes":         {"yaml", "allowOrigins: [" + strings.Repeat("*,", room/2) + "]"},
		"anchors":        {"yaml", "allowOrigins: &x\n  - " + strings.Repeat("*x ", room/3)},
		"comments":       {"yaml", "allowOrigins: ['*']" + strings.Repeat("\n#", room/2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := call("https://zz.example.net", "PUT", "include")
			for i := range 1500 { // some 24 KiB
				c.Headers = append(c.Headers, [2]string{fmt.Sprintf("X-%d", i), "1"})
			}
			for _, preset := range []string{"", "previews"} {
				question, err := json.Marshal(lab.Question{Format: tt.format, Policy: tt.policy, Call: c, Preset: preset})
				require.NoError(t, err)
				begin := time.Now()
				w := post("/lab/judge", string(question))
				assert.Equal(t, http.StatusOK, w.Code, w.Body)
				isJSON(t, begin, w)
				assert.Less(t, w.Body.Len(), 4<<20)
				t.Log(time.Since(begin), w.Body.Len())
			}
		})
	}
}

// FuzzJudge sends any policy with any call: the answer is always JSON, and comes in time.
func FuzzJudge(f *testing.F) {
	for _, p := range lab.Presets() {
		f.Add(p.Format == "yaml", p.Policy, p.Call.Origin, p.Call.URL, p.Call.Method, "Content-Type", "text/plain", p.Call.Credentials)
	}
	f.Add(true, "allowOrigins:\n- a/ # x\n-\t'b'\n", "null", "http://[::1]:80/?'", "patch", "X\r\n", "\x00", "include")
	f.Add(false, `{"allowOrigins":["*"],"enforce":"all","x":{}}`, "file://", "https://a:1@b", "", "Range", "bytes=0-", "omit")
	f.Add(true, "exposeHeaders: &h [x-b]\nallowOrigins: [&o https://b.example, *o]\nallowHeaders: *h\n", "null", "https://a:1@b/%zz", "*", "X 1", "", "include")
	f.Add(true, "\ufeffallowOrigins: [https://b.example]\n", "http://a.example", "/x", "patch", "Host", "1", "include")
	f.Fuzz(func(t *testing.T, yaml bool, policy, origin, url, method, name, value, credentials string) {
		q := lab.Question{
			Format: map[bool]string{true: "yaml", false: "json"}[yaml], Policy: policy, Preset: "spa",
			Call: lab.Call{Origin: origin, URL: url, Method: method, Headers: [][2]string{{name, value}}, Credentials: credentials},
		}
		body, err := json.Marshal(q)
		require.NoError(t, err)
		begin := time.Now()
		w := post("/lab/judge", string(body))
		isJSON(t, begin, w)
		if w.Code != http.StatusOK {
			if len(body) <= 256<<10 {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
			return
		}
		var a lab.Answer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
		if !utf8.ValidString(policy + origin + url + method + name + value + credentials) {
			return // JSON has replaced what is not UTF-8
		}
		for _, cause := range a.Causes {
			for _, fix := range cause.Fixes {
				again := lab.Question{Format: q.Format, Policy: cmp.Or(fix.Policy, policy), Call: q.Call}
				if fix.Call != nil {
					again.Call = *fix.Call
				}
				after, err := lab.Judge(again)
				require.NoError(t, err)
				if after.Verdict == nil {
					t.Errorf("%q of %q breaks it: %q, %+v, %v", fix.Label, policy, fix.Policy, fix.Call, after.CallProblems)
				}
			}
		}
		for _, p := range a.CallProblems {
			for _, fix := range p.Fixes {
				after, err := lab.Judge(lab.Question{Format: q.Format, Policy: policy, Call: fix.Call})
				require.NoError(t, err)
				if len(after.CallProblems) >= len(a.CallProblems) {
					t.Errorf("%q does not fix %s", fix.Label, p.Message)
				}
			}
		}
		for _, p := range a.Problems {
			for _, fix := range p.Fixes {
				after, err := lab.Judge(lab.Question{Format: cmp.Or(fix.Format, q.Format), Policy: fix.Policy, Call: q.Call})
				require.NoError(t, err)
				if fix.Format != "" { // the new format can be read, so more mistakes are visible
					for _, found := range after.Problems {
						assert.False(t, strings.HasSuffix(found.Code, "-syntax"), "%q: %s in %q", fix.Label, found.Message, fix.Policy)
					}
				} else if p.Severity == "error" && len(errorsOf(a)) < 100 && len(errorsOf(after)) >= len(errorsOf(a)) {
					t.Errorf("%q does not fix %s of %q: %q", fix.Label, p.Message, policy, fix.Policy)
				}
			}
		}
	})
}

func errorsOf(a lab.Answer) (all []lab.Problem) {
	for _, p := range a.Problems {
		if p.Severity == "error" {
			all = append(all, p)
		}
	}
	return all
}

// FuzzBodies sends any bytes to both endpoints.
func FuzzBodies(f *testing.F) {
	f.Add([]byte(`{"format":"json","policy":"{}","call":{"headers":[["a","b"]]}}`))
	f.Add([]byte(`{"text":"curl 'https://api.example.com/' -H 'Origin: https://app.example.com' --data-raw 'x'"}`))
	f.Add([]byte(`{"text":"Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{"/lab/judge", "/lab/read"} {
			begin := time.Now()
			isJSON(t, begin, post(path, string(body)))
		}
	})
}

// The page writes a fixed call into its form, so the list of headers is never null.
func TestFixedCallsHaveLists(t *testing.T) {
	t.Parallel()
	for _, headers := range []string{"[]", "null"} {
		body := `{"format": "json", "policy": "{\"allowOrigins\": [\"https://app.example.com\"], \"allowMethods\": [\"PATCH\"]}",
			"call": {"origin": "https://app.example.com", "url": "https://api.example.com/", "method": "patch", "headers": ` + headers + `, "credentials": "omit"}}`
		w := post("/lab/judge", body)
		require.Equal(t, http.StatusOK, w.Code)
		assert.Contains(t, w.Body.String(), `"method":"PATCH","headers":[]`)
		assert.NotContains(t, w.Body.String(), `"headers":null`)
	}
	w := post("/lab/read", `{"text": "curl 'https://api.example.com/'"}`)
	assert.Contains(t, w.Body.String(), `"headers":[]`)
}
