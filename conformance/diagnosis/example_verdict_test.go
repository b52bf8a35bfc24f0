package diagnosis_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

// A tool that has made the request already diagnoses its verdict. It can do so without
// sending more requests, but then knows less.
func ExampleOfVerdict() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	ctx := context.Background()
	page := browser.Client{Origin: "https://app.example.com"}
	request := browser.Request{Method: "GET", URL: server.URL}
	verdict, err := page.Fetch(ctx, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range []diagnosis.Diagnosis{
		diagnosis.WithoutAsking(&page, request, verdict),
		diagnosis.OfVerdict(ctx, &page, request, verdict),
	} {
		fmt.Println(d.Blocked(), d.Asked > 0)
	}
	// Output:
	// true false
	// true true
}

// What one of Chromium's errors may mean, the likeliest cause first.
func ExampleByCode() {
	for _, kind := range diagnosis.ByCode(browser.PreflightDisallowedRedirect) {
		fmt.Println(kind)
	}
	// Output:
	// redirect-slash
	// redirect-to-login
	// redirect
}

// A menu of the systems that changes are written for.
func ExampleSystems() {
	cause := diagnosis.Describe(diagnosis.CredentialsNotAllowed, diagnosis.Asked{Origin: "https://app.example.com", Credentials: true})
	written := make(map[string]diagnosis.Change)
	for _, change := range cause.Changes() {
		written[change.System] = change
	}
	for _, system := range diagnosis.Systems() {
		if system == "nginx" || system == "Express" {
			fmt.Println(system+":", written[system].Line)
		}
	}
	// Output:
	// Express: credentials: true,
	// nginx: add_header Access-Control-Allow-Credentials true always;
}
