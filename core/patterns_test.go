package cors_test

import (
	"fmt"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// patternCases has, for each element of AllowOrigins, origins that it matches and others.
var patternCases = []struct {
	pattern   string
	yes, nope []string
}{
	{
		"https://example.com",
		[]string{"https://example.com", " https://example.com", "https://example.com\t"},
		[]string{
			"http://example.com", "https://example.com:8443", "https://example.com:443", "https://example.com.", "https://www.example.com",
			"https://example.co", "https://example.comm", "https://example.com/", "https://example.com?", "https://example.com#", "HTTPS://example.com",
			"https://Example.com", "https://example.com:", "https://example.com,https://example.com", "https://example.com https://example.com",
			"https://user@example.com", "https://example.com@evil.test", "//example.com", "example.com", "https:/example.com", "https:example.com",
			"https://example\u3002com", "https://exampl\u0435.com", "https://%65xample.com", "https://example.com\x00", "https://example.com\r\n",
			"\vhttps://example.com", "\"https://example.com\"", "null", "*", "https://", "https://*",
		},
	},
	{"https://example.com:8443", []string{"https://example.com:8443"}, []string{"https://example.com", "https://example.com:08443", "https://example.com:84430", "https://example.com:+8443"}},
	{"http://example.com:443", []string{"http://example.com:443"}, []string{"https://example.com", "http://example.com"}},
	{"https://example.com.", []string{"https://example.com."}, []string{"https://example.com", "https://example.com.."}},
	{"https://intranet", []string{"https://intranet"}, []string{"https://intranet.example", "https://x.intranet"}},
	{"https://a_b.example.com", []string{"https://a_b.example.com"}, []string{"https://a-b.example.com"}},
	{"https://xn--bcher-kva.example", []string{"https://xn--bcher-kva.example"}, []string{"https://b\u00fccher.example", "https://XN--bcher-kva.example"}},
	{"http://127.0.0.1:3000", []string{"http://127.0.0.1:3000"}, []string{"http://127.1:3000", "http://localhost:3000", "http://[::1]:3000", "http://127.0.0.01:3000", "http://0x7f.0.0.1:3000", "http://127.0.0.1.:3000"}},
	{"http://[::1]:3000", []string{"http://[::1]:3000"}, []string{"http://::1:3000", "http://[0::1]:3000", "http://[::0001]:3000", "http://[::1%25lo]:3000", "http://[::1]", "http://[::1]x:3000"}},
	{"https://[2001:db8::1]", []string{"https://[2001:db8::1]"}, []string{"https://[2001:DB8::1]", "https://[2001:db8:0::1]", "https://2001:db8::1"}},
	{"http://[::ffff:7f00:1]", []string{"http://[::ffff:7f00:1]"}, []string{"http://[::ffff:127.0.0.1]", "http://127.0.0.1"}},
	{"capacitor://localhost", []string{"capacitor://localhost"}, []string{"capacitor://localhost:443", "http://localhost", "capacitor://localhost/"}},
	{"chrome-extension://abcdefghijklmnopabcdefghijklmnop", []string{"chrome-extension://abcdefghijklmnopabcdefghijklmnop"}, []string{"chrome-extension://abcdefghijklmnopabcdefghijklmnoq"}},
	{"app://.", []string{"app://."}, []string{"app://", "app://..", "app://./", "app://a", "apps://.", "null"}},
	{"app://", []string{"app://"}, []string{"app://.", "app:/", "app:", "app:///", "app://a"}},
	{"app://Main_1~x", []string{"app://Main_1~x"}, []string{"app://main_1~x", "App://Main_1~x"}},
	{"app://a:*", []string{"app://a", "app://a:1", "app://a:443"}, []string{"app://a:0", "app://a:01", "app://a:", "app://A"}},
	{
		"app://*",
		[]string{
			"app://.", "app://", "app://localhost", "app://LocalHost:81", "app://a_b~c-d.e", "app://..", "app://1.2.3", "app://0x7f", "app://:8080", "app://a:65535",
			"app://" + strings.Repeat("a", 253), "app://" + strings.Repeat("a", 253) + ":65535",
		},
		[]string{
			"app:/a", "app:", "app", "APP://a", "xapp://a", "app+x://a", "https://a", "null", "app://a/", "app://a?", "app://a#", "app://a@b", "app://a:0", "app://a:01", "app://a:65536",
			"app://a:b", "app://a:1:2", "app://a,b", "app://a b", "app://a\r", "app://a\x00", "app://a%62", "app://\u00e4", "app://[::1]", "app://*", "app://a,app://b", "app://a, app://b",
			"app://" + strings.Repeat("a", 254), "app://" + strings.Repeat("a", 1<<16), "app://a://b",
		},
	},
	// Browsers accept labels that registries do not.
	{"https://ab--c.xn--p1ai", []string{"https://ab--c.xn--p1ai"}, []string{"https://abc.xn--p1ai"}},
	{"https://a-.xn--p1ai", []string{"https://a-.xn--p1ai"}, []string{"https://a.xn--p1ai"}},
	{"https://*.ab--c.xn--p1ai", []string{"https://-x-.ab--c.xn--p1ai"}, []string{"https://ab--c.xn--p1ai"}},
	{
		"https://*.example.com",
		[]string{
			"https://a.example.com", "https://a.b.c.d.example.com", "https://a-b.example.com", "https://-.example.com", "https://a_b.example.com",
			"https://_.example.com", "https://1.2.3.4.example.com", "https://xn--bcher-kva.example.com", "https://example.com.example.com",
			"https://" + strings.Repeat("a", 63) + ".example.com",
		},
		[]string{
			"https://example.com", "https://evilexample.com", "https://.example.com", "https://a..example.com", "https://a.example.com.", "https://a.example.com:8443",
			"http://a.example.com", "https://a.example.com.evil.test", "https://evil.test/.example.com", "https://evil.test#.example.com", "https://evil.test?.example.com",
			"https://evil.test\\.example.com", "https://evil.test@a.example.com", "https://evil.test:80.example.com", "https://a.Example.com", "https://A.example.com",
			"https://a,b.example.com", "https://a!.example.com", "https://*.example.com", "https://a\x00.example.com", "https://a\r.example.com", "https://a\n.example.com",
			"https://a\t.example.com", "https://a .example.com", "https://\u0430.example.com", "https://a%2e.example.com", "https://a\x80.example.com", "https://\u212a.example.com",
			"https://" + strings.Repeat("a", 64) + ".example.com", "https://" + strings.Repeat("a.", 200) + "example.com", "https://a.example.comm", "https://a.example.co",
			"https://a.exampleXcom", "https://a.example.com,https://b.example.com", "https://a.example.com https://b.example.com",
		},
	},
	{"https://*.example.com:8443", []string{"https://a.example.com:8443"}, []string{"https://a.example.com", "https://a.example.com:844", "https://example.com:8443", "https://a.example.com:84430"}},
	{
		"https://*.example.com:*",
		[]string{"https://a.example.com", "https://a.example.com:1", "https://a.b.example.com:65535", "https://a.example.com:80"},
		[]string{
			"https://example.com", "https://example.com:1", "https://a.example.com:443", "https://a.example.com:0", "https://a.example.com:65536", "https://a.example.com:",
			"https://a.example.com:01", "https://a.example.com:+1", "https://a.example.com:1:1", "https://a.example.com:*", "https://a.example.com:1@evil.test",
			"https://a.example.com:1.evil.test", "https://a.example.com:a", "https://a.example.com:\u0661", "http://a.example.com:1",
		},
	},
	{"https://*.example.com.", []string{"https://a.example.com."}, []string{"https://a.example.com", "https://example.com."}},
	{"https://*.com", []string{"https://a.com", "https://a.b.com"}, []string{"https://com", "https://a.com.", "https://a.net"}},
	{"http://*.localhost:*", []string{"http://a.localhost", "http://a.localhost:3000", "http://a.b.localhost:1"}, []string{"http://localhost", "http://localhost:3000", "http://alocalhost"}},
	{"http://localhost:*", []string{"http://localhost", "http://localhost:1", "http://localhost:65535", "http://localhost:443"}, []string{"http://localhost:80", "http://a.localhost:1", "https://localhost:1", "http://localhost:1x", "http://localhost:", "http://127.0.0.1:1", "http://localhost.:1"}},
	{"http://[::1]:*", []string{"http://[::1]", "http://[::1]:3000"}, []string{"http://[::2]:3000", "http://[::1]:80"}},
	{"http://127.0.0.1:*", []string{"http://127.0.0.1", "http://127.0.0.1:1"}, []string{"http://127.0.0.2", "http://0.127.0.0.1"}},
	{
		"https://app-*.example.com",
		[]string{"https://app-1.example.com", "https://app-a-b.example.com", "https://app--.example.com", "https://app-" + strings.Repeat("x", 59) + ".example.com"},
		[]string{
			"https://app-.example.com", "https://app.example.com", "https://app-1.x.example.com", "https://x.app-1.example.com", "https://app-a_b.example.com", "https://app-a,b.example.com",
			"https://xapp-1.example.com", "https://app-1.example.com.", "https://app-1.example.com:8443", "https://app-" + strings.Repeat("x", 60) + ".example.com", "https://app-A.example.com",
			"https://app-1xexample.com", "https://app-*.example.com", "https://app-\r.example.com",
		},
	},
	{"https://*-app.example.com", []string{"https://x-app.example.com", "https://--app.example.com"}, []string{"https://-app.example.com", "https://a.x-app.example.com", "https://x-app-.example.com"}},
	{"https://a*b.example.com:*", []string{"https://axb.example.com", "https://aab.example.com:1", "https://abb.example.com", "https://aabab.example.com"}, []string{"https://ab.example.com", "https://a.b.example.com", "https://axb.y.example.com"}},
	{"https://aa*aa.example.com", []string{"https://aaaaa.example.com"}, []string{"https://aaaa.example.com", "https://aaa.example.com", "https://aa.example.com"}}, // prefix and suffix don't overlap
	{"https://a_*.example.com", []string{"https://a_b.example.com"}, []string{"https://a_b_.example.com", "https://a__.example.com"}},
}

// TestPatterns compiles each pattern alone, and then all of them together. The whole set
// must match no more than its parts.
func TestPatterns(t *testing.T) {
	t.Parallel()
	all := cors.Config{}
	allowed := make(map[string]bool)
	for _, tt := range patternCases {
		all.AllowOrigins = append(all.AllowOrigins, tt.pattern)
		p := compile(t, cors.Config{AllowOrigins: []string{tt.pattern}})
		for _, origin := range tt.yes {
			allowed[strings.Trim(origin, " \t")] = true
			if got := p.Decide(t.Context(), cors.Request{Method: "GET", Origin: origin}); got.Reason() != cors.Allowed {
				t.Errorf("%s does not match %q: %v", tt.pattern, origin, got.Reason())
			}
		}
		for _, origin := range tt.nope {
			if p.AllowsOrigin(origin) {
				t.Errorf("%s matches %q", tt.pattern, origin)
			}
		}
	}
	p := compile(t, all)
	for _, tt := range patternCases {
		for _, origin := range tt.yes {
			if !p.AllowsOrigin(origin) {
				t.Errorf("%s no longer matches %q next to others", tt.pattern, origin)
			}
		}
		for _, origin := range tt.nope {
			one := func(pattern string) bool {
				return compile(t, cors.Config{AllowOrigins: []string{pattern}}).AllowsOrigin(origin)
			}
			want := false
			for _, pattern := range all.AllowOrigins {
				want = want || one(pattern)
			}
			if got := p.AllowsOrigin(origin); got != want {
				t.Errorf("all together: %q: got %t, want %t", origin, got, want)
			}
		}
	}
}

// TestLongestOrigins checks the exact limits of length in the URL and DNS standards. A
// longer origin is malformed.
func TestLongestOrigins(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63) + "."
	host253 := label + label + label + strings.Repeat("b", 61-len(".example.com")) + ".example.com"
	if len(host253) != 253 {
		t.Fatal(len(host253))
	}
	p := compile(t, cors.Config{AllowOrigins: []string{"https://*.example.com:*", strings.Repeat("s", 64) + "://*.example.com:*"}})
	for _, tt := range []struct {
		origin string
		want   cors.Reason
	}{
		{"https://" + host253, cors.Allowed},
		{"https://" + host253 + ":65535", cors.Allowed},
		{"https://x" + host253, cors.OriginMalformed},                                   // its first label has 64 bytes
		{"https://" + strings.Replace(host253, ".bb", ".bbb", 1), cors.OriginMalformed}, // 254 bytes, and no long label
		{"https://" + host253 + ".", cors.OriginNotAllowed},                             // 253 bytes, and the root's dot
		{strings.Repeat("s", 64) + "://" + host253 + ":65535", cors.Allowed},
		{strings.Repeat("s", 65) + "://" + host253 + ":65535", cors.OriginMalformed},
		{"https://" + strings.Repeat("a", 1<<16) + ".example.com", cors.OriginMalformed},
		{"https://" + strings.Repeat("a.", 1<<15) + "example.com", cors.OriginMalformed},
		{strings.Repeat("a", 1<<16), cors.OriginMalformed},
	} {
		if got := p.Decide(t.Context(), cors.Request{Method: "GET", Origin: tt.origin}).Reason(); got != tt.want {
			t.Errorf("%.100q (%d bytes): got %v, want %v", tt.origin, len(tt.origin), got, tt.want)
		}
	}
}

// TestManyOrigins checks a policy with very many origins and patterns.
func TestManyOrigins(t *testing.T) {
	t.Parallel()
	const n = 10_000
	var c cors.Config
	for i := range n {
		c.AllowOrigins = append(c.AllowOrigins, fmt.Sprintf("https://app%d.example.com", i), fmt.Sprintf("https://*.tenant%d.example.net", i))
	}
	p := compile(t, c)
	for i := 0; i < n; i += 97 {
		for origin, want := range map[string]bool{
			fmt.Sprintf("https://app%d.example.com", i):        true,
			fmt.Sprintf("https://app%d.example.com:81", i):     false,
			fmt.Sprintf("https://x.tenant%d.example.net", i):   true,
			fmt.Sprintf("https://tenant%d.example.net", i):     false,
			fmt.Sprintf("https://x.tenant%d.example.net", i+n): false,
		} {
			if p.AllowsOrigin(origin) != want {
				t.Errorf("%s: got %t", origin, !want)
			}
		}
	}
}
