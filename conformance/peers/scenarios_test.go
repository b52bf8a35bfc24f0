package peers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// setting is one of the three settings in which a system serves.
type setting int

const (
	listed setting = iota
	anyone
	anyoneSignedIn
)

// scenario is a request to all systems, and what the standard says about the answers.
type scenario struct {
	name    string
	setting setting
	method  string
	path    string
	fields  []browser.Field

	section string // a section of the Fetch standard or of an RFC
	rule    string // what follows from the section, in a sentence
	against func(answer) string
}

// These functions return what is wrong with an answer, or "".

// page makes a fetch. The browser decides by the answer to the preflight if there is a
// method, and otherwise by the answer to the request.
type page struct {
	origin      string
	method      string
	header      string // the name of a header that the script sets, or ""
	credentials browser.Credentials
}

func (p page) failure(a answer) *browser.Failure {
	if p.method == "" {
		return browser.CheckCORS(p.origin, p.credentials, a.fields)
	}
	asked := browser.Preflighted{Origin: p.origin, Method: p.method, Credentials: p.credentials}
	if p.header != "" {
		asked.Header = []browser.Field{{Name: p.header, Value: headerValue(p.header)}}
	}
	return browser.CheckPreflight(asked, a.status, a.fields, false, browser.Engine{})
}

func (p page) passes(a answer) string {
	if failure := p.failure(a); failure != nil {
		return "the browser blocks it: " + string(failure.Code)
	}
	return ""
}

func (p page) isBlocked(a answer) string {
	if p.failure(a) == nil {
		return "the browser allows the page"
	}
	return ""
}

// varies is for answers that a cache may store without explicit permission (RFC 9110,
// section 15.1). Do not use it for answers to OPTIONS, which caches must not store
// (section 9.3.7).
func varies(by ...string) func(answer) string {
	return func(a answer) string {
		if !slices.Contains([]int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}, a.status) {
			return ""
		}
		for _, name := range by {
			if !a.lists("Vary", name) {
				return "no `Vary: " + name + "`"
			}
		}
		return ""
	}
}

func grantsNothing(a answer) string {
	if values := a.lines("Access-Control-Allow-Origin"); len(values) > 0 {
		return "grants an origin"
	}
	return ""
}

// handled checks that the request reached the application. The application has no such
// route, or lists its methods itself.
func handled(a answer) string {
	if a.lines("Access-Control-Allow-Methods") != nil {
		return "answered as a preflight, although it is not one"
	}
	return ""
}

func both(checks ...func(answer) string) func(answer) string {
	return func(a answer) string {
		var complaints []string
		for _, check := range checks {
			if complaint := check(a); complaint != "" {
				complaints = append(complaints, complaint)
			}
		}
		return strings.Join(complaints, "; ")
	}
}

func field(name, value string) browser.Field { return browser.Field{Name: name, Value: value} }

const (
	app   = "https://app.example.com"
	other = "https://other.test"
)

// asks returns the lines of a preflight, with the header names as browsers send them.
func asks(origin, method string, headers ...string) []browser.Field {
	fields := []browser.Field{field("Origin", origin), field("Access-Control-Request-Method", method)}
	if len(headers) > 0 {
		fields = append(fields, field("Access-Control-Request-Headers", strings.Join(headers, ",")))
	}
	return fields
}

// unlistedNames returns a thousand header names that no policy lists.
func unlistedNames() []string {
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("x-%03d", i)
	}
	return names
}

const (
	caches = "CORS protocol and HTTP caches"
	varyBy = "The answer depends on the origin. Caches must know this, even if the first request has no origin or another one."
)

