package recipes_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

func TestPreviews(t *testing.T) {
	t.Parallel()
	addr := behind(t, compiled(t, recipes.Previews()))
	for origin, allowed := range map[string]bool{
		app:                                      true,
		"https://app-1234.team.example.com":      true,
		"https://app-fix-login.team.example.com": true,
		"https://app-.team.example.com":          false, // * is one character at least
		"https://app-a.b.team.example.com":       false, // and inside one label
		"https://team.example.com":               false,
		"http://app-1234.team.example.com":       false,
		"https://app-1234.team.example.com:8443": false,
		"https://app-1234.team.example.com.evil": false,
		"https://app-1234-team.example.com":      false,
	} {
		assert.Equal(t, allowed, visit(t, addr, origin, put).Allowed, origin)
	}

	// Strangers can have hosts next to yours: an error with credentials, and a warning
	// without.
	for _, shared := range []string{"https://*.vercel.app", "https://app-*.vercel.app", "https://app-*.netlify.app", "https://*.pages.dev"} {
		c := recipes.Previews()
		c.AllowOrigins = []string{shared}
		warnings := compiled(t, c).Warnings()
		require.Len(t, warnings, 1)
		assert.Contains(t, warnings[0].Hint, "strangers register names directly below")
		c.AllowCredentials = true
		_, err := cors.Compile(c)
		assert.ErrorContains(t, err, "Dangerously.PublicSuffixes", shared)
	}
	c := recipes.Previews()
	c.AllowCredentials = true
	warnings := compiled(t, c).Warnings()
	require.NotEmpty(t, warnings)
	assert.Contains(t, warnings[0].Hint, "every host below the domain")
}

func TestCookies(t *testing.T) {
	t.Parallel()
	ran := make(chan string, 10)
	policy := compiled(t, recipes.Cookies())
	assert.Empty(t, policy.Warnings())
	addr := listen(t, corshttp.New(policy)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ran <- r.Method + " " + r.Header.Get("Cookie")
		hello(w, r)
	})))
	assert.True(t, visit(t, addr, app, signed).Allowed)
	assert.Equal(t, "GET session=1", <-ran)
	assert.True(t, visit(t, addr, admin, browser.Request{Method: "PUT", URL: "/items", Credentials: browser.Include}).Allowed)
	assert.Equal(t, "PUT session=1", <-ran, "the preflight has no cookie, and does not reach the application")

	// A page of another site reads nothing. Its GET runs, and its POST does not.
	assert.Equal(t, browser.MissingAllowOriginHeader, visit(t, addr, other, signed).Code)
	assert.Equal(t, "GET session=1", <-ran)
	post := visit(t, addr, other, browser.Request{Method: "POST", URL: "/items", Body: "a=1", Credentials: browser.Include})
	assert.False(t, post.Allowed)
	assert.Equal(t, http.StatusForbidden, post.Exchanges[0].Status)
	assert.Empty(t, ran)

	_, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true})
	require.ErrorContains(t, err, "AllowOrigins")

	assert.Equal(t, "__Host-session=1; Path=/; HttpOnly; Secure; SameSite=Lax", recipes.SameSiteSession("1").String())
	assert.Equal(t, "__Host-session=1; Path=/; HttpOnly; Secure; SameSite=None; Partitioned", recipes.CrossSiteSession("1").String())
}

func TestWebViews(t *testing.T) {
	t.Parallel()
	addr := behind(t, compiled(t, recipes.WebViews()))
	token := []browser.Field{{Name: "Authorization", Value: "Bearer 1"}}
	for _, origin := range []string{app, "https://localhost"} {
		v := visit(t, addr, origin, browser.Request{Method: "PUT", URL: "/items", Header: token})
		assert.True(t, v.Allowed, "%s: %s", origin, v.Console)
	}
	for _, origin := range []string{"null", "http://localhost", "https://localhost:8080"} {
		assert.False(t, visit(t, addr, origin, get).Allowed, origin)
	}
	// The model only shows pages of browsers, but its checks accept any origin.
	for origin, allowed := range map[string]bool{"capacitor://localhost": true, "ionic://localhost": true, "capacitor://other": false} {
		answer := ask(t, addr, "OPTIONS", "/items", http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"authorization"},
		})
		asked := browser.Preflighted{Origin: origin, Method: "PUT", Header: token, Credentials: browser.Omit}
		assert.Equal(t, allowed, browser.CheckPreflight(asked, answer.StatusCode, fields(answer), false, browser.Engine{}) == nil, origin)
		answer = ask(t, addr, "PUT", "/items", http.Header{"Origin": {origin}, "Authorization": {"Bearer 1"}})
		assert.Equal(t, allowed, browser.CheckCORS(origin, browser.Omit, fields(answer)) == nil, origin)
	}
	for _, written := range []string{"file://", "file:///", "file:///android_asset/www/index.html"} {
		_, err := cors.Compile(cors.Config{AllowOrigins: []string{written}})
		assert.ErrorContains(t, err, "FileOrigin", written)
	}
	_, err := cors.Compile(cors.Config{AllowOrigins: []string{"null"}})
	require.ErrorContains(t, err, "NullOrigin")
	dangerous := cors.Config{AllowOrigins: []string{"null"}, Dangerously: cors.Dangers{NullOrigin: true}}
	assert.True(t, visit(t, behind(t, compiled(t, dangerous)), "null", get).Allowed)
	dangerous.AllowCredentials = true
	_, err = cors.Compile(dangerous)
	assert.Error(t, err, "never with credentials")
}

func TestShells(t *testing.T) {
	t.Parallel()
	policy := compiled(t, recipes.Shells())
	for origin, allowed := range map[string]bool{
		app: true, "app://.": true, "tauri://localhost": true, "http://tauri.localhost": true, "chrome-extension://abcdefghijklmnopabcdefghijklmnop": true,
		"moz-extension://5e2d5a3c-0f39-4f40-9d60-4e7b3f6f2d11": true, "moz-extension://another": true,
		"app://other": false, "https://tauri.localhost": false, "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba": false, "null": false, "file://": false,
	} {
		assert.Equal(t, allowed, policy.AllowsOrigin(origin), origin)
	}
	withCookies := recipes.Shells()
	withCookies.AllowCredentials = true
	_, err := cors.Compile(withCookies)
	require.ErrorContains(t, err, "SchemesWithCredentials")
}

func fields(r *http.Response) []browser.Field {
	var all []browser.Field
	for name, values := range r.Header {
		for _, value := range values {
			all = append(all, browser.Field{Name: name, Value: value})
		}
	}
	return all
}

// Settings that could refuse health checks and other clients without an Origin.
func TestHealthChecks(t *testing.T) {
	t.Parallel()
	c := recipes.Cookies()
	c.Enforce = cors.EnforceAll
	addr := behind(t, compiled(t, c))
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
		response := ask(t, addr, method, "/healthz", http.Header{})
		assert.Equal(t, http.StatusOK, response.StatusCode, method)
		assert.Equal(t, []string{"Origin"}, response.Header.Values("Vary"))
		assert.Empty(t, response.Header.Values("Access-Control-Allow-Origin"))
	}
	// The preflight that an uptime check sends.
	response := ask(t, addr, "OPTIONS", "/items", http.Header{"Origin": {app}, "Access-Control-Request-Method": {"PUT"}})
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	assert.Equal(t, []string{app}, response.Header.Values("Access-Control-Allow-Origin"))
	assert.Contains(t, strings.Join(response.Header.Values("Access-Control-Allow-Methods"), ","), "PUT")
}
