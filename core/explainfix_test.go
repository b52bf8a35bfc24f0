package cors_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// TestExplainNearMisses checks that the explanation names the listed origin that was
// probably meant, and how it differs.
func TestExplainNearMisses(t *testing.T) {
	t.Parallel()
	const differs = " is allowed, but "
	for _, tt := range []struct {
		config *cors.Config
		origin string
		named  string // the element of AllowOrigins, or "" if none is close
		why    string
	}{
		{listing("https://z.example", app), "http://app.example.com", app, "the scheme differs"},
		{listing("https://z.example", "http://app.example.com"), app, "http://app.example.com", "the scheme differs"},
		{listing("https://z.example", app), app + ":8443", app, "the port differs"},
		{listing("http://localhost:3000"), "http://localhost:5173", "http://localhost:3000", "the port differs"},
		{listing("https://example.com"), "https://www.example.com", "https://example.com", "www makes it another host"},
		{listing("https://www.example.com"), "https://example.com", "https://www.example.com", "www makes it another host"},
		{listing("https://z.example", "https://example.com"), "https://a.b.example.com", "https://example.com", "does not cover its subdomains"},
		{listing("https://z.example", "https://*.example.com"), "https://example.com", "https://*.example.com", "does not cover the domain itself"},
		{listing("https://*.example.com"), "http://a.example.com", "https://*.example.com", "the scheme differs"},
		{listing("https://*.example.com"), "https://a.example.com:81", "https://*.example.com", "the port differs"},
		{listing("https://*.example.com:82"), "https://a.example.com:81", "https://*.example.com:82", "the port differs"},
		{listing("https://app-*.example.com"), "https://app-.example.com", "https://app-*.example.com", "in one label"},
		{listing("https://app-*.example.com"), "https://app-1.x.example.com", "https://app-*.example.com", "in one label"},
		{listing("http://localhost:3000"), "http://127.0.0.1:3000", "http://localhost:3000", "localhost, 127.0.0.1 and [::1] are different hosts"},
		{listing("http://127.0.0.1:3000"), "http://[::1]:3000", "http://127.0.0.1:3000", "are different hosts"},
		{listing("http://[::1]:*"), "http://localhost", "http://[::1]:*", "are different hosts"},
		{listing("https://example.com"), "https://example.com.", "https://example.com", "ends in a dot"},
		{listing("https://example.com."), "https://example.com", "https://example.com.", "ends in a dot"},
		{listing("https://*.example.com"), "https://a.example.com.", "https://*.example.com", "ends in a dot"},
		{listing("https://example.com"), "https://evilexample.com", "", ""},
		{listing("https://example.com"), "https://example.com.evil.test", "", ""},
		{listing("https://*.example.com"), "https://evilexample.com", "", ""},
		{listing("https://example.com"), "https://other.test", "", ""},
		{listing("https://example.com"), "null", "", ""},
		{askingAPI, "http://app.example.com", "", ""},
	} {
		e := compile(t, *tt.config).Explain(t.Context(), get(tt.origin))
		want := fmt.Sprintf("%q%s", tt.named, differs)
		if tt.named == "" && strings.Contains(e.Cause, differs) || tt.named != "" && (!strings.Contains(e.Cause, want) || !strings.Contains(e.Cause, tt.why)) {
			t.Errorf("%s under %q: got cause %q, want %s%s", tt.origin, tt.config.AllowOrigins, e.Cause, want, tt.why)
		}
	}
}

var (
	addition = regexp.MustCompile(`add ("(?:[^"\\]|\\.)*") to (AllowOrigins|AllowMethods|AllowHeaders)`)
	inScript = regexp.MustCompile(`send "([A-Z]+)" in the script`)
)

