//go:build unix

package browsers

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
	cors "github.com/crossgate/cors/core"
)

// shell is a way to show pages that do not come from a web server.
type shell struct {
	engine    string
	allow     string            // the pattern for its pages in AllowOrigins
	pages     map[string]string // the names in shells.txt, by reporter
	arguments []string          // arguments of the engine
	extension bool              // its pages belong to an extension
	permitted bool              // the extension has a host permission for the server
	url       string            // the URL of a page in the application's own scheme
	scheme    string            // how that scheme is registered
}

func extensionPages(permission string) map[string]string {
	return map[string]string{
		"page": "an extension's page, " + permission, "background": "an extension's background script, " + permission,
		"content script": "an extension's content script, " + permission,
	}
}

// shells returns the shells that this machine can show.
func shells() []shell {
	one := func(name string) map[string]string { return map[string]string{"page": name} }
	return []shell{
		{engine: "chromium", allow: "chrome-extension://*", pages: extensionPages("without host permission"), extension: true},
		{engine: "chromium", allow: "chrome-extension://*", pages: extensionPages("with host permission"), extension: true, permitted: true},
		{engine: "chromium", allow: "null", pages: one("a file")},
		{engine: "chromium", allow: "file://", pages: one("a file, with `--allow-file-access-from-files`"), arguments: []string{"--allow-file-access-from-files"}},
		{engine: "firefox", allow: "moz-extension://*", pages: extensionPages("without host permission"), extension: true},
		{engine: "firefox", allow: "moz-extension://*", pages: extensionPages("with host permission"), extension: true, permitted: true},
		{engine: "firefox", allow: "null", pages: one("a file")},
		{engine: "webkit", allow: "null", pages: one("a file")},
		{engine: "webkit", allow: "file://", pages: one("a file, with `allow-file-access-from-file-urls`"), arguments: []string{"--allow-file-access-from-file-urls=true"}},
		{engine: "webkit", allow: "file://", pages: one("a file, with `allow-universal-access-from-file-urls`"), arguments: []string{"--allow-universal-access-from-file-urls=true"}},
		{engine: "webkit", allow: "app://.", pages: one("`app://./index.html`"), url: "app://./index.html"},
		{engine: "webkit", allow: "app://main:8080", pages: one("`app://Main:8080/index.html`"), url: "app://Main:8080/index.html"},
		{engine: "webkit", allow: "app://", pages: one("`app:///index.html`"), url: "app:///index.html"},
		{engine: "webkit", allow: "tauri://localhost", pages: one("`tauri://localhost/index.html`, registered as secure and CORS-enabled"), url: "tauri://localhost/index.html", scheme: "secure cors-enabled"},
	}
}

// TestShells opens pages of extensions, of files and of an application's own scheme in
// real engines. It compares what they send and accept with testdata/shells.txt, and with
// how core reads their origins.
func TestShells(t *testing.T) {
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the engines start one after the other anyway
			ids := make(map[string]bool)
			for _, s := range shells() {
				if s.engine == name {
					s.measure(t, ids)
				}
			}
		})
	}
}

// measure opens the shell's pages, and compares their results with the file.
func (s *shell) measure(t *testing.T, ids map[string]bool) {
	t.Helper()
	e := engine.ForTest(t, s.engine)
	handler := newShellServer(t, s.allow)
	server := httptest.NewServer(handler)
	defer server.Close()
	id, url := s.prepare(t, e, server.URL)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	session, err := e.Open(ctx, url, engine.Trust{})
	require.NoError(t, err)
	defer func() { assert.NoError(t, session.Close()) }()
	var who []string
	for reporter := range s.pages {
		who = append(who, reporter)
	}
	for !handler.done(who) {
		select {
		case <-handler.reported:
		case <-session.Ended():
			require.Fail(t, "the engine has ended by itself", session.Log())
		case <-ctx.Done():
			require.Fail(t, "some pages have not reported", "%v\n%s", who, session.Log())
		}
	}
	for _, reporter := range who {
		got := handler.observe(t, reporter)
		s.check(t, reporter, got)
		switch {
		case reporter == "content script":
			website := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
			assert.Equal(t, website, got.put, "the origin of the page that it runs in")
			got.get, got.put = "the website's", "the website's"
		case s.engine == "chromium" && s.extension:
			assert.Equal(t, "chrome-extension://"+id, got.put, "the id is computed from the key in the manifest")
			got.get, got.put = strings.ReplaceAll(got.get, id, "ID"), "chrome-extension://ID"
		case s.extension:
			origin, found := strings.CutPrefix(got.put, "moz-extension://")
			require.True(t, found, got.put)
			ids[origin] = true
			got.get, got.put = strings.ReplaceAll(got.get, origin, "UUID"), "moz-extension://UUID"
		}
		holdShell(t, e, s.pages[reporter], got)
	}
	if s.extension && s.engine == "firefox" && s.permitted {
		assert.Len(t, ids, 2, "each installation of the same extension has its own id")
	}
}

