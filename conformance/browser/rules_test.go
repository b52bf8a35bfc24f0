package browser_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

func TestMethods(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method, normal        string
		forbidden, safelisted bool // safelisted: after normalising
	}{
		{"GET", "GET", false, true},
		{"get", "GET", false, true},
		{"Head", "HEAD", false, true},
		{"post", "POST", false, true},
		{"put", "PUT", false, false},
		{"delete", "DELETE", false, false},
		{"options", "OPTIONS", false, false},
		{"patch", "patch", false, false},
		{"PATCH", "PATCH", false, false},
		{"query", "query", false, false},
		{"TRACE", "TRACE", true, false},
		{"track", "track", true, false},
		{"Connect", "Connect", true, false},
		{"po\u017ft", "po\u017ft", false, false}, // ſ is not an s
		{"GE T", "GE T", false, false},
	} {
		normal := browser.NormalizeMethod(test.method)
		if normal != test.normal || browser.ForbiddenMethod(test.method) != test.forbidden || browser.SafelistedMethod(normal) != test.safelisted {
			t.Errorf("%s: normalised %s, forbidden %t, safelisted %t", test.method, normal, !test.forbidden, !test.safelisted)
		}
	}
	if browser.SafelistedMethod("get") {
		t.Error("get is safelisted without normalising")
	}
}

func TestOriginOf(t *testing.T) {
	t.Parallel()
	for rawURL, want := range map[string]string{
		"https://a.example/b?c#d":                "https://a.example",
		"HTTPS://A.Example":                      "https://a.example",
		"https://a.example:443/":                 "https://a.example",
		"http://a.example:80":                    "http://a.example",
		"http://a.example:443":                   "http://a.example:443",
		"https://a.example:80":                   "https://a.example:80",
		"http://a.example:00081":                 "http://a.example:81",
		"http://a.example:":                      "http://a.example",
		"http://a.example.:8080":                 "http://a.example.:8080",
		"http://u:p@a_b.example/":                "http://a_b.example",
		"http://[::1]:3000/":                     "http://[::1]:3000",
		"http://[0:0::1]":                        "http://[::1]",
		"http://[::FFFF:127.0.0.1]":              "http://[::ffff:7f00:1]",
		"http://xn--bcher-kva.example":           "http://xn--bcher-kva.example",
		"http://127.0.0.1":                       "http://127.0.0.1",
		"http://b\u00fccher.example":             "",
		"http://a.example:65536":                 "",
		"http://[::1%25eth0]":                    "",
		"http://[::z]":                           "",
		"http://":                                "",
		"http://a b":                             "",
		"http://a%00b":                           "",
		"ftp://a.example":                        "",
		"/relative":                              "",
		"null":                                   "",
		"data:,x":                                "",
		"http://" + strings.Repeat("a", 3) + "^": "",
	} {
		got, err := browser.OriginOf(rawURL)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", rawURL, got, err)
		}
	}
}
