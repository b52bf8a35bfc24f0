package browser

// Code is the name of an error in Chromium's DevTools protocol (Network.CorsError). Of
// its 28 errors, this package has those that its rules can cause.
type Code string

// The errors of a CORS check, each followed by the error of the same check for a
// preflight's response.
const (
	WildcardOriginNotAllowed  Code = "WildcardOriginNotAllowed"
	MissingAllowOriginHeader  Code = "MissingAllowOriginHeader"
	MultipleAllowOriginValues Code = "MultipleAllowOriginValues"
	InvalidAllowOriginValue   Code = "InvalidAllowOriginValue"
	AllowOriginMismatch       Code = "AllowOriginMismatch"
	InvalidAllowCredentials   Code = "InvalidAllowCredentials"

	PreflightWildcardOriginNotAllowed  Code = preflightPrefix + WildcardOriginNotAllowed
	PreflightMissingAllowOriginHeader  Code = preflightPrefix + MissingAllowOriginHeader
	PreflightMultipleAllowOriginValues Code = preflightPrefix + MultipleAllowOriginValues
	PreflightInvalidAllowOriginValue   Code = preflightPrefix + InvalidAllowOriginValue
	PreflightAllowOriginMismatch       Code = preflightPrefix + AllowOriginMismatch
	PreflightInvalidAllowCredentials   Code = preflightPrefix + InvalidAllowCredentials

	preflightPrefix Code = "Preflight"
)

// The other errors of preflights, of redirects, and of Local Network Access.
const (
	PreflightInvalidStatus               Code = "PreflightInvalidStatus"
	PreflightDisallowedRedirect          Code = "PreflightDisallowedRedirect"
	InvalidAllowMethodsPreflightResponse Code = "InvalidAllowMethodsPreflightResponse"
	InvalidAllowHeadersPreflightResponse Code = "InvalidAllowHeadersPreflightResponse"
	MethodDisallowedByPreflightResponse  Code = "MethodDisallowedByPreflightResponse"
	HeaderDisallowedByPreflightResponse  Code = "HeaderDisallowedByPreflightResponse"
	RedirectContainsCredentials          Code = "RedirectContainsCredentials"
	CorsDisabledScheme                   Code = "CorsDisabledScheme"
	LocalNetworkAccessPermissionDenied   Code = "LocalNetworkAccessPermissionDenied"
	InsecureLocalNetwork                 Code = "InsecureLocalNetwork"
)

// failed makes a Failure with Chromium's sentence for the code.
func failed(section string, code Code, parameter string) *Failure {
	return &Failure{Section: section, Code: code, Parameter: parameter, Message: sentence(code, parameter)}
}

// sentence returns the text after "blocked by CORS policy: " in Chromium's console.
func sentence(code Code, parameter string) string {
	const ofPreflight = "Response to preflight request doesn't pass access control check: "
	const advice = " Have the server send the header with a valid value." // only if the script called fetch
	switch code {
	case MissingAllowOriginHeader:
		return "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	case WildcardOriginNotAllowed:
		return "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
	case MultipleAllowOriginValues:
		return "The 'Access-Control-Allow-Origin' header contains multiple values '" + parameter + "', but only one is allowed." + advice
	case InvalidAllowOriginValue:
		return "The 'Access-Control-Allow-Origin' header contains the invalid value '" + parameter + "'." + advice
	case AllowOriginMismatch:
		return "The 'Access-Control-Allow-Origin' header has a value '" + parameter + "' that is not equal to the supplied origin." + advice
	case InvalidAllowCredentials:
		return "The value of the 'Access-Control-Allow-Credentials' header in the response is '" + parameter + "' which must be 'true' when the request's credentials mode is 'include'."
	case PreflightInvalidStatus:
		return ofPreflight + "It does not have HTTP ok status."
	case PreflightDisallowedRedirect:
		return ofPreflight + "Redirect is not allowed for a preflight request."
	case InvalidAllowMethodsPreflightResponse:
		return "Cannot parse Access-Control-Allow-Methods response header field in preflight response."
	case InvalidAllowHeadersPreflightResponse:
		return "Cannot parse Access-Control-Allow-Headers response header field in preflight response."
	case MethodDisallowedByPreflightResponse:
		return "Method " + parameter + " is not allowed by Access-Control-Allow-Methods in preflight response."
	case HeaderDisallowedByPreflightResponse:
		return "Request header field " + parameter + " is not allowed by Access-Control-Allow-Headers in preflight response."
	case RedirectContainsCredentials:
		return "Redirect location '" + parameter + "' contains a username and password, which is disallowed for cross-origin requests."
	case LocalNetworkAccessPermissionDenied:
		return "Permission was denied for this request to access the `" + parameter + "` address space."
	case InsecureLocalNetwork:
		return "The request client is not a secure context and the resource is in more-private address space `" + parameter + "`."
	case CorsDisabledScheme: // the list of Chromium 156
		return "Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app."
	}
	return ofPreflight + sentence(code[len(preflightPrefix):], parameter)
}
