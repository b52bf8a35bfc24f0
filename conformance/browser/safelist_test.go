package browser_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// Chromium 156, Firefox 153 and WebKitGTK 2.50 agree with the standard on these, unless a
// comment says otherwise.
func TestSafelistedRequestHeaders(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 128)
	for _, test := range []struct {
		name, value string
		want        bool
	}{
		{"Accept", "", true},
		{"Accept", "text/html, */*;q=0.5", true},
		{"ACCEPT", "tab\tis fine", true},
		{"Accept", long, true},
		{"Accept", long + "a", false},
		{"Accept", "\xe9", true}, // not in Firefox
		{"Accept", "\x01", false},
		{"Accept", "a\x7f", false},
		{"Accept-Language", "de-CH, fr;q=0.5, *", true},
		{"Accept-Language", long, true},
		{"Accept-Language", long + "a", false},
		{"Accept-Language", "de_CH", false},
		{"Accept-Language", "a/b", false},
		{"Accept-Language", "a\tb", false},
		{"Content-Language", "en", true},
		{"Content-Language", "en@", false},
		{"Content-Language", long + "a", false},
		{"Content-Type", "text/plain", true},
		{"Content-Type", "TEXT/Plain ; Charset=UTF-8", true},
		{"content-type", "text/plain;anything-goes", true},
		{"Content-Type", "text/plain;", true},
		{"Content-Type", "application/x-www-form-urlencoded", true},
		{"Content-Type", "multipart/form-data; boundary=x", true},
		{"Content-Type", "text/plain;" + long[:117], true},
		{"Content-Type", "text/plain;" + long[:118], false},
		{"Content-Type", "text/plain; a=b, application/json", true}, // not in Firefox
		{"Content-Type", `text/plain; charset="utf-8"`, false},
		{"Content-Type", "text/plain; a=(b)", false},
		{"Content-Type", "text/plain; a=b:c", false},
		{"Content-Type", "text/plain; a=b@c", false},
		{"Content-Type", "text/plain;\x7f", false},
		{"Content-Type", "text/plain, text/plain", false},
		{"Content-Type", "", false},
		{"Content-Type", "text", false},
		{"Content-Type", "/plain", false},
		{"Content-Type", "text/", false},
		{"Content-Type", "te xt/plain", false},
		{"Content-Type", "application/json", false},
		{"Content-Type", "text/xml", false},
		{"Range", "bytes=0-", true},
		{"Range", "bytes=0-0", true},
		{"Range", "bytes=5-10", true},
		{"Range", "bytes=010-9", false},
		{"Range", "bytes=009-10", true},
		{"Range", "bytes=99999999999999999998-99999999999999999999", true},
		{"Range", "bytes=99999999999999999999-99999999999999999998", false},
		{"Range", "bytes=" + strings.Repeat("0", 121) + "-", true},
		{"Range", "bytes=" + strings.Repeat("0", 122) + "-", false},
		{"Range", "bytes=2-1", false},
		{"Range", "bytes=-5", false},
		{"Range", "bytes=-", false},
		{"Range", "bytes=", false},
		{"Range", "bytes=0", false},
		{"Range", "bytes=0-1,2-3", false},
		{"Range", "bytes= 0-1", false},
		{"Range", "bytes =0-1", false},
		{"Range", "BYTES=0-1", false}, // simple in WebKit
		{"Range", "items=0-1", false},
		{"Range", "bytes=+0-1", false},
		{"Range", "bytes=0x1-2", false},
		{"X-Foo", "", false},
		{"Authorization", "x", false},
		{"User-Agent", "x", false},
		{"DPR", "1", false}, // simple in Chromium
		{"Save-Data", "on", false},
	} {
		if got := browser.SafelistedRequestHeader(test.name, test.value); got != test.want {
			t.Errorf("%s: %q: safelisted %t", test.name, test.value, got)
		}
		needed := browser.NeedsPreflight("GET", []browser.Field{{Name: test.name, Value: test.value}})
		if needed == test.want {
			t.Errorf("%s: %q: needs a preflight: %t", test.name, test.value, needed)
		}
	}
	for c := range 256 {
		want := c < 0x20 && c != '\t' || c == 0x7f || strings.ContainsRune(`"():<>?@[\]{}`, rune(c))
		if browser.SafelistedRequestHeader("Accept", string([]byte{byte(c)})) == want {
			t.Errorf("byte %#x: is a CORS-unsafe request-header byte: %t", c, !want)
		}
	}
}

func TestUnsafeRequestHeaderNames(t *testing.T) {
	t.Parallel()
	header := func(pairs ...string) (fields []browser.Field) {
		for i := 0; i < len(pairs); i += 2 {
			fields = append(fields, browser.Field{Name: pairs[i], Value: pairs[i+1]})
		}
		return fields
	}
	lines := func(n int) (pairs []string) {
		for range n {
			pairs = append(pairs, "Accept", strings.Repeat("a", 128))
		}
		return pairs
	}
	for _, test := range []struct {
		name   string
		header []browser.Field
		want   string
	}{
		{"none", nil, ""},
		{"safelisted ones are not listed", header("Accept", "*/*", "Content-Type", "text/plain"), ""},
		{"sorted by byte, in lower case, each once", header("X-b", "1", "x_a", "1", "X-B", "2", "X-A", "1", "Authorization", "1"), "authorization,x-a,x-b,x_a"},
		{"only ASCII letters are folded", header("X-\u212a", "1"), "x-\u212a"},
		{"1024 bytes of safelisted values", header(lines(8)...), ""},
		{"and one more", header(append(lines(8), "Accept-Language", "a")...), "accept,accept-language"},
		{"an unsafe value is not counted", header(append(lines(8), "X-A", "aaa")...), "x-a"},
	} {
		if got := strings.Join(browser.UnsafeRequestHeaderNames(test.header), ","); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
