package diagnosis_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/pasted"
)

func ExampleOf() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized) // a preflight too
		}
	}))
	defer server.Close()
	page := browser.Client{Origin: "http://localhost:3000"}
	d, err := diagnosis.Of(context.Background(), &page, browser.Request{
		Method: "PUT", URL: server.URL, Header: []browser.Field{{Name: "Authorization", Value: "Bearer token"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	cause := d.Causes[0]
	fmt.Println(d.Blocked(), cause.Kind, cause.Evidence[0])
	for _, change := range cause.Changes() {
		if change.System == "Express" {
			fmt.Println(change.Action)
			fmt.Println(change.Code)
		}
	}
	// Output:
	// true authentication-before-cors The preflight (OPTIONS) gets status 401.
	// put this first: before authentication, redirects and routes
	// app.use(cors({
	//   origin: ['http://localhost:3000'],
	//   methods: ['GET', 'POST', 'PUT'],
	//   allowedHeaders: ['authorization'],
	// }))
}

// If there is no server to test, a console's message still says what may be wrong.
func ExampleOfMessage() {
	m := pasted.Message{Codes: []browser.Code{browser.WildcardOriginNotAllowed}}
	for _, cause := range diagnosis.OfMessage(m, diagnosis.Asked{Origin: "https://app.example.com", Method: "GET", Credentials: true}) {
		fmt.Println(cause.Kind)
		for _, line := range cause.Sends {
			fmt.Println(line)
		}
	}
	// Output:
	// wildcard-with-credentials
	// Access-Control-Allow-Origin: https://app.example.com
	// Access-Control-Allow-Credentials: true
	// Vary: Origin
}

func ExampleVariesByOrigin() {
	fmt.Println(diagnosis.VariesByOrigin([]string{"Accept-Encoding", "accept, ORIGIN"}), diagnosis.VariesByOrigin([]string{"Origin-Agent"}))
	// Output: true false
}

// A table of all causes, for a page or a tool of your own.
func ExampleKinds() {
	for _, kind := range diagnosis.Kinds()[:3] {
		fmt.Println(kind.Title()+":", kind.Fix())
	}
	// Output:
	// the origin is not listed: add the origin to the list, exactly as the console prints it
	// no CORS settings cover this path: install the CORS middleware for the whole application
	// this response alone has no CORS headers: send CORS headers with every response, errors too
}

func ExampleDescribe() {
	cause := diagnosis.Describe(diagnosis.HeaderNotListed, diagnosis.Asked{Origin: "https://app.example.com", Method: "PUT", Headers: []string{"x-token"}})
	for _, change := range cause.Changes() {
		if change.System == "nginx" {
			fmt.Println(change.Line)
		}
	}
	// Output: add_header Access-Control-Allow-Headers "x-token" always;
}
