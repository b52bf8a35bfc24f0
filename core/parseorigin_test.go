package cors_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]cors.Origin{
		"https://a.example":      {Scheme: "https", Host: "a.example"},
		"http://[::1]:3000":      {Scheme: "http", Host: "[::1]", Port: 3000},
		"https://a,b.example":    {Scheme: "https", Host: "a,b.example"},
		"chrome-extension://AbC": {Scheme: "chrome-extension", Host: "AbC"},
		"app://.":                {Scheme: "app", Host: "."},
		"file://":                {Scheme: "file"},
	} {
		if o, err := cors.ParseOrigin(s); err != nil || o != want || o.String() != s {
			t.Errorf("%s: got %+v, %v", s, o, err)
		}
	}
	for _, tt := range []struct {
		s, code string
		repair  []string
	}{
		{"null", "origin-null", nil},
		{"", "origin-empty", nil},
		{"*", "origin-no-scheme", nil},
		{"https://A.example:443/", "origin-path", []string{"https://a.example"}},
		{"https://a.example, https://b.example", "origin-list", []string{"https://a.example", "https://b.example"}},
	} {
		_, err := cors.ParseOrigin(tt.s)
		var e *cors.ConfigError
		if !errors.As(err, &e) || e.Field != "Origin" || e.Value != tt.s || e.Code != tt.code || !slices.Equal(e.Repair, tt.repair) {
			t.Errorf("%q: got %#v", tt.s, e)
		}
	}
}

func TestOriginOf(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://App.Example.com:443/login?x=1#y":    "https://app.example.com",
		"http://a.example:8080":                      "http://a.example:8080",
		"HTTP://USER:PW@A.example:80/":               "http://a.example",
		"https://b\u00fccher.example/":               "https://xn--bcher-kva.example",
		"http://127.1:08080/x":                       "http://127.0.0.1:8080",
		"http://[0:0:0:0:0:0:0:1]:3000/":             "http://[::1]:3000",
		"https://a.example:/":                        "https://a.example",
		"blob:https://a.example/9115d58c":            "https://a.example",
		"chrome-extension://abcdef/popup.html":       "chrome-extension://abcdef",
		"app://./index.html":                         "app://.",
		"file:///srv/index.html":                     "file://",
		"https://a.example/?u=https://evil.example/": "https://a.example",
		"https://a.example/@evil.example":            "https://a.example",
		"wss://a.example/socket":                     "wss://a.example",
	} {
		if o, err := cors.OriginOf(url); err != nil || o.String() != want {
			t.Errorf("%s: got %v, %v; want %s", url, o, err, want)
		}
	}
	for _, url := range []string{"", "a.example", "/path", "//a.example/", "data:text/html,x", "about:blank", "javascript:0", "https://", "https:///x", "https://a b/", "https://a.example:99999/", "https://a%3a80/", "blob:null/x", "http://[::1%25eth0]/", "https://*.example.com/", "https://a*.example.com:8443/", "https://*", "app://*/", "https://" + strings.Repeat("a.", 1<<15)} {
		o, err := cors.OriginOf(url)
		var e *cors.ConfigError
		if !errors.As(err, &e) || o != (cors.Origin{}) {
			t.Errorf("%.100s: got %v, %v", url, o, err)
		}
	}
}

// TestOriginAddresses checks Addr, IsLoopback and IsPrivate.
func TestOriginAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		origin                string
		addr                  string
		isLoopback, isPrivate bool
	}{
		{"https://a.example", "invalid IP", false, false},
		{"http://localhost:3000", "invalid IP", true, false},
		{"http://a.localhost", "invalid IP", true, false},
		{"http://127.0.0.1", "127.0.0.1", true, false},
		{"http://[::1]", "::1", true, false},
		{"http://10.1.2.3", "10.1.2.3", false, true},
		{"http://172.31.0.1", "172.31.0.1", false, true},
		{"http://172.32.0.1", "172.32.0.1", false, false},
		{"http://192.168.1.10:5173", "192.168.1.10", false, true},
		{"http://169.254.1.1", "169.254.1.1", false, true},
		{"http://[fd00::1]", "fd00::1", false, true},
		{"http://[fe80::1]", "fe80::1", false, true},
		{"http://[::ffff:c0a8:10a]", "::ffff:192.168.1.10", false, true},
		{"http://8.8.8.8", "8.8.8.8", false, false},
		{"http://0.0.0.0", "0.0.0.0", false, false},
		{"https://192.168.1.10.evil.example", "invalid IP", false, false},
		{"capacitor://localhost", "invalid IP", true, false},
		{"app://1.2.3", "invalid IP", false, false},
	} {
		o, err := cors.ParseOrigin(tt.origin)
		if err != nil || o.Addr().String() != tt.addr || o.IsLoopback() != tt.isLoopback || o.IsPrivate() != tt.isPrivate {
			t.Errorf("%s: address %v, loopback %t, private %t (%v)", tt.origin, o.Addr(), o.IsLoopback(), o.IsPrivate(), err)
		}
	}
}
