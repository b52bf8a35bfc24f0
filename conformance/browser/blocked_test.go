package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// What browsers refuse before they send anything, and similar requests that they allow.
// One server answers all requests.
func TestStrictURLs(t *testing.T) {
	t.Parallel()
	const page = "https://app.example"
	for name, tt := range map[string]struct{ page, url, want string }{
		"http on the internet":              {page, "http://api.example/", "Mixed Content: The page at 'https://app.example/'"},
		"http on another port":              {page, "http://api.example:8080/", "Mixed Content"},
		"http at a private address":         {page, "http://10.0.0.1/", "Mixed Content"},
		"http at a name like localhost":     {page, "http://localhost.example/", "Mixed Content"},
		"http at 127.0.0.1":                 {page, "http://127.0.0.1:8080/", ""},
		"http at another loopback address":  {page, "http://127.8.9.1/", ""},
		"http at [::1]":                     {page, "http://[::1]:8080/", ""},
		"http at localhost":                 {page, "http://localhost:3000/", ""},
		"http at a name below localhost":    {page, "http://tenant.localhost/", ""},
		"http asked for by http":            {"http://app.example", "http://api.example/", ""},
		"http asked for by a local page":    {"http://localhost:3000", "http://api.example/", ""},
		"http asked for by a frame":         {"null", "http://api.example/", ""},
		"the X server's port":               {page, "https://api.example:6000/", "refuse the port 6000"},
		"the first bad port":                {page, "https://api.example:0/", "refuse the port 0"},
		"the last bad port":                 {page, "https://api.example:10080/", "refuse the port 10080"},
		"a bad port of the page's own host": {page, "https://app.example:25/", "refuse the port 25"},
		"a redirect to http":                {"http://localhost:3000", "http://api.example/to?https://api.example:6667/", "refuse the port 6667"},
		"a redirect to a bad port":          {page, "http://127.0.0.1/to?http://api.example/", "Mixed Content"},
		"the port after a bad one":          {"http://app.example", "http://api.example:6001/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				if r.URL.Path == "/to" {
					http.Redirect(w, r, r.URL.RawQuery, http.StatusFound)
				}
			}))
			defer server.Close()
			client := browser.Client{Origin: tt.page, StrictURLs: true, Resolve: func(string) string { return server.Listener.Addr().String() }}
			v, err := client.Fetch(t.Context(), browser.Request{URL: tt.url})
			if err != nil {
				t.Fatal(err)
			}
			if v.Allowed != (tt.want == "") || v.Code != "" || !strings.Contains(v.Console, tt.want) {
				t.Errorf("allowed is %t: %s", v.Allowed, v.Console)
			}
			client.Engine = browser.WebKit() // treats all http as mixed content, even to this machine
			webkit, err := client.Fetch(t.Context(), browser.Request{URL: tt.url})
			if http := strings.HasPrefix(tt.page, "https://") && strings.HasPrefix(tt.url, "http://"); err != nil || http != strings.Contains(webkit.Console, "Mixed") {
				t.Errorf("WebKit: allowed is %t: %s, %v", webkit.Allowed, webkit.Console, err)
			}
			client.Engine = browser.Engine{}
			if redirects := strings.Count(tt.url, "/to?"); tt.want != "" && len(v.Exchanges) != redirects {
				t.Errorf("there are %d exchanges", len(v.Exchanges))
			}
			client.StrictURLs = false
			if v, err = client.Fetch(t.Context(), browser.Request{URL: tt.url}); err != nil || strings.Contains(v.Console, "Mixed") || strings.Contains(v.Console, "the port") {
				t.Errorf("a client that is not strict: %s, %v", v.Console, err)
			}
		})
	}
}
