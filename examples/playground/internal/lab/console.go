package lab

import (
	"strconv"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// console returns the line that an engine's console writes about a failed fetch. Chromium's
// line comes from the model. conformance/pasted can read all of these lines, and
// conformance/browsers checks its patterns in the engines.
func console(engine string, v browser.Verdict, c Call) string {
	if v.Allowed {
		return ""
	}
	switch engine {
	case "Firefox":
		return firefoxConsole(v)
	case "WebKit":
		return webkitConsole(v, c)
	}
	return v.Console
}

// firefoxConsole: the sentences of security.properties.
func firefoxConsole(v browser.Verdict) string {
	last := lastExchange(v)
	status := ". Status code: " + strconv.Itoa(last.Status)
	var reason, after string
	switch unprefixed(v.Code) {
	case browser.MissingAllowOriginHeader:
		reason, after = "CORS header ‘Access-Control-Allow-Origin’ missing", status
	case browser.WildcardOriginNotAllowed:
		reason = "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’"
	case browser.AllowOriginMismatch, browser.InvalidAllowOriginValue:
		reason = "CORS header ‘Access-Control-Allow-Origin’ does not match ‘" + v.Parameter + "’"
	case browser.InvalidAllowCredentials:
		reason = "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’"
	case browser.PreflightInvalidStatus:
		reason, after = "CORS preflight response did not succeed", status
	case browser.MethodDisallowedByPreflightResponse:
		reason = "Did not find method in CORS header ‘Access-Control-Allow-Methods’"
	case browser.HeaderDisallowedByPreflightResponse:
		reason = "header ‘" + v.Parameter + "’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response"
	default:
		return ""
	}
	const before = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
	url := last.URL
	if unprefixed(v.Code) == browser.WildcardOriginNotAllowed { // this one sentence quotes the URL
		url = "‘" + url + "’"
	}
	return before + url + ". (Reason: " + reason + ")" + after + "."
}

// webkitConsole: the sentences of NetworkLoadChecker and CrossOriginAccessControl.
func webkitConsole(v browser.Verdict, c Call) string {
	last := lastExchange(v)
	var reason string
	switch unprefixed(v.Code) {
	case browser.MissingAllowOriginHeader, browser.AllowOriginMismatch, browser.InvalidAllowOriginValue:
		reason = "Origin " + c.Origin + " is not allowed by Access-Control-Allow-Origin. Status code: " + strconv.Itoa(last.Status)
	case browser.WildcardOriginNotAllowed:
		reason = "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
	case browser.InvalidAllowCredentials:
		reason = `Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`
	case browser.PreflightInvalidStatus:
		reason = "Preflight response is not successful. Status code: " + strconv.Itoa(last.Status)
	case browser.MethodDisallowedByPreflightResponse:
		reason = "Method " + v.Parameter + " is not allowed by Access-Control-Allow-Methods."
	case browser.HeaderDisallowedByPreflightResponse:
		reason = "Request header field " + asWritten(c, v.Parameter) + " is not allowed by Access-Control-Allow-Headers."
	default:
		return ""
	}
	return reason + "\nFetch API cannot load " + last.URL + " due to access control checks."
}

// asWritten returns a header's name as the script writes it.
func asWritten(c Call, name string) string {
	for _, pair := range c.Headers {
		if strings.EqualFold(pair[0], name) {
			return pair[0]
		}
	}
	return name
}

func lastExchange(v browser.Verdict) browser.Exchange {
	if n := len(v.Exchanges); n > 0 {
		return v.Exchanges[n-1]
	}
	return browser.Exchange{}
}

// unprefixed returns the code of a CORS check without the prefix for preflights.
func unprefixed(code browser.Code) browser.Code {
	switch code {
	case browser.PreflightInvalidStatus, browser.PreflightDisallowedRedirect:
		return code
	}
	return browser.Code(strings.TrimPrefix(string(code), "Preflight"))
}