// check compares an origin that an engine sends with how core reads it.
func (s *shell) check(t *testing.T, reporter string, got seen) {
	t.Helper()
	if reporter == "content script" {
		return // the origin of a website
	}
	assert.True(t, got.allowed, "%s: a policy that lists %q lets it read", reporter, s.allow)
	policy, err := cors.Compile(shellPolicy(s.allow))
	require.NoError(t, err)
	assert.True(t, policy.AllowsOrigin(got.put), "%q covers %q", s.allow, got.put)
	if got.put == "null" {
		return
	}
	origin, err := cors.ParseOrigin(got.put)
	require.NoError(t, err, "AllowOriginFunc would not be asked about %q", got.put)
	assert.Equal(t, got.put, origin.String())
	if origin.Scheme == "file" {
		return
	}
	exact, err := cors.Compile(shellPolicy(got.put))
	require.NoError(t, err)
	assert.True(t, exact.AllowsOrigin(got.put))
}

// prepare writes the shell's pages. It returns an extension's id and the URL to open.
func (s *shell) prepare(t *testing.T, e *engine.Engine, server string) (id, url string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644)) // engines may run as another user
		return path
	}
	script := func(who string) string {
		return strings.ReplaceAll(fetches, "SERVER", server) + `measure("` + who + `");`
	}
	e.Arguments = s.arguments
	switch {
	case s.extension:
		// Nothing is signed with the key, so any bytes are good enough.
		key := []byte("a public key")
		manifest, err := json.Marshal(s.manifest(base64.StdEncoding.EncodeToString(key)))
		require.NoError(t, err)
		write("manifest.json", string(manifest))
		write("page.html", `<!doctype html><script src="page.js"></script>`)
		write("page.js", script("page"))
		write("content.js", script("content script"))
		write("background.js", script("background")+`(globalThis.browser ?? chrome).tabs.create({ url: "page.html" });`)
		e.Extension = dir
		return extensionID(key), strings.Replace(server, "127.0.0.1", "localhost", 1) + "/host"
	case s.url != "":
		host, err := filepath.Abs("testdata/shells/webkit.py")
		require.NoError(t, err)
		requireWebKitHost(t)
		e.Path, e.Env = host, []string{"CROSSGATE_SCRIPT=" + write("page.js", script("page")), "CROSSGATE_REGISTERED=" + s.scheme}
		return "", s.url
	default:
		return "", "file://" + write("page.html", "<!doctype html><script>"+script("page")+"</script>")
	}
}

// manifest returns the manifest of an extension for Chromium and Firefox.
func (s *shell) manifest(key string) map[string]any {
	m := map[string]any{
		"manifest_version": 3, "name": "Fetches", "version": "1", "key": key,
		"background":                map[string]any{"service_worker": "background.js", "scripts": []string{"background.js"}},
		"content_scripts":           []any{map[string]any{"matches": []string{"http://localhost/*"}, "js": []string{"content.js"}}},
		"content_security_policy":   map[string]any{"extension_pages": "script-src 'self'"}, // Firefox's default upgrades requests to https
		"browser_specific_settings": map[string]any{"gecko": map[string]any{"id": "fetches@example.com"}},
	}
	if s.permitted {
		m["host_permissions"] = []string{"http://127.0.0.1/*"}
	}
	return m
}

// extensionID returns the id that Chromium computes from a manifest's key: the first 16
// bytes of its SHA-256, with the letters a to p as hexadecimal digits.
func extensionID(key []byte) string {
	digest := sha256.Sum256(key)
	var id []byte
	for _, b := range digest[:16] {
		id = append(id, 'a'+b>>4, 'a'+b&15)
	}
	return string(id)
}

// requireWebKitHost ends the test, as engine.Require does, if webkit.py cannot run.
func requireWebKitHost(t *testing.T) {
	t.Helper()
	err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import gi; gi.require_version('WebKit2', '4.1')").Run()
	if err != nil {
		err = &engine.AbsentError{Engine: "webkit", Program: "WebKitGTK for Python", Package: "python3-gi gir1.2-webkit2-4.1"}
	}
	engine.Require(t, "webkit", err)
}
