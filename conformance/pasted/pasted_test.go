package pasted_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/pasted"
)

// copied has texts that the engines' own DevTools wrote for some requests: see
// testdata/README.md.
type copied struct {
	Cases []struct {
		Name, Method, URL, Body string
		H                       [][2]string
	}
	Out []struct {
		Engine, Form, Case, Text string
	}
}

func readCopied(t testing.TB) copied {
	t.Helper()
	data, err := os.ReadFile("testdata/copied.json")
	if err != nil {
		t.Fatal(err)
	}
	var c copied
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCopied: Parse reads each copied text as the request that DevTools was given.
func TestCopied(t *testing.T) {
	t.Parallel()
	c := readCopied(t)
	if len(c.Out) < 40 {
		t.Fatalf("%d texts, want 40 at least", len(c.Out))
	}
	for _, o := range c.Out {
		i := slices.IndexFunc(c.Cases, func(one struct {
			Name, Method, URL, Body string
			H                       [][2]string
		}) bool {
			return one.Name == o.Case
		})
		want := c.Cases[i]
		text, err := pasted.Parse(o.Text)
		if err != nil {
			t.Errorf("%s, %s, %s: %v\n%s", o.Engine, o.Form, o.Case, err, o.Text)
			continue
		}
		r := text.Request
		if o.Case == "unicode" && o.Engine == "chromium" && o.Form == "curl (cmd)" {
			want.Body = "gr  e   !\nsecond line tab" // it writes blanks for characters that are not ASCII, one for each half of a surrogate pair
		}
		if o.Case == "unicode" && o.Engine == "firefox" && o.Form == "curl (cmd)" {
			want.Body = strings.ReplaceAll(want.Body, "\t", " ")
		}
		if string(r.Form) != o.Form || r.Method != want.Method || r.URL != want.URL || r.Body != want.Body {
			t.Errorf("%s, %s, %s: got %+v\n%s", o.Engine, o.Form, o.Case, r, o.Text)
		}
		for _, h := range want.H {
			switch h[0] {
			case "origin", "referer":
				if strings.HasPrefix(o.Form, "curl") && r.Origin != "https://app.example.com" {
					t.Errorf("%s, %s, %s: the origin is %q", o.Engine, o.Form, o.Case, r.Origin)
				}
			case "cookie":
				if o.Form != "fetch" && r.Cookie != h[1] || r.Credentials != browser.Include {
					t.Errorf("%s, %s, %s: the cookie is %q, credentials %q", o.Engine, o.Form, o.Case, r.Cookie, r.Credentials)
				}
			default:
				if !slices.ContainsFunc(r.Header, func(f browser.Field) bool { return strings.EqualFold(f.Name, h[0]) && f.Value == h[1] }) {
					t.Errorf("%s, %s, %s: no %s: %s in %v", o.Engine, o.Form, o.Case, h[0], h[1], r.Header)
				}
			}
		}
	}
}

// TestConsoles: every line of an engine's console is recognised: the engine, and a code, or
// that the line only follows another one.
func TestConsoles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/console-*.txt")
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	lines := 0
	for _, file := range files {
		engine := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "console-"), ".txt")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			lines++
			text, err := pasted.Parse(line)
			if err != nil || len(text.Messages) != 1 || text.Messages[0].Engine != engine {
				t.Errorf("%s: %+v, %v: %s", engine, text.Messages, err, line)
				continue
			}
			for _, other := range []*strings.Replacer{strings.NewReplacer("\u2018", "'", "\u2019", "'"), strings.NewReplacer("'", "\u2019")} {
				if strings.ContainsAny(text.Messages[0].Value, "'") { // then the quoted value is another one
					continue
				}
				again, err := pasted.Parse(other.Replace(line))
				if err != nil || !reflect.DeepEqual(again.Messages, text.Messages) {
					t.Errorf("%s, with other quotes: %+v, %v; want %+v", engine, again.Messages, err, text.Messages)
				}
			}
			if m := text.Messages[0]; engine != "webkit" && m.URL == "" {
				t.Errorf("%s: no URL in %s", engine, line)
			}
		}
	}
	if lines < 40 {
		t.Errorf("%d lines, want 40 at least", lines)
	}
}

