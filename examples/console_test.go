package examples_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	cors "github.com/crossgate/cors/core"
)

// consoleRow is a row of the README's table: a server with the mistake, and the same server
// after the change.
type consoleRow struct {
	kind    diagnosis.Kind
	code    browser.Code
	fetch   browser.Request
	broken  http.Handler
	changed http.Handler

	// request has the mistake under policy, if a policy of Crossgate can have it. Explain
	// must then say the same as the browser.
	policy  *cors.Config
	request cors.Request
}

const consolePage = "https://app.example.com"

func consoleRows() []consoleRow {
	under := func(c cors.Config, h http.HandlerFunc, opts ...cors.Option) http.Handler {
		return corshttp.New(cors.MustCompile(c), opts...)(h)
	}
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }
	allows := func(methods, headers []string) cors.Config {
		return cors.Config{AllowOrigins: []string{consolePage}, AllowMethods: methods, AllowHeaders: headers}
	}
	// A handler that sends the headers itself, and does not answer OPTIONS.
	byHand := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", consolePage)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	}
	redirects := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", consolePage)
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
	}
	fixed := func(value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Header().Add("Access-Control-Allow-Origin", value) }
	}
	overwrites := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://other.test")
	}
	get, put := browser.Request{}, browser.Request{Method: "PUT"}
	signed := browser.Request{Credentials: browser.Include}
	typed := browser.Request{Method: "PUT", Header: []browser.Field{{Name: "Content-Type", Value: "application/json"}}}
	one, anyone := allows([]string{"PUT"}, nil), cors.Config{AllowOrigins: []string{"*"}}
	listed := allows([]string{"PUT"}, []string{"Content-Type"})
	others := cors.Config{AllowOrigins: []string{"https://other.test"}}
	cookies := cors.Config{AllowOrigins: []string{consolePage}, AllowCredentials: true}
	none := allows(nil, nil)
	return []consoleRow{
		{diagnosis.OriginNotListed, browser.MissingAllowOriginHeader, get, under(others, ok), under(one, ok), &others, cors.Request{Method: "GET", Origin: consolePage}},
		{diagnosis.PreflightUnanswered, browser.PreflightInvalidStatus, put, http.HandlerFunc(byHand), under(one, ok), nil, cors.Request{}},
		{diagnosis.RedirectSlash, browser.PreflightDisallowedRedirect, put, http.HandlerFunc(redirects), under(one, ok), nil, cors.Request{}},
		{diagnosis.MethodNotListed, browser.MethodDisallowedByPreflightResponse, put, under(none, ok), under(one, ok), &none, cors.Request{Method: "OPTIONS", Origin: consolePage, RequestMethod: "PUT"}},
		{diagnosis.HeaderNotListed, browser.HeaderDisallowedByPreflightResponse, typed, under(one, ok), under(listed, ok), &one, cors.Request{Method: "OPTIONS", Origin: consolePage, RequestMethod: "PUT", RequestHeaders: "content-type"}},
		{diagnosis.WildcardWithCredentials, browser.WildcardOriginNotAllowed, signed, under(anyone, ok), under(cookies, ok), nil, cors.Request{}},
		{diagnosis.CredentialsNotAllowed, browser.InvalidAllowCredentials, signed, under(none, ok), under(cookies, ok), nil, cors.Request{}},
		{diagnosis.TwoLayers, browser.MultipleAllowOriginValues, get, under(one, fixed(consolePage)), under(one, fixed(consolePage), cors.Guard(cors.PolicyWins)), nil, cors.Request{}},
		{diagnosis.CacheWithoutVary, browser.AllowOriginMismatch, get, under(one, overwrites), under(one, overwrites, cors.Guard(cors.PolicyWins)), nil, cors.Request{}},
	}
}

// TestReadmeConsole verifies rows of the README's table: a page's fetch fails with the text
// of the row, and passes after the change.
func TestReadmeConsole(t *testing.T) {
	t.Parallel()
	for _, row := range consoleRows() {
		t.Run(string(row.code), func(t *testing.T) {
			t.Parallel()
			verdict := consoleFetch(t, row.broken, row.fetch)
			assert.Equal(t, row.code, verdict.Code)
			assert.Contains(t, verdict.Console, phrases()[row.kind])
			assert.Contains(t, diagnosis.ByCode(verdict.Code), row.kind)
			if row.policy != nil {
				x := cors.MustCompile(*row.policy).Explain(t.Context(), row.request)
				assert.Equal(t, verdict.Message, x.BrowserMessage)
				assert.NotEmpty(t, x.Fix)
			}
			verdict = consoleFetch(t, row.changed, row.fetch)
			assert.True(t, verdict.Allowed, "after the change: %s", verdict.Console)
		})
	}
}

func consoleFetch(t *testing.T, h http.Handler, r browser.Request) browser.Verdict {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	page := browser.Client{Origin: consolePage, Cookie: "session=1", Resolve: func(string) string { return server.Listener.Addr().String() }}
	r.URL = "http://api.example.com/items"
	verdict, err := page.Fetch(t.Context(), r)
	require.NoError(t, err)
	return verdict
}
