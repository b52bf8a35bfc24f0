package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
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
	Field    string    `json:"field"`    // "origin", "url", "method", "headers" or "credentials"
	Message  string    `json:"message"`
	Fixes    []CallFix `json:"fixes"`
}

// CallFix is a new value for a field of a Call.
type CallFix struct {
	Label string `json:"label"`
	Value string `json:"value"`
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

// problems returns the parts of the call that no page can make, and those that browsers
// drop.
func (c Call) problems() []CallProblem {
	list := []CallProblem{}
	fail := func(field, message string, fixes ...CallFix) {
		list = append(list, CallProblem{severityError, field, message, append([]CallFix{}, fixes...)})
	}
	if message, fixes := originProblem(c.Origin); message != "" {
		fail("origin", message, fixes...)
	}
	if c.URL == "" {
		fail("url", "write the URL that the script asks for, such as https://api.example.com/items")
	} else if _, err := browser.OriginOf(c.URL); err != nil {
		fail("url", err.Error(), urlFixes(c.URL)...)
	}
	switch browser.Credentials(c.Credentials) {
	case "", browser.Omit, browser.SameOrigin, browser.Include:
	default:
		fail("credentials", fmt.Sprintf("the credentials mode %q does not exist; write omit, same-origin or include", shortened(c.Credentials)))
	}
	dropped := make(map[string]bool)
	for _, pair := range c.Headers {
		if name := strings.ToLower(pair[0]); browser.ForbiddenRequestHeader(pair[0], pair[1]) && !dropped[name] {
			dropped[name] = true
			list = append(list, CallProblem{severityWarning, "headers", "No script can set " + shortened(pair[0]) + ": browsers drop it, and send what they want.", []CallFix{}})
		}
	}
	return list
}

// originProblem says what is wrong with a page's origin, or "".
func originProblem(origin string) (string, []CallFix) {
	if origin == "" {
		return "write the origin of the page, such as https://app.example.com", nil
	}
	if strings.Contains(origin, "*") {
		return "a page has one origin, and this is a pattern; write one that it matches, such as https://app.example.com", nil
	}
	// The model knows which origins pages have.
	page := browser.Client{Origin: origin, Handler: http.NotFoundHandler(), Timeout: longest}
	if _, err := page.Fetch(context.Background(), browser.Request{URL: "https://api.invalid/"}); err == nil {
		return "", nil
	}
	message := fmt.Sprintf("%q is not an origin as browsers write it: scheme, host and port, such as https://app.example.com", shortened(origin))
	var fixes []CallFix
	if _, err := cors.ParseOrigin(origin); err != nil {
		for _, e := range cors.ConfigErrors(err) {
			message = fmt.Sprintf("%q: %s", shortened(origin), e.Hint)
			for _, repair := range e.Repair {
				fixes = append(fixes, CallFix{"write " + repair, repair})
			}
		}
	}
	if len(fixes) == 0 {
		if o, err := cors.OriginOf(origin); err == nil {
			fixes = append(fixes, CallFix{"write " + o.String(), o.String()})
		}
	}
	return message, fixes
}

// urlFixes returns the likely meanings of a URL without a scheme.
func urlFixes(text string) []CallFix {
	fixed := "https://" + strings.TrimLeft(text, "/")
	u, err := url.Parse(fixed)
	if err != nil || strings.Contains(text, "://") || !strings.Contains(u.Hostname(), ".") && u.Hostname() != "localhost" {
		return nil
	}
	if u.Hostname() == "localhost" {
		fixed = "http://" + strings.TrimLeft(text, "/")
	}
	if _, err := browser.OriginOf(fixed); err != nil {
		return nil
	}
	return []CallFix{{"write " + fixed, fixed}}
}

// wrong reports whether a problem is an error.
func wrong(problems []CallProblem) bool {
	for _, p := range problems {
		if p.Severity == severityError {
			return true
		}
	}
	return false
}
