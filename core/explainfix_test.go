package cors_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// TestExplainNearMisses checks that of several origins the one is named that was
// meant, and in what it differs.
func TestExplainNearMisses(t *testing.T) {
	t.Parallel()
	const differs = " is another: "
	for _, tt := range []struct {
		config *cors.Config
		origin string
		named  string // the element of AllowOrigins, "" if none comes near
		why    string
	}{
		{listing("https://z.example", app), "http://app.example.com", app, "the scheme differs"},
		{listing("https://z.example", "http://app.example.com"), app, "http://app.example.com", "the scheme differs"},
		{listing("https://z.example", app), app + ":8443", app, "the port differs"},
		{listing("http://localhost:3000"), "http://localhost:5173", "http://localhost:3000", "the port differs"},
		{listing("https://example.com"), "https://www.example.com", "https://example.com", "www makes another host"},
		{listing("https://www.example.com"), "https://example.com", "https://www.example.com", "www makes another host"},
		{listing("https://z.example", "https://example.com"), "https://a.b.example.com", "https://example.com", "does not cover its subdomains"},
		{listing("https://z.example", "https://*.example.com"), "https://example.com", "https://*.example.com", "does not cover the domain itself"},
		{listing("https://*.example.com"), "http://a.example.com", "https://*.example.com", "the scheme differs"},
		{listing("https://*.example.com"), "https://a.example.com:81", "https://*.example.com", "the port differs"},
		{listing("https://*.example.com:82"), "https://a.example.com:81", "https://*.example.com:82", "the port differs"},
		{listing("https://app-*.example.com"), "https://app-.example.com", "https://app-*.example.com", "in one label"},
		{listing("https://app-*.example.com"), "https://app-1.x.example.com", "https://app-*.example.com", "in one label"},
		{listing("http://localhost:3000"), "http://127.0.0.1:3000", "http://localhost:3000", "browsers keep localhost, 127.0.0.1 and [::1] apart"},
		{listing("http://127.0.0.1:3000"), "http://[::1]:3000", "http://127.0.0.1:3000", "apart"},
		{listing("http://[::1]:*"), "http://localhost", "http://[::1]:*", "apart"},
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

var addition = regexp.MustCompile(`add ("(?:[^"\\]|\\.)*") to (AllowOrigins|AllowMethods|AllowHeaders)`)

// TestFixesWork does as each fix says, where it says what to add, and decides
// again: the policy must compile, and allow the request.
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
		for range 5 { // one fix may uncover the next
			e := compile(t, c).Explain(t.Context(), x.request)
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
