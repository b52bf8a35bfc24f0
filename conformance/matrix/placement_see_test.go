package matrix_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// see checks how a browser handles a request, "GET /items", of a page at origin: first
// its preflight, then the request itself. A browser would not send the request after a
// refused preflight. "204 allowed, 404 allowed" means a 404 that a script can read.
// Instead of allowed, the result may be
//
//	cookies      allowed with credentials too
//	any          allowed by a policy for any origin
//	uncacheable  allowed, but Vary lets a cache serve it to other origins
//	blocked
//	doubled      two lines, and so blocked
func see(t *testing.T, site, request, origin, want string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	preflight := ask(t, "OPTIONS "+path, site, "Origin", origin, "Access-Control-Request-Method", method)
	verdict := preflight.verdict(origin)
	methods := strings.Split(preflight.Header.Get("Access-Control-Allow-Methods"), ", ")
	if preflight.StatusCode/100 != 2 || !slices.Contains(append(methods, "GET", "HEAD", "POST"), method) && methods[0] != "*" {
		verdict = "blocked"
	}
	got := strconv.Itoa(preflight.StatusCode) + " " + verdict
	actual := ask(t, request, site, "Origin", origin)
	got += ", " + strconv.Itoa(actual.StatusCode) + " " + actual.verdict(origin)
	assert.Equal(t, want, got, "%s for %s", request, origin)
}

// methodsOf returns the list of methods in the answer to a request's preflight.
func methodsOf(t *testing.T, site, request, origin string) string {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	return ask(t, "OPTIONS "+path, site, "Origin", origin, "Access-Control-Request-Method", method).Header.Get("Access-Control-Allow-Methods")
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	text string
}

// verdict is the CORS check (Fetch, "CORS check").
func (a answer) verdict(origin string) string {
	lines := a.Header.Values("Access-Control-Allow-Origin")
	switch {
	case len(lines) > 1:
		return "doubled"
	case len(lines) == 0 || lines[0] != "*" && lines[0] != origin:
		return "blocked"
	case lines[0] == "*":
		return "any"
	case !a.varies("Origin"):
		return "uncacheable"
	case a.Header.Get("Access-Control-Allow-Credentials") == "true":
		return "cookies"
	}
	return "allowed"
}

func (a answer) varies(header string) bool {
	return strings.Contains(strings.Join(a.Header.Values("Vary"), ","), header)
}

// ask sends a request, "GET /items", with header fields given as pairs.
func ask(t *testing.T, request, site string, header ...string) answer {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, site+path, http.NoBody)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	transport := http.Transport{DisableKeepAlives: true, DisableCompression: true}
	resp, err := transport.RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return answer{resp, ""}
	}
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp, string(text)}
}

// handshake returns the status of a WebSocket handshake of a page at origin.
func handshake(t *testing.T, site, path, origin string) int {
	t.Helper()
	return ask(t, "GET "+path, site, "Origin", origin, "Connection", "Upgrade", "Upgrade", "websocket").StatusCode
}

// unmodified checks that a 304 has the same headers as its 200.
func unmodified(t *testing.T, request, site, origin, want string) {
	t.Helper()
	since := ask(t, request, site, "Origin", origin).Header.Get("Last-Modified")
	require.NotEmpty(t, since)
	a := ask(t, request, site, "Origin", origin, "If-Modified-Since", since)
	assert.Equal(t, http.StatusNotModified, a.StatusCode)
	assert.Equal(t, want, a.verdict(origin))
}

// gunzip checks that a response is compressed, and that caches know it.
func gunzip(t *testing.T, site string) {
	t.Helper()
	a := ask(t, "GET /long", site, "Origin", page, "Accept-Encoding", "gzip")
	assert.Equal(t, "allowed", a.verdict(page))
	assert.True(t, a.varies("Accept-Encoding"), a.Header)
	r, err := gzip.NewReader(strings.NewReader(a.text))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Equal(t, long, string(text))
}
