package lab

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// checks says what is wrong with a field of a call, or "", and which values could be meant.
var checks = []struct {
	field string
	of    func(Call) (message string, values []string)
	set   func(*Call, string)
}{
	{"origin", originProblem, func(c *Call, v string) { c.Origin = v }},
	{"url", urlProblem, func(c *Call, v string) { c.URL = v }},
	{"credentials", credentialsProblem, func(c *Call, v string) { c.Credentials = v }},
}

// problems returns the parts of the call that no page can make, and those that browsers
// drop.
func (c Call) problems() []CallProblem {
	list := []CallProblem{}
	for _, check := range checks {
		message, values := check.of(c)
		if message == "" {
			continue
		}
		problem := CallProblem{severityError, check.field, message, []CallFix{}}
		for _, value := range values {
			fixed := c
			check.set(&fixed, value)
			if still, _ := check.of(fixed); still == "" {
				problem.Fixes = append(problem.Fixes, CallFix{"write " + shortened(value), fixed})
			}
		}
		list = append(list, problem)
	}
	return append(list, c.dropped()...)
}

// dropped returns a warning for each header that browsers drop.
func (c Call) dropped() (list []CallProblem) {
	known := make(map[string]bool)
	for _, pair := range c.Headers {
		name := strings.ToLower(pair[0])
		if known[name] || !browser.ForbiddenRequestHeader(pair[0], pair[1]) {
			continue
		}
		known[name] = true
		list = append(list, CallProblem{
			severityWarning, "headers", "No script can set " + shortened(pair[0]) + ": browsers drop it, and send what they want.",
			[]CallFix{{"remove " + shortened(pair[0]), c.without(name)}},
		})
	}
	return list
}

// without is the call without the headers of some names, which are in lower case.
func (c Call) without(names ...string) Call {
	c.Headers = slices.DeleteFunc(slices.Clone(c.Headers), func(h [2]string) bool {
		return slices.Contains(names, strings.ToLower(h[0]))
	})
	return c
}

// originProblem is the check of the page's origin.
func originProblem(c Call) (string, []string) {
	switch {
	case c.Origin == "":
		return "write the origin of the page, such as https://app.example.com", nil
	case strings.Contains(c.Origin, "*"):
		return "a page has one origin, and this is a pattern; write one that it matches, such as https://app.example.com", nil
	case c.Origin == "null":
		return "", nil
	}
	_, err := cors.ParseOrigin(c.Origin)
	// The model knows which other origins pages have.
	page := browser.Client{Origin: c.Origin, Handler: http.NotFoundHandler(), Timeout: longest}
	if _, refused := page.Fetch(context.Background(), browser.Request{URL: "https://api.invalid/"}); refused == nil && err == nil {
		return "", nil
	}
	message := fmt.Sprintf("%q is not an origin as browsers write it: scheme, host and port, such as https://app.example.com", shortened(c.Origin))
	var values []string
	for _, e := range cors.ConfigErrors(err) {
		message = fmt.Sprintf("%q: %s", shortened(c.Origin), e.Hint)
		if e.Code == "origin-list" {
			message = "a page has one origin; write one of these"
		}
		values = append(values, e.Repair...)
		if strings.Contains(e.Hint, `"null"`) {
			values = append(values, "null")
		}
	}
	if o, err := cors.OriginOf(c.Origin); err == nil && len(values) == 0 {
		values = append(values, o.String())
	}
	return message, values
}

// credentialsProblem is the check of the credentials mode.
func credentialsProblem(c Call) (string, []string) {
	switch browser.Credentials(c.Credentials) {
	case "", browser.Omit, browser.SameOrigin, browser.Include:
		return "", nil
	}
	return fmt.Sprintf("the credentials mode %q does not exist; write omit, same-origin or include", shortened(c.Credentials)), []string{strings.ToLower(c.Credentials)}
}

// urlProblem checks the URL. The model reads URLs with net/url, but browsers accept more,
// so the values are the URLs that browsers would use.
func urlProblem(c Call) (string, []string) {
	text := c.URL
	if text == "" {
		return "write the URL that the script asks for, such as https://api.example.com/items", nil
	}
	origin, err := browser.OriginOf(text)
	lower := strings.ToLower(text)
	switch {
	case err == nil:
		read, err := cors.OriginOf(text)
		if err != nil || read.String() == origin {
			return "", nil
		}
		return "browsers read the host of this URL as " + read.Host, []string{withOrigin(text, read.String())}
	case relative.MatchString(text) && !strings.HasPrefix(text, "//"):
		return "a relative URL is one of the page's own origin, where CORS does not apply; write the whole URL", []string{c.Origin + "/" + strings.TrimLeft(text, "./")}
	case strings.HasPrefix(lower, "ws:") || strings.HasPrefix(lower, "wss:"):
		return "CORS does not apply to WebSockets: browsers connect without asking, and the server has to check the Origin itself; write an https URL", nil
	}
	if fixed := escaped(text); fixed != text {
		if _, err := browser.OriginOf(fixed); err == nil {
			return "a % in a path has two hexadecimal digits after it; net/http answers 400 to this one, before any middleware, so no page can read that; write %25 for a % sign", []string{fixed}
		}
	}
	return err.Error(), meantURLs(text)
}

var (
	relative  = regexp.MustCompile(`^(\.?\.?/|[?#])`)
	authority = regexp.MustCompile(`^([A-Za-z]+):[/\\]*([^/\\?#]*)`)
)

// escaped writes %25 for each % of a URL's path that no two hexadecimal digits follow.
func escaped(text string) string {
	path, rest := text, ""
	if i := strings.IndexAny(text, "?#"); i >= 0 {
		path, rest = text[:i], text[i:]
	}
	parts := strings.Split(path, "%")
	for i, part := range parts[1:] {
		if len(part) < 2 || !isHex(part[0]) || !isHex(part[1]) {
			parts[i+1] = "25" + part
		}
	}
	return strings.Join(parts, "%") + rest
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// meantURLs returns the likely meanings of a text that is not a URL.
func meantURLs(text string) []string {
	if parts := authority.FindStringSubmatch(text); parts != nil && (strings.EqualFold(parts[1], "http") || strings.EqualFold(parts[1], "https")) {
		// Browsers read any number of slashes of either kind (URL, "special authority slashes state").
		path, rest := text[len(parts[0]):], ""
		if i := strings.IndexAny(path, "?#"); i >= 0 {
			path, rest = path[:i], path[i:]
		}
		fixed := strings.ToLower(parts[1]) + "://" + parts[2] + strings.ReplaceAll(path, `\`, "/") + rest
		if o, err := cors.OriginOf(fixed); err == nil {
			return []string{withOrigin(fixed, o.String())}
		}
		return nil
	}
	host := strings.TrimLeft(text, "/")
	scheme := "https://"
	o, err := cors.OriginOf(scheme + host)
	if err != nil || strings.Contains(text, "://") || !strings.Contains(o.Host, ".") && o.Host != "localhost" {
		return nil
	}
	if o.IsLoopback() {
		scheme = "http://"
	}
	return []string{scheme + host}
}

// withOrigin is a URL with another origin.
func withOrigin(text, origin string) string {
	return origin + strings.TrimPrefix(text, authority.FindString(text))
}

// wrong reports whether a problem is an error.
func wrong(problems []CallProblem) bool {
	return slices.ContainsFunc(problems, func(p CallProblem) bool { return p.Severity == severityError })
}
