//go:build unix

package preflights

import (
	"fmt"
	"slices"
)

// Call is one fetch call of the page.
type Call struct {
	Method      string            `json:"method"`
	Path        string            `json:"path"`
	Headers     map[string]string `json:"headers"`
	Body        string            `json:"body,omitempty"`
	Credentials string            `json:"credentials"` // "include" or "omit"
}

// Calls is the number of calls that the page makes.
const Calls = 200

// The methods and headers for which the page's calls need permission.
var (
	pageMethods = []string{"DELETE", "PATCH", "PURGE", "PUT"}
	pageHeaders = []string{
		"authorization", "content-type", "idempotency-key", "if-match", "x-csrf-token", "x-request-id", "x-tenant",
	}
)

// page collects the calls of a page.
type page struct {
	cookies bool
	calls   []Call
}

// call adds a call for the page's user. It sends credentials if the policy allows them,
// and otherwise a bearer token.
func (p *page) call(method, path string, headers ...string) {
	credentials := "omit"
	if p.cookies {
		credentials = "include"
		headers = append(headers, "x-csrf-token")
	} else {
		headers = append(headers, "authorization")
	}
	p.add(method, path, credentials, headers)
}

// public adds a call for public data, without credentials.
func (p *page) public(method, path string, headers ...string) { p.add(method, path, "omit", headers) }

func (p *page) add(method, path, credentials string, headers []string) {
	c := Call{Method: method, Path: path, Headers: make(map[string]string), Credentials: credentials}
	for _, name := range headers {
		switch name {
		case "content-type":
			c.Headers[name], c.Body = "application/json", `{"a":1}`
		case "text/plain": // this type is safelisted
			c.Headers["content-type"], c.Body = name, "event"
		default:
			c.Headers[name] = "1"
		}
	}
	p.calls = append(p.calls, c)
}

// Page returns the calls of a single-page application, an order desk, in their order. Its
// user works on twelve orders. With cookies, the page sends cookies and a token against
// request forgery; otherwise it sends a bearer token.
//
// It uses few enough URLs for Firefox, which caches at most 100 answers.
func Page(cookies bool) []Call {
	p := page{cookies: cookies}
	p.public("GET", "/settings")
	p.public("GET", "/texts/en.json")
	p.call("GET", "/session")
	p.call("GET", "/notifications", "x-request-id")
	p.call("GET", "/orders", "x-request-id")
	p.call("GET", "/orders?page=2", "x-request-id")
	p.public("POST", "/events", "text/plain")
	p.call("GET", "/tenant", "x-tenant")
	for i := range 12 {
		order, file := fmt.Sprintf("/orders/%d", 4711+i), fmt.Sprintf("/files/%d", i/3)
		p.call("GET", order, "x-request-id")
		p.call("GET", order+"/comments")
		p.call("GET", order+"/lines")
		p.call("PATCH", order, "content-type")
		p.call("GET", order, "x-request-id")
		p.call("POST", order+"/comments", "content-type", "idempotency-key")
		p.call("GET", order+"/comments")
		p.call("GET", fmt.Sprintf("/search?q=%d", i))
		p.public("POST", "/events", "text/plain")
		p.call("GET", "/notifications", "x-request-id")
		p.public("GET", fmt.Sprintf("/pictures/%d.png", i))
		p.call([]string{"HEAD", "PUT", "HEAD"}[i%3], file)
		if i%2 == 0 {
			p.call("PUT", order+"/status", "content-type", "x-request-id")
		} else {
			p.call("DELETE", order+"/lines", "if-match")
		}
		switch i % 4 {
		case 0:
			p.call("GET", "/tenant", "x-tenant")
		case 1:
			p.call("PURGE", order)
		default:
			p.public("POST", "/events", "content-type")
		}
		p.call("GET", "/orders", "x-request-id")
		p.call("POST", "/session", "content-type")
	}
	return slices.Clip(p.calls)
}
