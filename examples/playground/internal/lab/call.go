package lab

import (
	"encoding/json"
	"errors"

	"github.com/crossgate/cors/conformance/browser"
)

// Call is a call of fetch by a page's script.
type Call struct {
	Origin      string      `json:"origin"` // the page's
	URL         string      `json:"url"`
	Method      string      `json:"method"`
	Headers     [][2]string `json:"headers"` // names and values that the script sets
	Credentials string      `json:"credentials"`
}

// CallProblem is a part of a Call that is wrong or has no effect.
type CallProblem struct {
	Severity string    `json:"severity"` // "error": no page can make the call
	Field    string    `json:"field"`    // "origin", "url", "headers" or "credentials"
	Message  string    `json:"message"`
	Fixes    []CallFix `json:"fixes"`
}

// CallFix is a Call without a problem.
type CallFix struct {
	Label string `json:"label"`
	Call  Call   `json:"call"`
}

// UnmarshalJSON reads headers as pairs; a header without both parts is an error.
func (c *Call) UnmarshalJSON(data []byte) error {
	type bare Call
	var read struct {
		bare
		Headers [][]string `json:"headers"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*c = Call(read.bare)
	c.Headers = [][2]string{} // never null: the page writes a fixed call into its form
	for _, pair := range read.Headers {
		if len(pair) != 2 {
			return errors.New("a header is a pair: its name and its value")
		}
		c.Headers = append(c.Headers, [2]string{pair[0], pair[1]})
	}
	return nil
}

// length is the number of bytes of the call's parts.
func (c Call) length() int {
	n := len(c.Origin) + len(c.URL) + len(c.Method) + len(c.Credentials)
	for _, pair := range c.Headers {
		n += len(pair[0]) + len(pair[1])
	}
	return n
}

// request is the call for the browser model.
func (c Call) request() browser.Request {
	r := browser.Request{Method: c.Method, URL: c.URL, Credentials: browser.Credentials(c.Credentials)}
	for _, pair := range c.Headers {
		r.Header = append(r.Header, browser.Field{Name: pair[0], Value: pair[1]})
	}
	return r
}

// unsafe returns the names of the headers that a preflight asks about, in lower case.
func (c Call) unsafe() []string {
	var script []browser.Field
	for _, f := range c.request().Header {
		if !browser.ForbiddenRequestHeader(f.Name, f.Value) {
			script = append(script, f)
		}
	}
	return browser.UnsafeRequestHeaderNames(script)
}

// method is the method as it is sent.
func (c Call) method() string {
	if c.Method == "" {
		return "GET"
	}
	return browser.NormalizeMethod(c.Method)
}

func (c Call) credentials() browser.Credentials {
	if c.Credentials == "" {
		return browser.SameOrigin
	}
	return browser.Credentials(c.Credentials)
}
