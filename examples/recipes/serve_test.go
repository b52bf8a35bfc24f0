package recipes_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

const (
	app   = "https://app.example.com"
	admin = "https://admin.example.com"
	other = "https://other.test"
)

// compiled returns the policy of a recipe.
func compiled(t *testing.T, c cors.Config) *cors.Policy {
	t.Helper()
	policy, err := cors.Compile(c)
	require.NoError(t, err)
	return policy
}

// listen serves h until the test ends.
func listen(t *testing.T, h http.Handler) (addr string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// hello is an application that answers everything.
func hello(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }

// behind serves hello behind a policy.
func behind(t *testing.T, d cors.Decider) (addr string) {
	t.Helper()
	return listen(t, corshttp.New(d)(http.HandlerFunc(hello)))
}

// visit fetches from addr as a page of origin does.
func visit(t *testing.T, addr, origin string, r browser.Request) browser.Verdict {
	t.Helper()
	page := browser.Client{Origin: origin, Cookie: "session=1", Resolve: func(string) string { return addr }}
	if !strings.Contains(r.URL, "://") {
		r.URL = "http://api.example.com" + r.URL
	}
	verdict, err := page.Fetch(t.Context(), r)
	require.NoError(t, err)
	return verdict
}

// get is a simple request, and put one that needs a preflight.
var (
	get    = browser.Request{Method: "GET", URL: "/items"}
	put    = browser.Request{Method: "PUT", URL: "/items"}
	signed = browser.Request{Method: "GET", URL: "/items", Credentials: browser.Include}
)

// ask sends a request without a browser, and returns the response.
func ask(t *testing.T, addr, method, path string, header http.Header) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, nil)
	require.NoError(t, err)
	r.Header = header
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response
}