// A text that DevTools does not write is an error, especially one by which curl or a shell
// would read, write or start something.
func TestRefuses(t *testing.T) {
	t.Parallel()
	const u = " 'https://api.example.com/' "
	for text, want := range map[string]string{
		"":                                          "empty",
		"hello":                                     "neither a request",
		"curl":                                      "neither a request",
		"curl " + u + "-K config":                   "option",
		"curl " + u + "--netrc":                     "option",
		"curl " + u + "-x http://proxy":             "option",
		"curl " + u + "-o file":                     "option",
		"curl " + u + "-O":                          "option",
		"curl " + u + "--config c":                  "option",
		"curl " + u + "-L":                          "option",
		"curl " + u + "-XPUT":                       "option",
		"curl " + u + "-k":                          "option",
		"curl " + u + "-d a":                        "option",
		"curl " + u + "--data-urlencode a@b":        "option",
		"curl " + u + "--data '@/etc/passwd'":       "from a file",
		"curl " + u + "--data-binary @x":            "from a file",
		"curl " + u + "-H @headers":                 "from a file",
		"curl " + u + "-b cookies.txt":              "from a file",
		"curl " + u + "-H 'X'":                      "no value",
		"curl " + u + "-H":                          "no value",
		"curl " + u + "-T x":                        "option",
		"curl " + u + "--proxy-header 'A: b'":       "option",
		"curl " + u + u:                             "2 URLs",
		"curl -X PUT":                               "0 URLs",
		"curl 'file:///etc/passwd'":                 "not an absolute http or https URL",
		"curl " + u + "; rm x":                      "outside quotes",
		"curl " + u + "| sh":                        "outside quotes",
		"curl " + u + "> x":                         "outside quotes",
		"curl $(id)":                                "outside quotes",
		"curl `id`":                                 "outside quotes",
		"curl $HOME":                                "outside quotes",
		"curl \"https://api.example.com/\"":         "double quotes",
		"curl \u2018https://api.example.com/\u2019": "copy it again",
		"curl\t'https://api.example.com/'\u00a0-H 'A: b'":                  "copy it again",
		"curl " + u + ";\ncurl " + u:                                       "several commands",
		"curl ^\"https://a.example/^\" &\r\ncurl ^\"https://a.example/^\"": "several commands",
		"$ curl " + u:                   "remove what is before it",
		"```sh\ncurl " + u:              "remove what is before it",
		"https://api.example.com/items": "is a URL",
		"Uncaught (in promise) TypeError: Failed to fetch\n    at app.js:12": "says only that the request failed",
		"TypeError: NetworkError when attempting to fetch resource.":         "says only that the request failed",
		"TypeError: Load failed":                                                                                             "says only that the request failed",
		"AxiosError: Network Error":                                                                                          "says only that the request failed",
		"GET https://api.example.com/items net::ERR_FAILED 200 (OK)":                                                         "says only that the request failed",
		"Anfrage blockiert. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin'":                                            "in English",
		"{\n  \"log\": {\n    \"version\": \"1.2\"":                                                                          "HAR",
		"$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = \"x\"":                  "PowerShell",
		"Invoke-WebRequest -UseBasicParsing -Uri \"https://api.example.com/\" -Headers @{\n\"Origin\"=\"https://a.example\"": "PowerShell",
		"PUT /items HTTP/1.1\nHost: api.example.com":                                                                         "neither a request",
		"curl " + u + "--location --request POST":                                                                            "option",
		"curl " + u + "--http2":                                                                                              "option",
		"curl " + u + "-X 'OPTIONS' -H 'access-control-request-method: PUT'":                                                 "is the preflight",
		"curl 'https://api.example.com/' \\":                                                                                 "ends in the middle",
		"curl 'https://api.example.com/{a,b}'":                                                                               "pattern character",
		"curl 'https://api.example.com/":                                                                                     "not closed",
		"curl $'https://api.example.com/":                                                                                    "not closed",
		"curl " + u + "-H 'A: b\r\nC: d'":                                                                                    "not one line",
		"curl " + u + "\ncurl " + u:                                                                                          "goes on after",
		"curl ^\"https://a.example/^\" & calc":                                                                               "without a caret",
		"curl ^\"https://a.example/":                                                                                         "not closed",
		"curl ^\"https://%USERNAME%.example/^\"":                                                                             "without a caret",
		"curl.exe ^\"https://a.example/^\" -o x":                                                                             "option",
		"curl ^\"https://a.example/^":                                                                                        "caret",
		"curl " + u + "--data-raw a --data b":                                                                                "two bodies",
		"curl " + u + "-I --data-raw a":                                                                                      "has a body",
		`fetch("https://a.example/", {"a":1})`:                                                                               "does not write",
		`fetch("https://a.example/", {"method":1})`:                                                                          "DevTools writes text",
		`fetch("https://a.example/", {"headers":{"A":1}})`:                                                                   "is not text",
		`fetch("https://a.example/", {"headers":[]})`:                                                                        "not an object",
		`fetch("https://a.example/", {method: "GET"})`:                                                                       "not JSON",
		`fetch("https://a.example/"`:                                                                                         "not closed",
		`fetch(location)`:                                                                                                    "double quotes",
		`fetch("https://a.example/"); alert(1)`:                                                                              "goes on after",
		`fetch("/items")`:                                                                                                    "not an absolute",
		`fetch("https://a.example/", {"credentials":"x"})`:                                                                   "no credentials mode",
		"fetch(\"https://a.example/\", {\n  \"headers\": {\n    \"accept\": \"*/*\",":                                        "ends in the middle",
		"curl " + u + "\\ \n  -H 'a: b'":                                                                                     "remove the blank",
		"curl " + u + "\\\t\r\n  -H 'a: b'":                                                                                  "remove the blank",
		"Refused to connect to 'https://a.example/' because it violates the following Content Security Policy directive: \"connect-src 'self'\".":             "connect-src",
		"Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at https://a.example/ because it violates":              "connect-src",
		"Mixed Content: The page at 'https://b.example/' was loaded over HTTPS, but requested an insecure resource 'http://a.example/'.":                      "with https",
		"Blocked loading mixed active content “http://a.example/”":                                                                                            "with https",
		"[blocked] The page at https://b.example/ requested insecure content from http://a.example/. This content was blocked and must be served over HTTPS.": "with https",
		"GET https://a.example/ net::ERR_CONNECTION_REFUSED":                                                                                                  "no connection",
		"GET https://a.example/ net::ERR_CERT_AUTHORITY_INVALID":                                                                                              "certificate",
		"GET https://a.example/ net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin 200 (OK)":                                                                          "Cross-Origin-Resource-Policy",
		"WebSocket connection to 'wss://a.example/' failed: Error during WebSocket handshake: Unexpected response code: 403":                                  "does not apply",
		strings.Repeat("a", pasted.MaxLength+1):                                                                                                               "longer than",
	} {
		if got, err := pasted.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: got %+v, %v, want an error about %q", text, got.Request, err, want)
		}
	}
}

