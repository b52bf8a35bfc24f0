package corstest_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/crossgate/cors/conformance/corstest"
)

// newApp returns the application with its middleware, and a counter of its transfers.
func newApp() (http.Handler, *atomic.Int64) {
	site := newSite()
	site.enforce = true
	return site, &site.runs
}

// These are the tests of an application whose frontend is at app.example.com.
func Example() {
	_ = func(t *testing.T) { // TestCORS
		app, transfers := newApp()
		page := corstest.From("https://app.example.com").WithCookies()
		page.Get("/items").Allowed(t, app)
		page.Put("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(t, app)
		page.Get("/items").Cacheable(t, app)

		evil := corstest.From("https://evil.example").WithCookies()
		evil.Get("/items").Blocked(t, app)
		evil.Post("/transfers").Untouched(t, app, transfers.Load)
	}
}

// A page may use every method that its policy allows, and no other.
func ExamplePage() {
	_ = func(t *testing.T, app http.Handler) {
		page := corstest.From("https://app.example.com")
		page.Head("/items/1").Allowed(t, app)
		page.Patch("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(t, app)
		page.Delete("/items/1").Blocked(t, app)
		page.Fetch("PROPFIND", "/items").Blocked(t, app)
	}
}

func ExampleOf() {
	_ = func(t *testing.T, fiberApp interface {
		Test(r *http.Request, msTimeout ...int) (*http.Response, error)
	}) {
		app := corstest.Of(func(r *http.Request) (*http.Response, error) { return fiberApp.Test(r) })
		corstest.From("https://app.example.com").Get("/items").Allowed(t, app)
	}
}

func ExampleAt() {
	_ = func(t *testing.T) {
		staging := corstest.At("https://staging.example.com")
		corstest.From("https://app.example.com").Get("/items").Allowed(t, staging)
	}
}

func ExampleCall_Cacheable() {
	_ = func(t *testing.T, app http.Handler) {
		corstest.From("https://app.example.com").Get("/items").Cacheable(t, app, "https://admin.example.com")
	}
}
