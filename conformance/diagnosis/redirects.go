package diagnosis

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// loginWords matches parts of paths and hosts where people sign in.
var loginWords = regexp.MustCompile(`(?i)(^|[^a-z])(log[-_]?(in|on)|sign[-_]?(in|on)|sso|cas|idp|oauth2?|openid|oidc|saml2?|auth|authorize|authenticate|` +
	`authn|accounts?|identity|sessions?|connect|adfs|realms|keycloak|okta)([^a-z]|$)`)

// loginQuery matches parameters that say where to return after signing in.
var loginQuery = regexp.MustCompile(`(?i)(^|&)(next|return_?(to|url|path)|redirect_(uri|url|to)|continue|relaystate|samlrequest)=`)

// redirected looks for a redirect that explains the failure: in the last exchange, or in an
// earlier one.
func (e *examiner) redirected() (Cause, bool) {
	if c, ok := e.endless(); ok {
		return c, true
	}
	hops := 0
	for _, x := range e.verdict.Exchanges {
		if x.Preflight && x.Status/100 == 3 || !x.Preflight {
			if !redirects(x) {
				continue
			}
			hops++
			if c, ok := e.hop(x, hops); ok {
				return c, true
			}
		}
	}
	return Cause{}, false
}

// endless handles too many redirects: the browser followed its maximum, and the last
// response is another redirect.
func (e *examiner) endless() (Cause, bool) {
	var hops []browser.Exchange
	for _, x := range e.verdict.Exchanges {
		if !x.Preflight && redirects(x) {
			hops = append(hops, x)
		}
	}
	if len(hops) <= maxRedirects {
		return Cause{}, false
	}
	first, last := hops[0], hops[len(hops)-1]
	c := e.cause(RedirectElsewhere, true,
		fmt.Sprintf("Redirect 1: %s answers %d with Location: %s", first.URL, first.Status, strings.Join(lines(first, "Location"), ", ")),
		fmt.Sprintf("Redirect %d: %s answers %d with Location: %s", len(hops), last.URL, last.Status, strings.Join(lines(last, "Location"), ", ")))
	c.What = fmt.Sprintf("The redirects do not end: browsers stop after %d. Each redirect leads to another, often in a circle. Let the last URL answer by itself.", maxRedirects)
	return c, true
}

// maxRedirects is how many redirects browsers follow (Fetch, HTTP-redirect fetch, step 7).
const maxRedirects = 20

func redirects(x browser.Exchange) bool {
	switch x.Status {
	case 301, 302, 303, 307, 308:
		return len(lines(x, "Location")) > 0
	}
	return false
}

// hop returns the cause that a redirect means.
func (e *examiner) hop(x browser.Exchange, number int) (Cause, bool) {
	from, err := url.Parse(x.URL)
	if err != nil {
		return Cause{}, false
	}
	location := strings.Join(lines(x, "Location"), ", ")
	to, err := from.Parse(location)
	if err != nil {
		return e.cause(RedirectElsewhere, true, fmt.Sprintf("Redirect %d: %s has a Location that is not a URL: %s", number, x.URL, location)), true
	}
	evidence := fmt.Sprintf("Redirect %d: %s answers %d with Location: %s", number, x.URL, x.Status, to)
	if x.Preflight {
		evidence += "; it is the preflight's answer"
	}
	sameHost := from.Hostname() == to.Hostname()
	samePath := strings.TrimSuffix(pathOf(from), "/") == strings.TrimSuffix(pathOf(to), "/") && from.RawQuery == to.RawQuery
	sameOrigin := from.Scheme == to.Scheme && from.Host == to.Host
	c := e.cause(RedirectElsewhere, true, evidence)
	switch {
	case to.Scheme != "http" && to.Scheme != "https":
		c.What = "The server redirects to a URL that is not http or https. Browsers follow no such redirect of a script."
	case to.User != nil && !sameOrigin:
		c.What = "The server redirects to a URL with a user name or password. From one origin to another, browsers refuse that. Remove them from the Location."
	case sameHost && samePath && pathOf(from) != pathOf(to):
		c = e.cause(RedirectSlash, true, evidence)
		there := *from // keep the request's scheme and port: a server behind a proxy may name its own
		there.Path, there.RawPath = to.Path, to.RawPath
		c.URL = there.String()
	case samePath && (from.Scheme != to.Scheme || from.Host != to.Host) && pathOf(from) == pathOf(to) && !login(from, to):
		c.What = "The server redirects to the same path at another origin. Request that URL. " + c.What
		c.URL = to.String()
	case login(from, to):
		c = e.cause(RedirectToLogin, true, evidence)
	}
	if last, ok := e.last(); ok && sameOrigin && c.Kind == RedirectElsewhere && c.URL == "" && last.URL == x.URL {
		if there, ok := e.follow(to); ok { // to a response that allows the page
			c.URL = there
			c.What = "The redirect leads to a URL that allows the page. Request that URL. " + c.What
		}
	}
	if x.Preflight || !sameOrigin {
		return c, true
	}
	// A redirect within one origin is harmless if both answers allow the page.
	return c, c.Kind != RedirectElsewhere || c.URL != ""
}

// follow finds out where redirects within one origin end, and whether the page may read
// that response.
func (e *examiner) follow(to *url.URL) (target string, allowed bool) {
	for range 5 {
		there, ok := e.asker.getAt(e.ctx, to.String(), e.client.Origin)
		if !ok {
			return "", false
		}
		location := there.header.Get("Location")
		if there.status/100 != 3 || location == "" {
			return to.String(), there.allowOrigin() == e.client.Origin || there.allowOrigin() == "*"
		}
		next, err := to.Parse(location)
		if err != nil || next.Scheme != to.Scheme || next.Host != to.Host {
			return "", false
		}
		to = next
	}
	return "", false
}

// login reports whether a redirect leads to a place where people sign in: to such a host,
// or to such a path that differs from the one before by more than slashes.
func login(from, to *url.URL) bool {
	if from.Hostname() != to.Hostname() && loginWords.MatchString(to.Hostname()) {
		return true
	}
	elsewhere := strings.TrimSuffix(pathOf(from), "/") != strings.TrimSuffix(pathOf(to), "/")
	return elsewhere && (loginWords.MatchString(to.Path) || loginQuery.MatchString(to.RawQuery))
}