func scenarios() []scenario {
	const options, get, put = http.MethodOptions, http.MethodGet, http.MethodPut
	signedIn := func(origin, method, header string) page {
		return page{origin: origin, method: method, header: header, credentials: browser.Include}
	}
	return []scenario{
		{
			name: "preflight, everything listed", method: options, path: "/items", fields: asks(app, put, "content-type"),
			section: "CORS-preflight fetch, step 7", rule: "The status is ok, and origin, method and header are approved.",
			against: signedIn(app, put, "Content-Type").passes,
		},
		{
			name: "preflight, origin not listed", method: options, path: "/items", fields: asks(other, put, "content-type"),
			section: "CORS check", rule: "The browser must block it. The server may choose the status.",
			against: signedIn(other, put, "Content-Type").isBlocked,
		},
		{
			name: "preflight, method not listed", method: options, path: "/items", fields: asks(app, "PATCH"),
			section: "CORS-preflight fetch, step 7", rule: "The browser must block it.",
			against: signedIn(app, "PATCH", "").isBlocked,
		},
		{
			name: "preflight, header not listed", method: options, path: "/items", fields: asks(app, put, "x-unlisted"),
			section: "CORS-preflight fetch, step 7", rule: "The browser must block it.",
			against: signedIn(app, put, "X-Unlisted").isBlocked,
		},
		{
			name: "preflight of GET for a listed header", method: options, path: "/items", fields: asks(app, get, "x-requested-with"),
			section: "CORS-preflight fetch, step 7", rule: "The browser must allow the page.",
			against: signedIn(app, get, "X-Requested-With").passes,
		},
		{
			name: "preflight, 1,000 header names", method: options, path: "/items", fields: asks(app, put, unlistedNames()...),
			section: "CORS-preflight fetch, step 7", rule: "None of them is listed. The browser must block it.",
			against: signedIn(app, put, unlistedNames()[0]).isBlocked,
		},
		{
			name: "preflight for a path that does not exist", method: options, path: "/missing", fields: asks(app, put, "content-type"),
			section: "CORS-preflight fetch, step 7", rule: "If the status is not ok, the page cannot learn that the path does not exist.",
			against: signedIn(app, put, "Content-Type").passes,
		},
		{
			name: "actual request, origin listed", method: get, path: "/items", fields: []browser.Field{field("Origin", app)},
			section: "CORS check; " + caches, rule: "The page may read the response. " + varyBy,
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "HEAD, where the list has GET and POST", method: http.MethodHead, path: "/items", fields: []browser.Field{field("Origin", app)},
			section: "CORS-safelisted method", rule: "HEAD needs no permission, so no list can refuse it. The page may read the response.",
			against: signedIn(app, "", "").passes,
		},
		{
			name: "actual request, origin not listed", method: get, path: "/items", fields: []browser.Field{field("Origin", other)},
			section: "CORS check; " + caches, rule: "The browser must block it. The server may choose its answer. " + varyBy,
			against: both(signedIn(other, "", "").isBlocked, varies("Origin")),
		},
		{
			name: "a name that begins like a listed one", method: get, path: "/items", fields: []browser.Field{field("Origin", app+".evil.test")},
			section: "CORS check", rule: "It is another origin. The browser must block it.",
			against: signedIn(app+".evil.test", "", "").isBlocked,
		},
		{
			name: "no Origin", method: get, path: "/items",
			section: caches, rule: varyBy,
			against: varies("Origin"),
		},
		{
			name: "404", method: get, path: "/missing", fields: []browser.Field{field("Origin", app)},
			section: "CORS check", rule: "The page must be able to read the error.",
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "405", method: put, path: "/error", fields: []browser.Field{field("Origin", app)},
			section: "CORS check", rule: "The page must be able to read the error.",
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "an error or panic of the handler", method: get, path: "/error", fields: []browser.Field{field("Origin", app)},
			section: "CORS check", rule: "The page must be able to read the error.",
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "a handler that sets Vary", method: get, path: "/vary", fields: []browser.Field{field("Origin", app)},
			section: caches, rule: "Caches must get both the handler's Vary and the one for CORS. This handler overwrites the earlier Vary. Crossgate's option Guard prevents that.",
			against: varies("Origin", "Accept-Encoding"),
		},
		{
			name: "a handler with a CORS header of its own", method: get, path: "/own", fields: []browser.Field{field("Origin", app)},
			section: "CORS check, step 4", rule: "Two lines are one value, which is not an origin. This happens if an upstream behind a reverse proxy, or a handler, adds a line. Crossgate's option Guard prevents that.",
			against: signedIn(app, "", "").passes,
		},
		{
			name: "two Origin lines, the first one listed", method: get, path: "/items", fields: []browser.Field{field("Origin", app), field("Origin", other)},
			section: "RFC 9110, section 5.3", rule: "A recipient may combine the lines into one value, which is not an origin. No browser sends two lines, so this may be an attack.",
			against: grantsNothing,
		},
		{
			name: "an Origin in upper case", method: get, path: "/items", fields: []browser.Field{field("Origin", strings.ToUpper(app))},
			section: "CORS check, step 4", rule: "Origins are compared byte by byte, and no browser sends upper case.",
			against: grantsNothing,
		},
		{
			name: "OPTIONS without Access-Control-Request-Method", method: options, path: "/items", fields: []browser.Field{field("Origin", app)},
			section: "HTTP requests, CORS-preflight request", rule: "It is not a preflight. The application may serve this OPTIONS request.",
			against: handled,
		},
		{
			name: "the origin null, not listed", method: get, path: "/items", fields: []browser.Field{field("Origin", "null")},
			section: "CORS check; " + caches, rule: "The browser must block it. " + varyBy,
			against: both(signedIn("null", "", "").isBlocked, varies("Origin")),
		},
		{
			name: "any origin", setting: anyone, method: get, path: "/items", fields: []browser.Field{field("Origin", other)},
			section: "CORS check, step 3", rule: "The page may read the response.",
			against: page{origin: other, credentials: browser.Omit}.passes,
		},
		{
			name: "any origin: null", setting: anyone, method: get, path: "/items", fields: []browser.Field{field("Origin", "null")},
			section: "CORS check, step 3", rule: "Any origin includes the origin null.",
			against: page{origin: "null", credentials: browser.Omit}.passes,
		},
		{
			name: "any origin: no Origin", setting: anyone, method: get, path: "/items",
			section: caches, rule: "A cache may store this answer for the pages of other origins, so it needs the `*`, or `Vary: Origin`.",
			against: func(a answer) string {
				if slices.Equal(a.lines("Access-Control-Allow-Origin"), []string{"*"}) {
					return ""
				}
				return varies("Origin")(a)
			},
		},
		{
			name: "any origin, with credentials", setting: anyoneSignedIn, method: get, path: "/items", fields: []browser.Field{field("Origin", other)},
			section: "CORS check, steps 3 and 4", rule: "With credentials, `*` matches no origin. A library that answers with the requesting origin instead gives every visitor's data to every page. A library should refuse this setting.",
			against: func(a answer) string {
				if failure := signedIn(other, "", "").failure(a); failure == nil {
					return "every page can read the visitor's data"
				}
				return "does not work: `*` with credentials"
			},
		},
	}
}