// Forms in which the DevTools of several years wrote the same request.
func TestForms(t *testing.T) {
	t.Parallel()
	const (
		target = "https://api.example.com/items?a=1&b=2"
		body   = `{"a":"it's"}`
	)
	for name, text := range map[string]string{
		"Chromium, bash": `curl 'https://api.example.com/items?a=1&b=2' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H 'content-type: application/json' \
  -b 'sid=1; theme=dark' \
  -H 'origin: https://app.example.com' \
  -H 'x-token: t' \
  --data-raw $'{"a":"it\'s"}' \
  --compressed`,
		"Chromium, bash, --url": `curl --url 'https://api.example.com/items?a=1&b=2' -X 'PUT' -H 'content-type: application/json' -b 'sid=1; theme=dark' ` +
			`-H 'origin: https://app.example.com' -H 'x-token: t' --data-raw '{"a":"it'\''s"}' --insecure`,
		"Chromium, with pseudo headers": `curl 'https://api.example.com/items?a=1&b=2' -X 'PUT' -H 'authority: api.example.com' -H ':method: PUT' -H ':path: /items?a=1&b=2' ` +
			`-H ':scheme: https' -H 'content-type: application/json' -H 'cookie: sid=1; theme=dark' -H 'origin: https://app.example.com' -H 'dnt: 1' -H 'sec-gpc: 1' ` +
			`-H 'sec-ch-ua: "Chromium";v="156"' -H 'sec-ch-ua-mobile: ?0' -H 'sec-fetch-dest: empty' -H 'priority: u=1, i' -H 'x-token: t' --data-binary '{"a":"it\u0027s"}' --compressed`,
		"Chromium, lines that end with CR": "curl 'https://api.example.com/items?a=1&b=2' \\\r\n  -X 'PUT' \\\r\n  -H 'content-type: application/json' \\\r\n  -b 'sid=1; theme=dark' \\\r\n" +
			"  -H 'origin: https://app.example.com' \\\r\n  -H 'x-token: t' \\\r\n  --data-raw $'{\"a\":\"it\\u0027s\"}'\r\n",
		"Chromium, cmd": "curl ^\"https://api.example.com/items?a=1^&b=2^\" ^\r\n  -X ^\"PUT^\" ^\r\n  -H ^\"content-type: application/json^\" ^\r\n  -b ^\"sid=1; theme=dark^\" ^\r\n" +
			"  -H ^\"origin: https://app.example.com^\" ^\r\n  -H ^\"x-token: t^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"it's^\\^\"^}^\"",
		"Chromium, cmd, curl.exe": "curl.exe --url ^\"https://api.example.com/items?a=1^&b=2^\" -X ^\"PUT^\" -H ^\"content-type: application/json^\" -b ^\"sid=1; theme=dark^\" " +
			"-H ^\"origin: https://app.example.com^\" -H ^\"x-token: t^\" --data-raw ^\"{\\^\"a\\^\":\\^\"it's\\^\"}^\" --insecure",
		"Chromium, fetch": `fetch("https://api.example.com/items?a=1&b=2", {
  "headers": {
    "accept": "*/*",
    "content-type": "application/json",
    "sec-ch-ua": "\"Chromium\";v=\"156\"",
    "x-token": "t",
    "origin": "https://app.example.com"
  },
  "referrer": "https://app.example.com/",
  "referrerPolicy": "strict-origin-when-cross-origin",
  "body": "{\"a\":\"it's\"}",
  "method": "PUT",
  "mode": "cors",
  "credentials": "include"
});`,
		"Chromium, fetch for Node.js": `fetch("https://api.example.com/items?a=1&b=2", {
  "headers": {
    "content-type": "application/json",
    "cookie": "sid=1; theme=dark",
    "Referer": "https://app.example.com/",
    "x-token": "t"
  },
  "body": "{\"a\":\"it's\"}",
  "method": "PUT"
});`,
		"Firefox, bash": `curl 'https://api.example.com/items?a=1&b=2' -X PUT --compressed -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:153.0)' -H 'Accept: */*' ` +
			`-H 'Accept-Language: en' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Content-Type: application/json' -H 'X-Token: t' -H 'Origin: https://app.example.com' ` +
			`-H 'Connection: keep-alive' -H 'Alt-Used: api.example.com' -H 'Cookie: sid=1; theme=dark' -H 'Sec-Fetch-Site: same-site' -H 'TE: trailers' --data-raw $'{"a":"it\'s"}'`,
		"Firefox, fetch": `await fetch("https://api.example.com/items?a=1&b=2", {
    "credentials": "include",
    "headers": {
        "User-Agent": "Mozilla/5.0",
        "Accept": "*/*",
        "Content-Type": "application/json",
        "X-Token": "t",
        "Sec-Fetch-Dest": "empty"
    },
    "referrer": "https://app.example.com/",
    "body": "{\"a\":\"it's\"}",
    "method": "PUT",
    "mode": "cors"
});`,
		"WebKit, bash": `curl 'https://api.example.com/items?a=1&b=2' \
-X 'PUT' \
-H 'Accept: */*' \
-H 'Content-Type: application/json' \
-H 'Origin: https://app.example.com' \
-H 'Cookie: sid=1; theme=dark' \
-H 'Referer: https://app.example.com/' \
-H 'X-Token: t' \
--data-binary $'{"a":"it\'s"}'`,
		"WebKit, fetch": `fetch("https://api.example.com/items?a=1&b=2", {
    "body": "{\"a\":\"it's\"}",
    "cache": "default",
    "credentials": "include",
    "headers": {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "X-Token": "t"
    },
    "method": "PUT",
    "mode": "cors",
    "redirect": "follow",
    "referrer": "https://app.example.com/",
    "referrerPolicy": "strict-origin-when-cross-origin"
})`,
	} {
		text, err := pasted.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := text.Request
		sent := strings.ReplaceAll(r.Body, `\u0027`, "'")
		if r.URL != target || r.Method != "PUT" || sent != body || r.Origin != "https://app.example.com" || r.Credentials != browser.Include {
			t.Errorf("%s: got %+v", name, r)
		}
		if !strings.HasSuffix(string(r.Form), "fetch") && r.Cookie != "sid=1; theme=dark" {
			t.Errorf("%s: the cookie is %q", name, r.Cookie)
		}
		var names []string
		for _, f := range r.Header {
			if lower := strings.ToLower(f.Name); lower != "accept" {
				names = append(names, lower)
			}
		}
		if slices.Sort(names); !slices.Equal(names, []string{"content-type", "x-token"}) {
			t.Errorf("%s: a preflight would ask for %q", name, names)
		}
	}
}

