package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// A Handler answers for every host and scheme, including preflights, and sees the same
// requests as a server.
func TestHandler(t *testing.T) {
	t.Parallel()
	var seen []string
	client := browser.Client{Origin: "https://app.example", StrictURLs: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.Host+r.URL.Path)
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		fmt.Fprint(w, "hello")
	})}
	v, err := client.Fetch(t.Context(), browser.Request{Method: "PUT", URL: "https://api.example:8443/items"})
	if err != nil || !v.Allowed || v.Body != "hello" || v.Status != http.StatusOK {
		t.Errorf("%v, %v", v, err)
	}
	if got := strings.Join(seen, ", "); got != "OPTIONS api.example:8443/items, PUT api.example:8443/items" {
		t.Errorf("the handler has seen %s", got)
	}
}

// This handler answers before it has read the body, and the body is larger than any
// buffer.
func TestHandlerAnswersEarly(t *testing.T) {
	t.Parallel()
	client := browser.Client{Origin: "https://app.example", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<19))
	})}
	v, err := client.Fetch(t.Context(), browser.Request{Method: "POST", URL: "https://api.example/", Body: strings.Repeat("y", 1<<20)})
	if err != nil || !v.Allowed || len(v.Body) != 1<<19 {
		t.Errorf("allowed is %t, %d bytes: %s, %v", v.Allowed, len(v.Body), v.Message, err)
	}
}

// Only WebKit refuses http from an https page to the user's own machine.
func TestLoopbackIsMixed(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/", "https://127.0.0.1/", "http://api.example/"} {
		for name, tt := range map[string]struct {
			engine  browser.Engine
			refuses bool
		}{"the standard": {browser.Engine{}, false}, "Chromium": {browser.Chromium(), false}, "Firefox": {browser.Firefox(), false}, "WebKit": {browser.WebKit(), true}} {
			client := browser.Client{Origin: "https://app.example", Engine: tt.engine, StrictURLs: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
			})}
			v, err := client.Fetch(t.Context(), browser.Request{URL: target})
			want := strings.HasPrefix(target, "https:") || !tt.refuses && target != "http://api.example/"
			if err != nil || v.Allowed != want || !want && !strings.Contains(v.Console, "Mixed Content") {
				t.Errorf("%s, %s: allowed is %t: %s, %v", name, target, v.Allowed, v.Console, err)
			}
		}
	}
}
