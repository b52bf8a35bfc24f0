package main

import (
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// advice says what to change on the server, so that the page gets the response.
func advice(code browser.Code, origin string) string {
	_, ofPreflight := strings.CutPrefix(string(code), "Preflight")
	switch browser.Code(strings.TrimPrefix(string(code), "Preflight")) {
	case browser.MissingAllowOriginHeader:
		if ofPreflight {
			return "Answer OPTIONS with Access-Control-Allow-Origin: " + origin + ", before authentication and routing: no route serves OPTIONS."
		}
		return "Send Access-Control-Allow-Origin: " + origin + " with this response, and with errors too."
	case browser.AllowOriginMismatch, browser.InvalidAllowOriginValue:
		return "Access-Control-Allow-Origin must be " + origin + ", byte for byte: no path, no slash at its end, no default port."
	case browser.MultipleAllowOriginValues:
		return "Send one Access-Control-Allow-Origin with one origin. If there are two lines, two layers add one each, such as a proxy and the application: leave it to one."
	case browser.WildcardOriginNotAllowed:
		return "With credentials * is not enough: answer with the page's own origin, from a list, and Vary: Origin; or fetch without credentials."
	case browser.InvalidAllowCredentials:
		return "Send Access-Control-Allow-Credentials: true, in lower case; or fetch without credentials."
	}
	switch code {
	case browser.PreflightInvalidStatus:
		return "Answer OPTIONS with a status from 200 to 299: put CORS before authentication, and before what answers 404 or 405."
	case browser.PreflightDisallowedRedirect:
		return "Browsers follow no redirect of a preflight: ask for the URL to which it leads, or answer OPTIONS before what redirects."
	case browser.MethodDisallowedByPreflightResponse:
		return "List the method in Access-Control-Allow-Methods, in upper case as the request has it."
	case browser.HeaderDisallowedByPreflightResponse:
		return "List the header in Access-Control-Allow-Headers; * covers none with credentials, and Authorization never."
	case browser.InvalidAllowMethodsPreflightResponse, browser.InvalidAllowHeadersPreflightResponse:
		return "Write the list as names with commas between them: one malformed element spoils it all."
	case browser.RedirectContainsCredentials:
		return "Redirect to a URL without user name and password."
	}
	return ""
}