// Headers that a browser adds itself are not part of what the script set.
func TestHeadersOfTheBrowser(t *testing.T) {
	t.Parallel()
	text, err := pasted.Parse(`curl 'https://api.example.com/' -H ':authority: api.example.com' -H 'Accept: */*' -H 'User-Agent: x' -H 'Sec-Fetch-Mode: cors' ` +
		`-H 'Referer: https://app.example.com/page' -H 'X-A: 1' -H 'Cookie: a=b' -H 'x-empty;'`)
	if err != nil {
		t.Fatal(err)
	}
	r := text.Request
	want := []browser.Field{{Name: "Accept", Value: "*/*"}, {Name: "X-A", Value: "1"}, {Name: "x-empty", Value: ""}}
	if !slices.Equal(r.Header, want) || r.Cookie != "a=b" || r.Origin != "https://app.example.com" || len(r.Dropped) != 4 {
		t.Errorf("got %+v", r)
	}
	if risks := strings.Join(r.Risks(), ", "); risks != "the header Cookie, the header X-A, the header x-empty" {
		t.Errorf("the risks are %s", risks)
	}
	if c := r.Careful(); len(c.Header) != 1 || c.Cookie != "" || len(c.Risks()) > 0 {
		t.Errorf("careful, it is %+v", c)
	}
}

