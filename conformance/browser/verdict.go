package browser

import "strings"

// Verdict is the result of a fetch.
type Verdict struct {
	// Allowed says that the page's promise was fulfilled, so there is a response. With the
	// types Opaque and OpaqueRedirect the page can read little of it.
	Allowed bool

	Failure // the reason, if not Allowed

	// Console is Chromium's console line for a Failure with a Code. For a Failure without a
	// Code, it is the Message.
	Console string

	// What the page can read.
	Type       Type
	URL        string  // the URL of the response, without its fragment
	Redirected bool    // whether URL differs from the requested URL
	Status     int     // 0 if the type hides it
	Header     []Field // as a script iterates over it: names in lower case, sorted, lines of one name joined
	Body       string  // cut at Client.BodyLimit
	BodyCut    bool    // whether the body is, or may be, longer

	Exchanges []Exchange // all exchanges, in order
}

// Get returns the value of a field that the page can read, and whether the page can read
// such a field.
func (v Verdict) Get(name string) (value string, ok bool) { return get(v.Header, name) }

// Preflights returns how many of the exchanges were CORS-preflights.
func (v Verdict) Preflights() int {
	n := 0
	for _, e := range v.Exchanges {
		if e.Preflight {
			n++
		}
	}
	return n
}

// Type is a response's type (Fetch, section Responses).
type Type string

// The types of responses that a page can get. A failed fetch has the type "".
const (
	Basic          Type = "basic"
	CORS           Type = "cors"
	Opaque         Type = "opaque"
	OpaqueRedirect Type = "opaqueredirect"
)

// Exchange is a request and its response.
type Exchange struct {
	Preflight bool
	URL       string
	Request   string // the head as sent, including the empty line
	Response  string // the received part of the head, without interim responses
	Status    int    // 0 if no head could be read
	Header    []Field
}

// Failure is the step of the standard that ends a fetch with a network error, or with a
// TypeError before any request.
type Failure struct {
	Section   string // "CORS check, step 4"
	Code      Code   // "" if Chromium has no CORS error for it
	Parameter string // Chromium's failedParameter: the wrong value
	Message   string // the text after "blocked by CORS policy: " in Chromium's console; without a Code, the reason
}

// typeError is a Failure for which Chromium has no CORS error. The promise is rejected,
// and only Message gives the reason.
func typeError(section, message string) *Failure {
	return &Failure{Section: section, Message: message}
}

// console returns the line that Chromium logs for a failure (Blink's
// cors_error_string.cc; DevTools logs the same sentence).
func (f *fetch) console(failure *Failure) string {
	if failure.Code == "" {
		return failure.Message
	}
	var b strings.Builder
	first, last := f.initialURL.String(), f.url.String()
	b.WriteString("Access to fetch at '" + last + "' ")
	if first != last {
		b.WriteString("(redirected from '" + first + "') ")
	}
	b.WriteString("from origin '" + f.client.Origin + "' has been blocked by CORS policy: " + failure.Message)
	return b.String()
}
