package cors_test

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// originParser returns a function that parses an Origin as the policy does. The policy
// calls AllowOriginFunc only for well-formed origins.
func originParser(t testing.TB) func(string) (cors.Origin, bool) {
	t.Helper()
	var parsed []cors.Origin
	p := compile(t, cors.Config{AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		parsed = append(parsed, o)
		return true, nil
	}})
	return func(s string) (cors.Origin, bool) {
		parsed = parsed[:0]
		d := p.Decide(context.Background(), cors.Request{Method: "GET", Origin: s})
		if len(parsed) == 0 {
			if d.Reason() == cors.Allowed && d.Kind() == cors.Actual {
				t.Errorf("%q is allowed, and the function was not asked", s)
			}
			return cors.Origin{}, false
		}
		if got := headers(d)["Access-Control-Allow-Origin"]; got != strings.Trim(s, " \t") {
			t.Errorf("ACAO of %q is %q", s, got)
		}
		return parsed[0], true
	}
}

var (
	// opaquePattern matches origins of applications and extensions, as Config documents
	// them.
	opaquePattern = regexp.MustCompile(`\A([a-z][a-z0-9+.-]{0,63})://([A-Za-z0-9._~-]{0,253})(:([1-9][0-9]*))?\z`)
	schemePattern = regexp.MustCompile(`\A[a-z][a-z0-9+.-]{0,63}\z`)
	// The printable ASCII characters that the URL standard allows in a domain, without
	// upper case, which browsers change to lower case.
	domainPattern = regexp.MustCompile("\\A[a-z0-9._!\"$&'()*+,;=`{}~-]+\\z")
	numberPattern = regexp.MustCompile(`\A([0-9]+|0x[0-9a-f]*)\z`)
)

// slowOrigin parses an origin with net/url, and then checks each rule of the standards. It
// is slow and simple.
func slowOrigin(s string) (o cors.Origin, ok bool) {
	scheme, _, found := strings.Cut(s, "://")
	if !found {
		return o, false
	}
	if scheme == "file" {
		return cors.Origin{Scheme: scheme}, s == "file://"
	}
	if !slices.Contains([]string{"http", "https", "ws", "wss"}, scheme) {
		m := opaquePattern.FindStringSubmatch(s)
		if m == nil {
			return o, false
		}
		port, err := strconv.Atoi(cmp.Or(m[4], "0"))
		return cors.Origin{Scheme: m[1], Host: m[2], Port: port}, err == nil && port <= 65535
	}
	// net/url refuses some characters that the URL standard allows in hosts.
	u, err := url.Parse(strings.NewReplacer("{", "!", "}", "!", "`", "!", "\"", "!").Replace(s))
	if err != nil || u.Scheme+"://"+u.Host != strings.NewReplacer("{", "!", "}", "!", "`", "!", "\"", "!").Replace(s) {
		return o, false
	}
	if !schemePattern.MatchString(u.Scheme) {
		return o, false
	}
	authority := s[len(u.Scheme)+len("://"):]
	host, port := authority, ""
	if i := strings.LastIndex(authority, ":"); i > strings.LastIndex(authority, "]") {
		host, port = authority[:i], authority[i+1:]
		n, err := strconv.Atoi(port)
		defaults := map[string]int{"http": 80, "https": 443, "ws": 80, "wss": 443} // URL, "special scheme"
		if err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port || defaults[u.Scheme] == n {
			return o, false
		}
		o.Port = n
	}
	if strings.HasPrefix(host, "[") {
		ok = strings.HasSuffix(host, "]") && slowIPv6(host[1:len(host)-1]) == host
	} else {
		ok = slowDomain(host)
	}
	o.Scheme, o.Host = u.Scheme, host
	return o, ok
}

func slowDomain(host string) bool {
	if !domainPattern.MatchString(host) {
		return false
	}
	name := strings.TrimSuffix(host, ".")
	if len(name) > 253 {
		return false
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	if numberPattern.MatchString(labels[len(labels)-1]) { // URL, "ends in a number checker"
		addr, err := netip.ParseAddr(host)
		return err == nil && addr.Is4() && addr.String() == host
	}
	return true
}

// slowIPv6 writes an IPv6 address by the steps of the URL standard ("IPv6 serializer").
func slowIPv6(s string) string {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" || !addr.Is6() {
		return ""
	}
	b := addr.As16()
	var pieces [8]int
	for i := range pieces {
		pieces[i] = int(b[2*i])<<8 | int(b[2*i+1])
	}
	start, length := -1, 1 // of the first one of the longest runs of zeros, if longer than one
	for i := range pieces {
		n := 0
		for i+n < 8 && pieces[i+n] == 0 {
			n++
		}
		if n > length {
			start, length = i, n
		}
	}
	text := ""
	for i := 0; i < 8; i++ {
		if i == start {
			text += "::"
			i += length - 1
			continue
		}
		if text != "" && !strings.HasSuffix(text, ":") {
			text += ":"
		}
		text += strconv.FormatInt(int64(pieces[i]), 16)
	}
	return "[" + text + "]"
}