// One text may contain a request and lines of the console.
func TestRequestAndMessages(t *testing.T) {
	t.Parallel()
	text, err := pasted.Parse("fetch(\"https://api.example.com/a\", {\"method\":\"PUT\",\"mode\":\"cors\",\"credentials\":\"omit\"});\n" +
		"Access to fetch at 'https://api.example.com/a' from origin 'https://app.example.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.")
	if err != nil || text.Request.Method != "PUT" || len(text.Messages) != 1 || text.Messages[0].Value != "PUT" || text.Messages[0].Origin != "https://app.example.com" {
		t.Errorf("got %+v, %v", text, err)
	}
}

// FuzzParse: Parse does not panic for any text. A request that it returns is one that a
// browser can make, and a request without the listed risks is safe to send.
func FuzzParse(f *testing.F) {
	for _, o := range readCopied(f).Out {
		f.Add(o.Text)
	}
	f.Add("curl $'\\ud800\\x'")
	f.Add("curl ^\"a^\"^\n\n")
	f.Add("Access to fetch at 'x' from origin 'y' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := pasted.Parse(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x1b\x00") {
				t.Errorf("the error holds control characters: %q", err)
			}
			return
		}
		if got.Request == nil && len(got.Messages) == 0 {
			t.Error("nothing, and no error")
		}
		if got.Request == nil {
			return
		}
		if _, err := browser.OriginOf(got.Request.URL); err != nil {
			t.Error(err)
		}
		if c := got.Request.Careful(); len(c.Risks()) > 0 {
			t.Errorf("careful, but %v", c.Risks())
		}
	})
}

// A message that a mail or a terminal has broken into lines is read all the same.
func TestBrokenLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]pasted.Message{
		"> Access to fetch at 'https://api.example.com/items' from origin\n  'https://app.example.com' has been blocked by CORS policy: No\r\n'Access-Control-Allow-Origin' header is present on the\nrequested resource.": {Engine: "chromium", URL: "https://api.example.com/items", Origin: "https://app.example.com"},
		"Cross-Origin Request Blocked: The Same Origin Policy disallows reading\nthe remote resource at https://api.example.com/items. (Reason: CORS header\n‘Access-Control-Allow-Origin’ missing). Status code: 403.":    {Engine: "firefox", URL: "https://api.example.com/items", Status: 403},
		"[Error] Origin https://app.example.com is not allowed by\n  Access-Control-Allow-Origin. Status code: 200":                                                                                                        {Engine: "webkit", Origin: "https://app.example.com", Status: 200},
	} {
		got, err := pasted.Parse(text)
		if err != nil || len(got.Messages) != 1 {
			t.Errorf("%q: %+v, %v", text, got, err)
			continue
		}
		m := got.Messages[0]
		if len(m.Codes) == 0 || m.Engine != want.Engine || m.URL != want.URL || m.Origin != want.Origin || m.Status != want.Status {
			t.Errorf("%q: %+v", text, m)
		}
	}
}
