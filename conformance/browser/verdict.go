package browser

import "strings"

// Verdict is how a fetch ended.
type Verdict struct {
	// Allowed tells that the page's promise was fulfilled: there is a response,
	// though the page can read little of one of the types Opaque and OpaqueRedirect.
	Allowed bool

	Failure // where not Allowed, why

	// Console is the line in which Chromium reports a Failure with a Code; of one
	// without, its Message.
	Console string

	// What the page can read.
	Type       Type
	URL        string  // of the response, without fragment
	Redirected bool    // whether URL is another than was asked for
	Status     int     // 0 where the type hides it
	Header     []Field // as a script iterates it: names in lower case, sorted, lines of one name joined
	Body       string  // as far as Client.BodyLimit lets it be read
	BodyCut    bool    // whether there is, or may be, more of it

	Exchanges []Exchange // every one, in order
}

// Get returns the value of the field named name that the page can read, and whether
// there is one.
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

// The types of responses that a page can get. "" belongs to failed fetches.
const (
	Basic          Type = "basic"
	CORS           Type = "cors"
	Opaque         Type = "opaque"
	OpaqueRedirect Type = "opaqueredirect"
)

// Exchange is a request that was sent and the response to it.
type Exchange struct {
	Preflight bool
	URL       string
	Request   string // the head as sent, with its empty line
	Response  string // the head as received, as far as it came, without interim responses
	Status    int    // 0 if no head could be read
	Header    []Field
}

// Failure is the step of the standard that ends a fetch in a network error, or in a
// TypeError before any request.
type Failure struct {
	Section   string // "CORS check, step 4"
	Code      Code   // "" where Chromium has no CORS error for it
	Parameter string // what Chromium calls failedParameter: the value that is wrong
	Message   string // what Chromium's console says after "blocked by CORS policy: "; without a Code, what is the matter
}

// typeError is a Failure for which Chromium has no CORS error: the promise is
// rejected, and Message is all that is said.
func typeError(section, message string) *Failure {
	return &Failure{Section: section, Message: message}
}

// console is the line that Chromium writes of a failure (Blink's
// cors_error_string.cc; the same sentence is in its DevTools' log).
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