// FuzzOrigin checks that a parsed origin prints as it was written, and that slowOrigin
// agrees.
func FuzzOrigin(f *testing.F) {
	for _, c := range patternCases {
		for _, s := range append(append([]string{c.pattern}, c.yes...), c.nope...) {
			f.Add(s)
		}
	}
	for _, s := range []string{
		"a://b", "a+.-1://b", "1a://b", "https://a:1", "https://a:65535", "https://a:65536", "https://a:00001", "http://a:443", "http://a:80", "ws://a:80", "wss://a:443", "ftp://a:21",
		"http://[::]", "http://[1::]", "http://[::1:0:0:0]", "http://[1:0:0:2:0:0:0:3]", "http://[0:1::]", "http://[1::2:0]", "http://[::ffff:0:0]", "http://[::1.2.3.4]", "http://[::ffff:1.2.3.4]",
		"http://[::1]:", "http://[::1]]", "http://[", "http://[]", "http://1.2.3.4", "http://1.2.3.4.", "http://1.2.3", "http://a.1", "http://a.0x", "http://a.0xg", "http://a.1.", "http://0", "http://a.08",
		"https://.", "https://a.", "https://a..", "https://.a", "https://a/b", "https://a\\b", "https://a%62", "https://a b", "https://a|b", "https://a^b", "https://a<b", "https://{a}", "https://`a`", "https://a\"b",
		strings.Repeat("s", 64) + "://a", strings.Repeat("s", 65) + "://a", "https://" + strings.Repeat("a", 63), "https://" + strings.Repeat("a", 64), "https://" + strings.Repeat("a.", 126) + "a", "https://" + strings.Repeat("a.", 126) + "aa", "https://" + strings.Repeat("a.", 127),
	} {
		f.Add(s)
	}
	for _, a := range attacks(f) {
		if s := a.request(f).Origin; len(s) <= 1<<14 {
			f.Add(s)
		}
	}
	parse := originParser(f)
	f.Fuzz(func(t *testing.T, s string) {
		trimmed := strings.Trim(s, " \t")
		got, ok := parse(s)
		want, wanted := slowOrigin(trimmed)
		if trimmed == "" || trimmed == "null" {
			wanted = false
		}
		if ok != wanted || ok && got != want {
			t.Errorf("%q: got %+v, %t; want %+v, %t", s, got, ok, want, wanted)
		}
		if ok && got.String() != trimmed {
			t.Errorf("%q prints as %q", s, got.String())
		}
		if ok {
			checkOriginMethods(t, got)
		}
	})
}

// checkOriginMethods compares the methods of an Origin with its host's labels.
func checkOriginMethods(t *testing.T, o cors.Origin) {
	t.Helper()
	addr, err := netip.ParseAddr(strings.Trim(o.Host, "[]"))
	isIP := err == nil
	labels := strings.Split(strings.TrimSuffix(o.Host, "."), ".")
	if want := labels[len(labels)-1] == "localhost" || isIP && addr.IsLoopback(); o.IsLoopback() != want {
		t.Errorf("%s: IsLoopback is %t", o, !want)
	}
	if !slices.Contains([]string{"http", "https", "ws", "wss"}, o.Scheme) {
		return // its host is as it was sent, and may not be a name
	}
	below := make(map[string]bool) // the names above the host
	for name := o.Host; ; {
		_, parent, found := strings.Cut(name, ".")
		if !found || parent == "" {
			break
		}
		below[parent], name = !isIP, parent
	}
	for i := range len(o.Host) + 1 {
		if domain := o.Host[i:]; o.IsSubdomainOf(domain) != below[domain] {
			t.Errorf("%s: IsSubdomainOf(%q) is %t", o, domain, !below[domain])
		}
	}
}

func TestOriginMethods(t *testing.T) {
	t.Parallel()
	parse := originParser(t)
	for _, tt := range []struct {
		origin, domain string
		below          bool
	}{
		{"https://a.example.com", "example.com", true},
		{"https://a.b.example.com:81", "example.com", true},
		{"https://a_b,c.example.com", "example.com", true},
		{"https://a.example.com", "com", true},
		{"https://a.example.com.", "example.com.", true},
		{"https://example.com", "example.com", false},
		{"https://evilexample.com", "example.com", false},
		{"https://example.com.evil.test", "example.com", false},
		{"https://a.example.com.", "example.com", false},
		{"https://a.example.com", ".example.com", false},
		{"https://a.example.com", "", false},
		{"https://a.example.com", "Example.com", false},
		{"https://a.example.com", "a.example.com", false},
		{"https://a.example.com", "xample.com", false},
		{"https://1.2.3.4", "3.4", false},
		{"https://[::1]", "1]", false},
	} {
		o, ok := parse(tt.origin)
		if got := o.IsSubdomainOf(tt.domain); !ok || got != tt.below {
			t.Errorf("%s below %q: got %t", tt.origin, tt.domain, got)
		}
	}
	for origin, want := range map[string]bool{
		"http://localhost": true, "http://localhost:3000": true, "https://a.localhost": true, "http://a.b.localhost:1": true, "http://localhost.": true, "http://a.localhost.": true,
		"http://127.0.0.1": true, "http://127.255.255.254:81": true, "http://[::1]:3000": true, "capacitor://localhost": true,
		"http://localhost.example": false, "http://xlocalhost": false, "http://localhosts": false, "http://128.0.0.1": false, "http://0.0.0.0": false, "http://[::2]": false,
		"http://[::]": false, "http://10.0.0.1": false, "http://127.0.0.1.example": false, "http://loopback": false,
	} {
		o, ok := parse(origin)
		if got := o.IsLoopback(); !ok || got != want {
			t.Errorf("%s: IsLoopback is %t", origin, got)
		}
	}
	for want, o := range map[string]cors.Origin{
		"https://a.example": {Scheme: "https", Host: "a.example"}, "http://[::1]:3000": {Scheme: "http", Host: "[::1]", Port: 3000},
	} {
		if got := o.String(); got != want || fmt.Sprint(o) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
