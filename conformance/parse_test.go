package conformance

import (
	"fmt"
	"strings"
	"testing"
)

// A mistake in a file of cases must not make cases disappear.
func TestParseRefusesMistakes(t *testing.T) {
	t.Parallel()
	const (
		context = "section: s\nwhy: w\npolicy: {\"allowOrigins\": [\"*\"]}\n"
		request = "> GET /hello\n"
	)
	for _, test := range []struct{ name, text, says string }{
		{"no colon", "section\n", "f.txt:1: no colon"},
		{"unknown word", context + "case: c\nexpect: x\n", `f.txt:5: unknown word "expect"`},
		{"nothing in force", "section: s\nwhy: w\ncase: c\n", "f.txt:3: no line above says which policy"},
		{"a word before the first case", context + "for: a = b\n", "before the first case"},
		{"a request before the first case", context + request, "before the first case"},
		{"a response before its request", context + "case: c\n< 200 app\n", "before its request"},
		{"a body before its response", context + "case: c\n" + request + "body: x\n", "no response yet"},
		{"no section", "why: w\npolicy: none\ncase: c\n" + request + "< app\n", "no section"},
		{"no why", "section: s\npolicy: none\ncase: c\n" + request + "< app\n", "no why"},
		{"no request", context + "case: c\n", "has no request"},
		{"no response", context + "case: c\n" + request, "has no response"},
		{"a policy that is not JSON", "section: s\nwhy: w\npolicy: {\ncase: c\n", "f.txt:4: "},
		{"a policy that does not compile", "section: s\nwhy: w\npolicy: {}\ncase: c\n", "no origin is allowed"},
		{"a function that does not exist", context + "ask: nobody\ncase: c\n", `no AllowOriginFunc is named "nobody"`},
		{"routes that do not compile", "section: s\nwhy: w\nroutes: {\"a\": null}\ncase: c\n", "begins with a slash"},
		{"a value without a label", context + "case: c\nfor: x\n", "«label = value»"},
		{"an escape that does not exist", context + "case: c\n> GET \\q\n< app\n", "invalid syntax"},
		{"a field without a value", context + "case: c\n" + request + "< app\n< Vary\n", "not a field line"},
		{"no answerer", context + "case: c\n" + request + "< 200\n", "neither"},
		{"a framework's answer without a status", context + "case: c\n" + request + "< cors\n", "neither"},
		{"an interim status", context + "case: c\n" + request + "< 100 app\n", "final status"},
		{"an unknown kind of connection", context + "case: c\nconnection: open\n", `connection: "open" is not one of`},
		{"an unknown kind of server", context + "case: c\nserver: refuses\n", `server: "refuses" is not one of`},
		{"content before its request", context + "case: c\ncontent: x\n", "content: it belongs after a request's head"},
		{"content behind a response", context + "case: c\n" + request + "< app\ncontent: x\n", "content: it belongs after"},
		{"an unknown point to disconnect", context + "case: c\n" + request + "abort: now\n", `abort: "now" is not one of`},
		{"a policy for requests sent at once", context + "case: c\nconnection: pipelined\nstore: null\n" + request + "< app\n", "sent at once"},
		{"a client that does not wait for requests sent at once", context + "case: c\nconnection: pipelined\n" + request + "abort: in the head\n", "sent at once"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cases := parseCases("f.txt", test.text)
			if len(cases) == 0 {
				t.Fatal("no case and no error")
			}
			err := cases[len(cases)-1].Check(t, nil)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want an error that says %q", err, test.says)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	cases := parseCases("testdata/rule.txt", `# a comment
section: RFC 1
why: because
live: {"allowOrigins": ["*"]}

case: a thing
for: one = /a\r\nX: 1
for: two = \{3*b}
connection: kept alive
> GET $value
> Tab:\tx
< 200 app
< Vary: $value
body: x\n
store: null
> POST /b
> Host: h
< 204 cors

section: RFC 2
policy: none
case: another
> GET "/"
< app
`)
	var got strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&got, "%s|%s|%s|%s|%t|%v\n", c.Name, c.Section, c.Why, c.setup, c.conn == keptAlive, c.err)
		for _, s := range c.steps {
			body := "as without CORS"
			if s.want.body != nil {
				body = *s.want.body
			}
			fmt.Fprintf(&got, "  %q %q %d %d %q %q\n", s.store, s.request, s.want.by, s.want.status, s.want.fields, body)
		}
	}
	const want = `rule/a thing: one|RFC 1|because|live {"allowOrigins": ["*"]}|true|<nil>
  "" "GET /a\r\nX: 1 HTTP/1.1\r\nHost: api.example\r\nTab:\tx\r\n\r\n" 1 200 ["Vary: /a\r\nX: 1"] "x\n"
  "null" "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n" 0 204 [] "as without CORS"
rule/a thing: two|RFC 1|because|live {"allowOrigins": ["*"]}|true|<nil>
  "" "GET bbb HTTP/1.1\r\nHost: api.example\r\nTab:\tx\r\n\r\n" 1 200 ["Vary: bbb"] "x\n"
  "null" "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n" 0 204 [] "as without CORS"
rule/another|RFC 2|because|policy none|false|<nil>
  "" "GET \"/\" HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n" 1 0 [] "as without CORS"
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestCasesAreSound(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	same := make(map[string]string) // name by content
	for c := range Cases() {
		if c.err != nil {
			t.Error(c.err)
		}
		if seen[plainName(c.Name)] {
			t.Errorf("two cases are named %q", c.Name)
		}
		seen[plainName(c.Name)] = true
		content := fmt.Sprintf("%v %v %t", c.setup, c.conn, c.mayRefuse)
		for _, s := range c.steps {
			content += fmt.Sprintf(" %q %s %q %d %d %s", s.store, s.request, s.abort, s.want.by, s.want.status, s.want.fields)
		}
		if other, ok := same[content]; ok {
			t.Errorf("%q is the same as %q", c.Name, other)
		}
		same[content] = c.Name
		if strings.Count(c.Name, "/") != 1 {
			t.Errorf("%q: go test -run reads a slash as a new subtest", c.Name)
		}
	}
	if len(seen) < 560 {
		t.Errorf("only %d cases were read", len(seen))
	}
}
