package browser

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// maxRedirects is how many redirects a fetch follows.
const maxRedirects = 20

// redirectStatus: Fetch, section Statuses, "redirect status".
func redirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// location returns the URL that a redirect at current goes to, or nil if the response has
// no Location (Fetch, section Responses, "location URL").
func location(header []Field, current *url.URL, e Engine) (*url.URL, error) {
	values := lines(header, "Location")
	switch len(values) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, fmt.Errorf("there are %d of them: %q", len(values), values)
	}
	if values[0] == "" && e.EmptyLocation == EmptyLocationIsResponse {
		return nil, nil
	}
	if values[0] == "" && e.EmptyLocation == EmptyLocationFails {
		return nil, errors.New("it is empty")
	}
	reference, err := url.Parse(values[0])
	if err != nil {
		return nil, err
	}
	target := current.ResolveReference(reference)
	if reference.Fragment == "" {
		target.Fragment, target.RawFragment = current.Fragment, current.RawFragment
	}
	if target.Scheme != "http" && target.Scheme != "https" {
		return target, nil // the caller refuses it
	}
	return parseTarget(target.String())
}

// redirectFetch follows the redirect in response (Fetch, section HTTP-redirect fetch).
func (f *fetch) redirectFetch(response *response) *Failure {
	const section = "HTTP-redirect fetch, "
	target, err := location(response.header, f.url, f.client.Engine) // step 3
	if err != nil {
		return typeError(section+"step 5", "the redirect's Location is not a URL: "+err.Error())
	}
	if target == nil {
		return f.finish(response) // step 4
	}
	if target.Scheme != "http" && target.Scheme != "https" {
		if f.request.Mode != ModeCORS || unsafeRedirect(target.Scheme) {
			return typeError(section+"step 6", "the redirect goes to a URL that is not http or https: "+target.String())
		}
		f.url = target // as in the message of Chromium's console
		return failed(section+"step 6", CorsDisabledScheme, "")
	}
	if len(f.urls)-1 == maxRedirects {
		return typeError(section+"step 7", "more than 20 redirects")
	}
	crossOrigin := !sameOrigin(originOf(target), f.client.Origin)
	if f.request.Mode == ModeCORS && includesCredentials(target) && crossOrigin { // step 9
		return failed(section+"step 9", RedirectContainsCredentials, "")
	}
	if f.tainting == CORS && includesCredentials(target) { // step 10
		return failed(section+"step 10", RedirectContainsCredentials, "")
	}
	if changesToGET(response.status, f.request.Method) { // step 12
		f.request.Method, f.request.Body = "GET", ""
		f.request.Header = without(f.request.Header, requestBodyHeader)
	}
	if originOf(f.url) != originOf(target) { // step 13
		f.request.Header = without(f.request.Header, NonWildcardRequestHeader)
	}
	f.urls = append(f.urls, target)
	return f.mainFetch()
}

// unsafeRedirect reports whether Chromium's network stack refuses redirects to a scheme.
// Chromium then reports no CORS error.
func unsafeRedirect(scheme string) bool {
	switch scheme {
	case "about", "blob", "chrome", "data", "file", "filesystem":
		return true
	}
	return false
}

// changesToGET reports whether a redirect with this status turns the method into GET.
func changesToGET(status int, method string) bool {
	switch status {
	case 301, 302:
		return method == "POST"
	case 303:
		return method != "GET" && method != "HEAD"
	}
	return false
}

// requestBodyHeader: Fetch, section Headers, "request-body-header name".
func requestBodyHeader(name string) bool {
	switch asciiLower(name) {
	case "content-encoding", "content-language", "content-location", "content-type":
		return true
	}
	return false
}

// without returns a copy of header without the names for which drop is true.
func without(header []Field, drop func(name string) bool) []Field {
	return slices.DeleteFunc(slices.Clone(header), func(f Field) bool { return drop(f.Name) })
}
