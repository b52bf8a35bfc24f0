package peers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// setting is one of the three in which a system serves.
type setting int

const (
	listed setting = iota
	anyone
	anyoneSignedIn
)

// scenario is a request that all systems get, and what the standard says of the
// answers.
type scenario struct {
	name    string
	setting setting
	method  string
	path    string
	fields  []browser.Field

	section string // of the Fetch standard, or of an RFC
	rule    string // what follows from it, in a sentence
	against func(answer) string
}

// What stands against an answer: "" if nothing does.

// page makes a fetch on which a browser decides from the answer: to the preflight, if
// there is a method, or else to the request itself.
type page struct {
	origin      string
	method      string
	header      string // the name of one that the script sets, or ""
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
		return "the browser lets the page through"
	}
	return ""
}

// varies is for answers that a cache may keep without being told so (RFC 9110, section
// 15.1). It is not for those to OPTIONS, which none may keep (section 9.3.7).
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

// handled tells that the request went on to the application, which has no such route
// or says itself what it serves.
func handled(a answer) string {
	if a.lines("Access-Control-Allow-Methods") != nil {
		return "answered as a preflight, which it is not"
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

// The lines of a preflight, with the header names in the form that browsers send.
func asks(origin, method string, headers ...string) []browser.Field {
	fields := []browser.Field{field("Origin", origin), field("Access-Control-Request-Method", method)}
	if len(headers) > 0 {
		fields = append(fields, field("Access-Control-Request-Headers", strings.Join(headers, ",")))
	}
	return fields
}

// unlistedNames are a thousand.
func unlistedNames() []string {
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("x-%03d", i)
	}
	return names
}

const (
	caches = "CORS protocol and HTTP caches"
	varyBy = "The answer depends on who asks, and a cache has to know, whoever asked first."
)

func scenarios() []scenario {
	const options, get, put = http.MethodOptions, http.MethodGet, http.MethodPut
	signedIn := func(origin, method, header string) page {
		return page{origin: origin, method: method, header: header, credentials: browser.Include}
	}
	return []scenario{
		{
			name: "preflight, all of it listed", method: options, path: "/items", fields: asks(app, put, "content-type"),
			section: "CORS-preflight fetch, step 7", rule: "The status is ok, and origin, method and header are approved.",
			against: signedIn(app, put, "Content-Type").passes,
		},
		{
			name: "preflight, origin not listed", method: options, path: "/items", fields: asks(other, put, "content-type"),
			section: "CORS check", rule: "The browser has to block it; the status is the server's choice.",
			against: signedIn(other, put, "Content-Type").isBlocked,
		},
		{
			name: "preflight, method not listed", method: options, path: "/items", fields: asks(app, "PATCH"),
			section: "CORS-preflight fetch, step 7", rule: "The browser has to block it.",
			against: signedIn(app, "PATCH", "").isBlocked,
		},
		{
			name: "preflight, header not listed", method: options, path: "/items", fields: asks(app, put, "x-unlisted"),
			section: "CORS-preflight fetch, step 7", rule: "The browser has to block it.",
			against: signedIn(app, put, "X-Unlisted").isBlocked,
		},
		{
			name: "preflight of GET for a listed header", method: options, path: "/items", fields: asks(app, get, "x-requested-with"),
			section: "CORS-preflight fetch, step 7", rule: "The browser has to let the page through.",
			against: signedIn(app, get, "X-Requested-With").passes,
		},
		{
			name: "preflight, 1,000 header names", method: options, path: "/items", fields: asks(app, put, unlistedNames()...),
			section: "CORS-preflight fetch, step 7", rule: "None of them is listed; the browser has to block it.",
			against: signedIn(app, put, unlistedNames()[0]).isBlocked,
		},
		{
			name: "preflight for a path that does not exist", method: options, path: "/missing", fields: asks(app, put, "content-type"),
			section: "CORS-preflight fetch, step 7", rule: "If its status is not ok, the page does not learn that the path is not there.",
			against: signedIn(app, put, "Content-Type").passes,
		},
		{
			name: "actual request, origin listed", method: get, path: "/items", fields: []browser.Field{field("Origin", app)},
			section: "CORS check; " + caches, rule: "The page may read the response. " + varyBy,
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "HEAD, where the list has GET and POST", method: http.MethodHead, path: "/items", fields: []browser.Field{field("Origin", app)},
			section: "CORS-safelisted method", rule: "Browsers want no leave for it, so no list can refuse it: the page may read the response.",
			against: signedIn(app, "", "").passes,
		},
		{
			name: "actual request, origin not listed", method: get, path: "/items", fields: []browser.Field{field("Origin", other)},
			section: "CORS check; " + caches, rule: "The browser has to block it; what the server does is its choice. " + varyBy,
			against: both(signedIn(other, "", "").isBlocked, varies("Origin")),
		},
		{
			name: "a name that begins like a listed one", method: get, path: "/items", fields: []browser.Field{field("Origin", app+".evil.test")},
			section: "CORS check", rule: "It is another origin; the browser has to block it.",
			against: signedIn(app+".evil.test", "", "").isBlocked,
		},
		{
			name: "no Origin", method: get, path: "/items",
			section: caches, rule: varyBy,
			against: varies("Origin"),
		},
		{
			name: "404", method: get, path: "/missing", fields: []browser.Field{field("Origin", app)},
			section: "CORS check", rule: "The page may read what went wrong.",
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "405", method: put, path: "/error", fields: []browser.Field{field("Origin", app)},
			section: "CORS check", rule: "The page may read what went wrong.",
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "an error or panic of the handler", method: get, path: "/error", fields: []browser.Field{field("Origin", app)},
			section: "CORS check", rule: "The page may read what went wrong.",
			against: both(signedIn(app, "", "").passes, varies("Origin")),
		},
		{
			name: "a handler that sets Vary", method: get, path: "/vary", fields: []browser.Field{field("Origin", app)},
			section: caches, rule: "What the handler sets and what CORS needs both have to reach the caches. This handler overwrites what was set before it; Crossgate's option Guard is for such.",
			against: varies("Origin", "Accept-Encoding"),
		},
		{
			name: "a handler with a CORS header of its own", method: get, path: "/own", fields: []browser.Field{field("Origin", app)},
			section: "CORS check, step 4", rule: "Two lines are one value, which is no origin. It happens where an upstream behind a reverse proxy, or a careless handler, adds a line; Crossgate's option Guard is for such.",
			against: signedIn(app, "", "").passes,
		},
		{
			name: "two Origin lines, the first one listed", method: get, path: "/items", fields: []browser.Field{field("Origin", app), field("Origin", other)},
			section: "RFC 9110, section 5.3", rule: "Combined, as a recipient may, they are a value that is no origin. No browser sends it; whoever does has something in mind.",
			against: grantsNothing,
		},
		{
			name: "an Origin in upper case", method: get, path: "/items", fields: []browser.Field{field("Origin", strings.ToUpper(app))},
			section: "CORS check, step 4", rule: "Origins are compared byte by byte, and no browser serialises one so.",
			against: grantsNothing,
		},
		{
			name: "OPTIONS without Access-Control-Request-Method", method: options, path: "/items", fields: []browser.Field{field("Origin", app)},
			section: "HTTP requests, CORS-preflight request", rule: "It is not a preflight but an OPTIONS request that the application may serve.",
			against: handled,
		},
		{
			name: "the origin null, not listed", method: get, path: "/items", fields: []browser.Field{field("Origin", "null")},
			section: "CORS check; " + caches, rule: "The browser has to block it. " + varyBy,
			against: both(signedIn("null", "", "").isBlocked, varies("Origin")),
		},
		{
			name: "any origin", setting: anyone, method: get, path: "/items", fields: []browser.Field{field("Origin", other)},
			section: "CORS check, step 3", rule: "The page may read the response.",
			against: page{origin: other, credentials: browser.Omit}.passes,
		},
		{
			name: "any origin: null", setting: anyone, method: get, path: "/items", fields: []browser.Field{field("Origin", "null")},
			section: "CORS check, step 3", rule: "Any origin is that one too.",
			against: page{origin: "null", credentials: browser.Omit}.passes,
		},
		{
			name: "any origin: no Origin", setting: anyone, method: get, path: "/items",
			section: caches, rule: "A cache may keep this answer for the pages of other origins: it needs the `*`, or `Vary: Origin`.",
			against: func(a answer) string {
				if slices.Equal(a.lines("Access-Control-Allow-Origin"), []string{"*"}) {
					return ""
				}
				return varies("Origin")(a)
			},
		},
		{
			name: "any origin, with credentials", setting: anyoneSignedIn, method: get, path: "/items", fields: []browser.Field{field("Origin", other)},
			section: "CORS check, steps 3 and 4", rule: "`*` is nobody where there are credentials. To answer with the origin that asks gets around that, and hands every visitor's data to every page: such a setting is a mistake to be refused.",
			against: func(a answer) string {
				if failure := signedIn(other, "", "").failure(a); failure == nil {
					return "every page reads what is the visitor's own"
				}
				return "does not work: `*` with credentials"
			},
		},
	}
}
