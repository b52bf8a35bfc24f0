package cors

import (
	"slices"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/diagnose"
)

// The standard's sets of methods and header names, in lower case but for methods.
// https://fetch.spec.whatwg.org/#methods, #terminology-headers
var (
	safelistedMethods = []string{"GET", "HEAD", "POST"}
	normalizedMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"} // those that browsers upper-case

	// safelistedRequestHeaders leaves out Content-Type and Range: most of their
	// values are not safelisted, so listing them has a use.
	safelistedRequestHeaders = []string{"accept", "accept-language", "content-language"}

	forbiddenRequestHeaders = []string{
		"accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
		"connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin",
		"referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via",
	}

	safelistedResponseHeaders = []string{
		"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
	}

	forbiddenResponseHeaders = []string{"set-cookie", "set-cookie2"}

	// requestHeaders are some headers of requests that responses do not have.
	requestHeaders = []string{
		"accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "cookie", "cookie2", "dnt", "expect",
		"host", "origin", "referer", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "te", "user-agent",
	}

	// The common methods and headers of scripts. Answers of a policy with "*" list them
	// too, so that one preflight serves all of them in browsers that do not cache "*" or
	// take it literally. GET and POST are not here: no browser looks them up, but Firefox
	// looks up HEAD. Authorization is not here: the policy's author must list it.
	customaryMethods = []string{"DELETE", "HEAD", "PATCH", "PUT"}
	customaryHeaders = []string{
		"baggage", "cache-control", "connect-protocol-version", "content-type", "idempotency-key", "if-match",
		"if-none-match", "pragma", "range", "sentry-trace", "traceparent", "tracestate", "x-api-key", "x-correlation-id",
		"x-csrf-token", "x-grpc-web", "x-request-id", "x-requested-with", "x-user-agent", "x-xsrf-token",
	}

	// credentialHeaders are headers that identify who sends a request. Preflights have none.
	credentialHeaders = []string{"authorization", "cookie", "x-api-key", "x-auth-token", "x-csrf-token", "x-xsrf-token"}

	// methodOverrides are headers with which some servers replace the method of a POST.
	methodOverrides = []string{"x-http-method", "x-http-method-override", "x-method-override"}
)

// commonMethods and commonHeaders are what a name with one wrong letter probably means.
var (
	commonMethods = append([]string{"PATCH"}, normalizedMethods...)
	commonHeaders = slices.Concat(customaryHeaders, safelistedRequestHeaders, []string{"authorization", "content-disposition", "location", "x-total-count"})
)

// misspeltMethod returns the method that name, in upper case, probably means, or "".
func misspeltMethod(name string) string {
	if slices.Contains(commonMethods, name) {
		return ""
	}
	return diagnose.Near(name, commonMethods)
}

// misspeltHeader returns the header that name, in lower case, probably means, or "".
func misspeltHeader(name string) string {
	near := diagnose.Near(name, commonHeaders)
	// Short names have too many neighbours, and some applications write X-CSRFToken.
	if len(near) < len("pragma") || slices.Contains(commonHeaders, name) || strings.ReplaceAll(near, "-", "") == strings.ReplaceAll(name, "-", "") && strings.HasPrefix(name, "x-") {
		return ""
	}
	return near
}

// isHeader reports whether name, in lower case, is surely that of one header: it is known,
// or has a hyphen.
func isHeader(name string) bool {
	return strings.Contains(name, "-") || slices.Contains(commonHeaders, name) || slices.Contains(requestHeaders, name) ||
		slices.Contains(forbiddenRequestHeaders, name) || slices.Contains(safelistedResponseHeaders, name) || name == "etag" || name == "link"
}

func forbiddenMethod(method string) bool {
	return ascii.EqualFold(method, "connect") || ascii.EqualFold(method, "trace") || ascii.EqualFold(method, "track")
}

// forbiddenRequestHeader reports whether scripts cannot set the header (Fetch,
// "forbidden request-header"). name is lower case.
func forbiddenRequestHeader(name string) bool {
	return strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-") || slices.Contains(forbiddenRequestHeaders, name)
}

// corsResponseHeader reports whether name, in lower case, is a response header of
// the CORS protocol.
func corsResponseHeader(name string) bool {
	return strings.HasPrefix(name, "access-control-") && !strings.HasPrefix(name, "access-control-request-")
}
