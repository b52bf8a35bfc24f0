package pasted

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// Form is the format in which a request was copied.
type Form string

// The forms that Parse understands.
const (
	CurlBash  Form = "curl (bash)"
	CurlCmd   Form = "curl (cmd)"
	Fetch     Form = "fetch"
	FetchNode Form = "fetch (Node.js)"
)

// Request is a copied request, as the page's script made it.
type Request struct {
	Form   Form
	Method string
	URL    string
	Origin string // the page's origin; "" if the text does not name it

	Header  []browser.Field // the headers that the script probably set
	Cookie  string          // the value of the Cookie field, or ""
	Body    string
	Dropped []string // names of headers that the browser adds itself

	Mode        browser.Mode
	Credentials browser.Credentials
}

// Fetch returns the request for a browser.Client. The cookie belongs to the client, not
// to this request.
func (r *Request) Fetch() browser.Request {
	return browser.Request{
		Method: r.Method, URL: r.URL, Header: slices.Clone(r.Header), Body: r.Body, Mode: r.Mode, Credentials: r.Credentials,
	}
}

// Risks describes the parts of a request that you may not want to send again: headers
// with credentials, headers that a form cannot send, the method, and the body.
func (r *Request) Risks() []string {
	var risks []string
	if r.Cookie != "" {
		risks = append(risks, "the header Cookie")
	}
	for _, f := range r.Header {
		if !browser.SafelistedRequestHeader(f.Name, f.Value) {
			risks = append(risks, "the header "+f.Name)
		}
	}
	switch r.Method {
	case "GET", "HEAD", "OPTIONS":
	default:
		risks = append(risks, "the method "+r.Method)
	}
	if r.Body != "" {
		risks = append(risks, "a body")
	}
	return risks
}

// Careful returns the request without its risks: a GET without cookies, with only
// safelisted headers. It changes nothing on the server, and reveals nothing.
func (r *Request) Careful() *Request {
	careful := *r
	careful.Cookie, careful.Body = "", ""
	careful.Header = slices.DeleteFunc(slices.Clone(r.Header), func(f browser.Field) bool {
		return !browser.SafelistedRequestHeader(f.Name, f.Value) || strings.EqualFold(f.Name, "Content-Type")
	})
	if r.Method != "HEAD" && r.Method != "OPTIONS" {
		careful.Method = "GET"
	}
	return &careful
}

// add reads a copied header line. It sorts out the headers that browsers add: a script
// cannot set these, or seldom does.
func (r *Request) add(name, value string) error {
	lower := strings.ToLower(name)
	if name == "" || strings.ContainsAny(name+value, "\r\n\x00") {
		return errors.New("the header " + quoted(name) + " is not one line")
	}
	switch lower {
	case "cookie":
		r.Cookie = value
		return nil
	case "origin":
		r.Origin = value
		return nil
	case "referer":
		r.referrer(value)
	case "user-agent", "accept-language", "priority", "upgrade-insecure-requests",
		"authority", // HTTP/2's :authority, as older versions of Chromium wrote it
		"alt-used",  // Firefox adds it for an alternative service
		"available-dictionary", "dictionary-id", "save-data",
		"x-client-data", "x-browser-channel", "x-browser-copyright", "x-browser-validation", "x-browser-year", // Chrome adds these for Google's hosts
		"device-memory", "dpr", "viewport-width", "width", "rtt", "downlink", "ect", // client hints of the first kind
		// Browsers add these when they reload a page, or while DevTools disables the cache.
		"cache-control", "pragma", "if-none-match", "if-modified-since":
	default:
		if !browser.ForbiddenRequestHeader(name, value) && !strings.HasPrefix(name, ":") {
			r.Header = append(r.Header, browser.Field{Name: name, Value: value})
			return nil
		}
	}
	r.Dropped = append(r.Dropped, name)
	return nil
}

// referrer takes the page's origin from its URL if there is no Origin.
func (r *Request) referrer(page string) {
	u, err := url.Parse(page)
	if r.Origin != "" || err != nil || u.Host == "" {
		return
	}
	if origin, err := browser.OriginOf(page); err == nil {
		r.Origin = origin
	} else {
		r.Origin = u.Scheme + "://" + u.Host
	}
}

// finish checks the request, and derives the remaining fields.
func (r *Request) finish() error {
	if r.Method == "" {
		r.Method = "GET"
	}
	if _, err := browser.OriginOf(r.URL); err != nil {
		return errors.New("the URL " + err.Error())
	}
	if r.Credentials == "" && r.Cookie != "" {
		r.Credentials = browser.Include
	}
	if r.Method == "OPTIONS" && slices.ContainsFunc(r.Dropped, func(name string) bool { return strings.EqualFold(name, "Access-Control-Request-Method") }) {
		return errors.New("this is the preflight, which the browser sends by itself: copy the request for which it asks")
	}
	if (r.Method == "GET" || r.Method == "HEAD") && r.Body != "" {
		return errors.New("a " + r.Method + " has a body, which no browser sends")
	}
	return nil
}
