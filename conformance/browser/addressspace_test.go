package browser_test

import (
	"net/netip"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

func TestAddressSpaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]browser.AddressSpace{
		"127.0.0.1": browser.Loopback, "127.9.9.9": browser.Loopback, "::1": browser.Loopback, "0.0.0.0": browser.Loopback,
		"::ffff:127.0.0.1": browser.Loopback, "10.1.2.3": browser.Local, "172.16.0.1": browser.Local, "192.168.1.1": browser.Local,
		"169.254.1.1": browser.Local, "100.64.0.1": browser.Local, "fe80::1": browser.Local, "fd00::1": browser.Local,
		"::ffff:10.0.0.1": browser.Local, "172.32.0.1": browser.Public, "8.8.8.8": browser.Public, "2001:4860::8888": browser.Public,
	} {
		if got := browser.AddressSpaceOf(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Chromium sends nothing from an internet page to this machine: no preflight, and no
// request without CORS.
func TestLocalNetworkAccess(t *testing.T) {
	t.Parallel()
	const denied, insecure = "LocalNetworkAccessPermissionDenied", "InsecureLocalNetwork"
	for _, test := range []struct {
		engine browser.Engine
		origin string
		page   browser.AddressSpace
		want   string
	}{
		{browser.Chromium(), "https://app.example", browser.Public, denied},
		{browser.Chromium(), "https://app.example", browser.Local, denied},
		{browser.Chromium(), "null", browser.Public, denied},
		{browser.Chromium(), "http://app.example", browser.Public, insecure},
		{browser.Chromium(), "http://app.localhost:3000", browser.Public, denied},
		{browser.Chromium(), "https://app.example", browser.Loopback, "allowed"},
		{browser.Chromium(), "https://app.example", "", "allowed"},
		{browser.Firefox(), "https://app.example", browser.Public, "allowed"},
		{browser.WebKit(), "https://app.example", browser.Public, "allowed"},
		{browser.Engine{}, "https://app.example", browser.Public, "allowed"},
	} {
		r := newRig(t, map[string]string{
			"* api.example/": raw("200", acao+"*", acam+"PUT"),
		})
		r.Engine, r.Origin, r.AddressSpace = test.engine, test.origin, test.page
		for _, request := range []browser.Request{{URL: api}, {URL: api, Method: "PUT"}, {URL: api, Mode: browser.ModeNoCORS}} {
			v := r.fetch(t, request)
			expect(t, v, test.want)
			if !v.Allowed && len(v.Exchanges) > 0 {
				t.Errorf("%s, %s: something was sent: %+v", test.origin, test.page, v.Exchanges)
			}
		}
	}
}

// Pages with their own scheme have an origin, except pages whose origin is null or that
// of another page.
func TestPageOrigins(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"GET api.example/": raw("200", acao+"*")})
	for _, origin := range []string{
		"tauri://localhost", "capacitor://localhost", "chrome-extension://abcdefghijklmnop", "moz-extension://0a-1b", "file://", "app://.",
		"ionic://localhost", "vscode-webview://x_y~z", "app://host:8080", "null",
	} {
		r.Origin = origin
		v := r.fetch(t, browser.Request{URL: api})
		expect(t, v, "allowed")
		if got := value(v.Exchanges[0].Request, "Origin"); got != origin {
			t.Errorf("%s: sent %s", origin, got)
		}
	}
	for _, origin := range []string{
		"", "tauri:localhost", "tauri://localhost/", "tauri://a b", "tauri://a:b", "tauri://a:080", "tauri://:1", "Tauri://localhost", "data://", "javascript://a",
		"blob://a", "1x://a", "://a", "ws://a", "tauri://a\x1b", "tauri://a?b",
	} {
		r.Origin = origin
		if _, err := r.Fetch(t.Context(), browser.Request{URL: api}); err == nil {
			t.Errorf("%q is accepted as an origin", origin)
		}
	}
}
