package corstest_test

import (
	"flag"
	"net/http"
	"os"
	"testing"

	"github.com/crossgate/cors/conformance/corstest"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestCORS is the test of an application whose frontend is at app.example.com.
func TestCORS(t *testing.T) {
	app, transfers := newApp()
	page := corstest.From("https://app.example.com").WithCookies()
	page.Get("/items").Allowed(t, app)
	page.Put("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(t, app)
	page.Get("/nowhere").Allowed(t, app) // the page can read a 404
	page.Get("/items").Cacheable(t, app)

	evil := corstest.From("https://evil.example").WithCookies()
	evil.Get("/items").Blocked(t, app)
	evil.Post("/transfers").Untouched(t, app, transfers.Load)
}

// A failure shows the browser's message, the requests and the responses.
func TestFailure(t *testing.T) {
	t.Parallel()
	site := newSite()
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil // keeps the text constant
		site.ServeHTTP(w, r)
	})
	got := record(t, func(tb testing.TB) {
		corstest.From("https://app.example.com").WithCookies().Put("/items/1").Header("X-Trace", "1").Allowed(tb, app)
	}) + "\n"
	if *update {
		if err := os.WriteFile("testdata/failure.txt", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/failure.txt")
	if err != nil || got != string(want) {
		t.Errorf("the failure reads\n%s\nwant\n%s\n%v; if the change is meant, run: go test -run TestFailure -update", got, want, err)
	}
}
