package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/conformance/browser"
)

// PreflightHeader returns what a browser asks before it sends a script's request to
// another origin.
func ExamplePreflightHeader() {
	method := browser.NormalizeMethod("put")
	header := []browser.Field{{Name: "X-Request-Id", Value: "7"}, {Name: "Content-Type", Value: "application/json"}, {Name: "Accept", Value: "*/*"}}
	fmt.Println(browser.NeedsPreflight(method, header), browser.UnsafeRequestHeaderNames(header))
	for _, f := range browser.PreflightHeader(method, header) {
		fmt.Println(f.Name+":", f.Value)
	}
	// Output:
	// true [content-type x-request-id]
	// Accept: */*
	// Access-Control-Request-Method: PUT
	// Access-Control-Request-Headers: content-type,x-request-id
}

// With credentials, a `*` in a preflight's answer does not allow every method.
func ExampleCheckPreflight() {
	answer := []browser.Field{
		{Name: "Access-Control-Allow-Origin", Value: "https://app.example"},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: "*"},
	}
	asked := browser.Preflighted{Origin: "https://app.example", Method: "PUT", Credentials: browser.Include}
	failure := browser.CheckPreflight(asked, 204, answer, false, browser.Engine{})
	show := func(f *browser.Failure) { fmt.Println(f.Code, "by", f.Section) }
	show(failure)
	// Output:
	// MethodDisallowedByPreflightResponse by CORS-preflight fetch, step 7.5
}

// MaxAge returns how long three browsers cache an answer that asks for one day.
func ExampleMaxAge() {
	answer := []browser.Field{{Name: "Access-Control-Max-Age", Value: "86400"}}
	for _, e := range []browser.Engine{browser.Chromium(), browser.Firefox(), browser.WebKit()} {
		fmt.Println(browser.MaxAge(answer, e))
	}
	// Output:
	// 2h0m0s
	// 24h0m0s
	// 10m0s
}

// Readable returns what a script can read of a response from another origin.
func ExampleReadable() {
	received := []browser.Field{
		{Name: "Content-Type", Value: "text/plain"}, {Name: "X-Total-Count", Value: "3"}, {Name: "Server", Value: "secret"},
		{Name: "Access-Control-Expose-Headers", Value: "x-total-count"},
	}
	for _, f := range browser.Readable(browser.CORS, browser.Omit, received) {
		fmt.Println(f.Name)
	}
	// Output:
	// content-type
	// x-total-count
}

// One malformed element makes the whole list invalid.
func ExampleExtractList() {
	for _, line := range []string{"PUT, DELETE", "PUT DELETE"} {
		elements, valid := browser.ExtractList([]string{line})
		fmt.Println(elements, valid)
	}
	// Output:
	// [PUT DELETE] true
	// [] false
}

// The names that the standard treats specially.
func ExampleForbiddenMethod() {
	fmt.Println("no script can use TRACE:", browser.ForbiddenMethod("trace"))
	fmt.Println("no script can set Cookie:", browser.ForbiddenRequestHeader("Cookie", "a=b"))
	fmt.Println("POST needs no preflight:", browser.SafelistedMethod("POST"))
	fmt.Println("a form's type needs no preflight:", browser.SafelistedRequestHeader("Content-Type", "text/plain"))
	fmt.Println("JSON needs a preflight:", !browser.SafelistedRequestHeader("Content-Type", "application/json"))
	fmt.Println("* does not include Authorization:", browser.NonWildcardRequestHeader("Authorization"))
	fmt.Println("scripts read Content-Length:", browser.SafelistedResponseHeader("Content-Length"))
	// Output:
	// no script can use TRACE: true
	// no script can set Cookie: true
	// POST needs no preflight: true
	// a form's type needs no preflight: true
	// JSON needs a preflight: true
	// * does not include Authorization: true
	// scripts read Content-Length: true
}

// OriginOf returns the origin of a page, as in the Origin header.
func ExampleOriginOf() {
	fmt.Println(browser.OriginOf("https://app.example:443/shop?page=2"))
	// Output:
	// https://app.example <nil>
}

// This fetch shows what was sent and received, and what the page may read.
func ExampleVerdict() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "no-store")
	}))
	defer server.Close()
	page := browser.Client{Origin: "https://app.example"}
	v, err := page.Fetch(context.Background(), browser.Request{
		URL:  server.URL,
		Mode: browser.ModeCORS, Redirect: browser.RedirectError, Credentials: browser.Omit,
	})
	if err != nil {
		panic(err)
	}
	value, ok := v.Get("cache-control")
	fmt.Println(v.Allowed, v.Type, value, ok)
	last := func(v browser.Verdict) browser.Exchange { return v.Exchanges[len(v.Exchanges)-1] }
	fmt.Println(last(v).Preflight, last(v).Status)
	// Output:
	// true cors no-store true
	// false 200
}
