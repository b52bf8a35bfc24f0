package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/conformance/browser"
)

// This server allows the page of one origin to read and to use PUT, but nothing else.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", "60")
		if r.Method != http.MethodOptions {
			fmt.Fprint(w, "hello")
		}
	}))
	defer server.Close()

	page := browser.Client{
		Origin:  "https://app.example",
		Resolve: func(string) string { return server.Listener.Addr().String() },
	}
	ctx := context.Background()
	for _, method := range []string{"GET", "PUT", "PUT", "DELETE"} {
		v, err := page.Fetch(ctx, browser.Request{Method: method, URL: "http://api.example/"})
		if err != nil {
			fmt.Println(err)
			return
		}
		if v.Allowed {
			fmt.Printf("%s: %d %s, preflights: %d\n", method, v.Status, v.Body, v.Preflights())
			continue
		}
		fmt.Printf("%s: %s\n%s\n%s\n", method, v.Code, v.Section, v.Console)
	}

	// Output:
	// GET: 200 hello, preflights: 0
	// PUT: 200 hello, preflights: 1
	// PUT: 200 hello, preflights: 0
	// DELETE: MethodDisallowedByPreflightResponse
	// CORS-preflight fetch, step 7.5
	// Access to fetch at 'http://api.example/' from origin 'https://app.example' has been blocked by CORS policy: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.
}

// The rules are functions of their own.
func ExampleCheckCORS() {
	failure := browser.CheckCORS("https://app.example", browser.Include, []browser.Field{
		{Name: "Access-Control-Allow-Origin", Value: "*"},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
	})
	fmt.Println(failure.Code)
	// Output: WildcardOriginNotAllowed
}

// A request that bypasses the HTTP cache also bypasses Chromium's preflight cache.
func ExampleCache() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", "600")
	}))
	defer server.Close()
	for _, engine := range []browser.Engine{browser.Chromium(), browser.WebKit()} {
		page := browser.Client{Origin: "https://app.example", Engine: engine}
		preflights := 0
		for _, mode := range []browser.Cache{browser.CacheDefault, browser.CacheDefault, browser.CacheNoStore} {
			v, err := page.Fetch(context.Background(), browser.Request{Method: "PUT", URL: server.URL, Cache: mode})
			if err != nil {
				fmt.Println(err)
				return
			}
			preflights += v.Preflights()
		}
		fmt.Println("preflights:", preflights)
	}
	// Output:
	// preflights: 2
	// preflights: 1
}
