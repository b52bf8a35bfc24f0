// Package corstest checks, in the tests of an application, what a page of some origin
// gets from it. A call makes the requests that a browser makes for fetch, including the
// preflight, and the browser model judges the answers (see package browser):
//
//	page := corstest.From("https://app.example.com").WithCookies()
//	page.Put("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(t, app)
//	corstest.From("https://evil.example").Get("/items").Blocked(t, app)
//
// The application is an [net/http.Handler] with all its middleware. An application of
// net/http, chi, gin or echo is such a handler. [Of] makes a handler from fiber's
// app.Test, and [At] from a running server. A check that fails prints the line of the
// browser's console, and all requests and responses.
package corstest

import (
	"fmt"
	"slices"

	"github.com/crossgate/cors/conformance/browser"
)

// Page is a page of some origin. Its methods return changed copies.
type Page struct {
	origin  string
	cookies []string
	include bool
}

// From returns a page of an origin. Write the origin as browsers do:
// "https://app.example.com", or "null" for a sandboxed frame. For any other value, such
// as a pattern, every check fails.
func From(origin string) Page { return Page{origin: origin} }

// WithCookies returns a page whose scripts send cookies, with credentials: "include". A
// cookie is a text such as "session=8f1c". If you pass none, the page sends a cookie
// without a meaning.
func (p Page) WithCookies(cookies ...string) Page {
	if len(cookies) == 0 {
		cookies = []string{"corstest=1"}
	}
	p.cookies, p.include = slices.Clone(cookies), true
	return p
}

// Fetch returns a call with any method. The target is a path ("/items?page=2"), or an
// absolute URL ("https://tenant.example.com/items") if the application reads the host.
// The host of a path is https://api.invalid, so a page from that origin belongs to the
// application itself.
func (p Page) Fetch(method, target string) Call {
	return Call{page: p, request: browser.Request{Method: method}, target: target}
}

// Get is Fetch with the method GET.
func (p Page) Get(target string) Call { return p.Fetch("GET", target) }

// Head is Fetch with the method HEAD.
func (p Page) Head(target string) Call { return p.Fetch("HEAD", target) }

// Post is Fetch with the method POST.
func (p Page) Post(target string) Call { return p.Fetch("POST", target) }

// Put is Fetch with the method PUT.
func (p Page) Put(target string) Call { return p.Fetch("PUT", target) }

// Patch is Fetch with the method PATCH.
func (p Page) Patch(target string) Call { return p.Fetch("PATCH", target) }

// Delete is Fetch with the method DELETE.
func (p Page) Delete(target string) Call { return p.Fetch("DELETE", target) }

// Call is a call of fetch by a page's script. Its methods Header and Body return changed
// copies. Allowed, Blocked, Untouched and Cacheable are the checks.
type Call struct {
	page    Page
	target  string
	request browser.Request // without its URL
}

// Header adds a header that the script sets. Browsers drop headers that scripts must not
// set, such as Cookie; a check of such a call fails.
func (c Call) Header(name, value string) Call {
	before := c.request.Header
	c.request.Header = append(before[:len(before):len(before)], browser.Field{Name: name, Value: value})
	return c
}

// Body sets the text that the script sends. Without a Content-Type it is sent as
// text/plain, which needs no preflight.
func (c Call) Body(text string) Call {
	c.request.Body = text
	return c
}

// String describes the call: PUT /items/1 with cookies, by a page of https://app.example.com.
func (c Call) String() string {
	with := ""
	if c.page.include {
		with = " with cookies"
	}
	return fmt.Sprintf("%s %s%s, by a page of %s", c.request.Method, c.target, with, c.page.origin)
}
