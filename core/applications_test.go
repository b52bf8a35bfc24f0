package cors_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// The defaults of real applications compile, so that their servers start. Elements without
// effect are dropped with a warning.
func TestDefaultsOfApplications(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]cors.Config{
		"gin-contrib/cors, DefaultConfig": {
			AllowMethods: []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"},
			AllowHeaders: []string{"Origin", "Content-Length", "Content-Type"}, MaxAge: 12 * time.Hour,
		},
		"tusd, DefaultCorsConfig": {
			AllowMethods: []string{"POST", "HEAD", "PATCH", "OPTIONS", "GET", "DELETE"},
			AllowHeaders: []string{
				"Authorization", "Origin", "X-Requested-With", "X-Request-ID", "X-HTTP-Method-Override", "Content-Type", "Upload-Length",
				"Upload-Offset", "Tus-Resumable", "Upload-Metadata", "Upload-Defer-Length", "Upload-Concat",
			},
			ExposeHeaders: []string{"Upload-Offset", "Location", "Upload-Length", "Tus-Version", "Tus-Resumable"}, MaxAge: 24 * time.Hour,
		},
		"all that is inert": {
			AllowMethods:  []string{"CONNECT", "TRACE", "TRACK", "PUT"},
			AllowHeaders:  []string{"Content-Length", "Accept-Encoding", "Cookie", "Date", "Host", "Connection", "Referer", "Access-Control-Allow-Origin", "Content-Type"},
			ExposeHeaders: []string{"Set-Cookie", "Set-Cookie2", "Content-Length", "Content-Type"}, MaxAge: 30 * 24 * time.Hour,
		},
	} {
		for _, credentials := range []bool{false, true} {
			c.AllowOrigins, c.AllowCredentials = []string{app}, credentials
			p, err := cors.Compile(c)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			warned := make(map[string]bool)
			for _, w := range p.Warnings() {
				warned[w.Value] = true
			}
			kept := p.Config()
			for _, inert := range []string{"Origin", "Content-Length", "Accept-Encoding", "Cookie", "Date", "Host", "Connection", "Referer"} {
				if slices.Contains(c.AllowHeaders, inert) && (!warned[inert] || slices.ContainsFunc(kept.AllowHeaders, func(h string) bool { return strings.EqualFold(h, inert) })) {
					t.Errorf("%s: %s: warned of: %t, kept: %q", name, inert, warned[inert], kept.AllowHeaders)
				}
			}
			for _, inert := range []string{"CONNECT", "TRACE", "TRACK", "GET", "POST"} {
				if slices.Contains(c.AllowMethods, inert) && (!warned[inert] || slices.Contains(kept.AllowMethods, inert)) {
					t.Errorf("%s: %s: warned of: %t, kept: %q", name, inert, warned[inert], kept.AllowMethods)
				}
			}
			if slices.Contains(c.ExposeHeaders, "Set-Cookie") && (!warned["Set-Cookie"] || len(kept.ExposeHeaders) > 1) {
				t.Errorf("%s: exposed: %q", name, kept.ExposeHeaders)
			}
			if kept.MaxAge > 24*time.Hour {
				t.Errorf("%s: max-age %v", name, kept.MaxAge)
			}
		}
	}

	// Some scripts send a response header by mistake. They are blocked unless the policy
	// allows it.
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowHeaders: []string{"Access-Control-Allow-Origin"}})
	if d := p.Decide(t.Context(), ask(app, "GET", "access-control-allow-origin")); d.Reason() != cors.Allowed {
		t.Errorf("Access-Control-Allow-Origin as a request header: %s", wire(d))
	}
}

// Schemes of applications and extensions whose hosts are not known in advance.
func TestSchemesOfApplications(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"app", "chrome-extension", "moz-extension", "safari-web-extension", "tauri", "capacitor", "ionic", "vscode-webview"} {
		c := cors.Config{AllowOrigins: []string{scheme + "://*"}}
		p := compile(t, c)
		if w := p.Warnings(); len(w) != 1 || w[0].Code != "scheme-wide" {
			t.Errorf("%s: %v", scheme, w)
		}
		for origin, want := range map[string]bool{
			scheme + "://5e2d5a3c-0f39-4f40-9d60-4e7b3f6f2d11": true, scheme + "://.": true, scheme + "://": true, scheme + "://LocalHost": true,
			scheme + "x://a": false, "https://" + scheme: false, app: false, "null": false, "file://": false,
		} {
			if p.AllowsOrigin(origin) != want {
				t.Errorf("%s://*: %s is allowed: %t", scheme, origin, !want)
			}
		}
		c.AllowCredentials = true
		if _, err := cors.Compile(c); len(cors.ConfigErrors(err)) != 1 || cors.ConfigErrors(err)[0].Code != "scheme-credentials" {
			t.Errorf("%s with credentials: %v", scheme, err)
		}
		c.Dangerously.SchemesWithCredentials = true
		if w := compile(t, c).Warnings(); len(w) == 0 || w[0].Code != "scheme-credentials" {
			t.Errorf("%s with credentials and its Danger: %v", scheme, w)
		}
	}
}