// TestFixesWork applies each fix that says what to add. The policy must then compile and
// allow the request.
func TestFixesWork(t *testing.T) {
	t.Parallel()
	cookies := &cors.Config{AllowOrigins: []string{app, "https://*.example.org"}, AllowCredentials: true, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"x-a"}}
	cases := explainCases
	for _, origin := range []string{evil, "http://app.example.com", "http://localhost:3000", app + ":81", "https://example.org", "http://[::1]", "https://a.b"} {
		cases = append(cases, explainCase{name: origin, config: cookies, request: get(origin)}, explainCase{name: origin, config: plainAPI, request: get(origin)})
	}
	for _, headers := range []string{"x-z", "X-Z,x-y", "authorization"} {
		cases = append(cases, explainCase{name: headers, config: cookies, request: ask(app, "PUT", headers)})
	}
	followed := 0
	for _, x := range cases {
		if x.config == nil {
			continue
		}
		c := *x.config
		for range 5 { // after one fix, there may be another
			e := compile(t, c).Explain(t.Context(), x.request)
			if written := inScript.FindStringSubmatch(e.Fix); written != nil {
				x.request.RequestMethod = written[1]
			}
			advice := addition.FindStringSubmatch(e.Fix)
			if advice == nil {
				break
			}
			followed++
			value, err := strconv.Unquote(advice[1])
			if err != nil {
				t.Fatal(err)
			}
			list := map[string]*[]string{"AllowOrigins": &c.AllowOrigins, "AllowMethods": &c.AllowMethods, "AllowHeaders": &c.AllowHeaders}[advice[2]]
			*list = append((*list)[:len(*list):len(*list)], value)
			p, err := cors.Compile(c)
			if err != nil {
				t.Errorf("%s: the fix is %q,\nwhich does not compile: %v", x.name, e.Fix, err)
				break
			}
			if after := p.Decide(t.Context(), x.request).Reason(); after == e.Reason && after != cors.HeaderNotAllowed {
				t.Errorf("%s: the fix is %q,\nand still the reason is %v", x.name, e.Fix, after)
			}
		}
	}
	if followed < 20 {
		t.Errorf("followed only %d fixes", followed)
	}
}

// TestExplainDocuments: the explanation of a policy from a document is that of the same
// policy in Go, with the names of the document.
func TestExplainDocuments(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[cors.Config]()
	seen := 0
	for _, x := range explainCases {
		if x.config == nil || x.config.AllowOriginFunc != nil {
			continue
		}
		document, err := x.config.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := cors.ParsePolicy(document)
		if err != nil {
			t.Fatal(err)
		}
		read, err := cors.CompileDocument(*x.config)
		if err != nil {
			t.Fatal(err)
		}
		want := x.explain(t).String()
		for i := range fields.NumField() {
			name := fields.Field(i).Name
			if renamed := strings.ReplaceAll(want, name, strings.ToLower(name[:1])+name[1:]); renamed != want {
				want = renamed
				seen++
			}
		}
		for from, p := range map[string]*cors.Policy{"ParsePolicy": parsed, "CompileDocument": read} {
			if got := p.Explain(t.Context(), x.request).String(); got != want {
				t.Errorf("%s, %s:\n%s\nwant\n%s", x.name, from, got, want)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d names were renamed", seen)
	}
}

// TestFixesOfDocuments: the explanation uses the document's names for an origin that cannot
// be added, too.
func TestFixesOfDocuments(t *testing.T) {
	t.Parallel()
	p, err := cors.CompileDocument(cors.Config{AllowOrigins: []string{app}, AllowCredentials: true})
	if err != nil {
		t.Fatal(err)
	}
	if fix := p.Explain(t.Context(), get("http://app.example.com")).Fix; !strings.Contains(fix, "dangerously.insecureOrigins") || strings.Contains(fix, "Dangerously") {
		t.Errorf("got %q", fix)
	}
	_, err = cors.CompileDocument(cors.Config{AllowOrigins: []string{"http://app.example.com", app + "/"}, AllowCredentials: true, MaxAge: -2 * time.Second})
	for _, want := range []string{"allowOrigins[0]", "dangerously.insecureOrigins", "allowOrigins[1]", "maxAge", `"-1s"`} {
		if text := fmt.Sprint(err); !strings.Contains(text, want) || strings.Contains(text, "AllowOrigins") {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
