package browser

import "strings"

// CheckCORS is the standard's CORS check (Fetch, section CORS check). It returns nil if a
// page may read the response to a request with this Origin and credentials mode. header
// is the response's header, line by line.
func CheckCORS(origin string, credentials Credentials, header []Field) *Failure {
	const section = "CORS check, "
	allowed, present := get(header, "Access-Control-Allow-Origin") // step 1
	if !present {
		return failed(section+"step 2", MissingAllowOriginHeader, "")
	}
	if credentials != Include && allowed == "*" {
		return nil // step 3
	}
	if allowed != origin {
		return failed(section+"step 4", nameOriginFailure(allowed), originParameter(allowed))
	}
	if credentials != Include {
		return nil // step 5
	}
	if value, _ := get(header, "Access-Control-Allow-Credentials"); value != "true" { // steps 6 to 8
		return failed(section+"step 8", InvalidAllowCredentials, isomorphicDecode(value))
	}
	return nil
}

// nameOriginFailure returns Chromium's error code for an Access-Control-Allow-Origin
// value that is not the request's origin.
func nameOriginFailure(value string) Code {
	switch {
	case value == "*":
		return WildcardOriginNotAllowed
	case strings.ContainsAny(value, " ,"): // Chromium checks nothing else
		return MultipleAllowOriginValues
	case value != opaque && !parsesAsURL(value):
		return InvalidAllowOriginValue
	}
	return AllowOriginMismatch
}

// originParameter returns the value that a Failure names. The wildcard is not named.
func originParameter(value string) string {
	if value == "*" {
		return ""
	}
	return isomorphicDecode(value)
}

// isomorphicDecode converts bytes to characters as browsers do: each byte becomes the
// character with its number (Infra, "isomorphic decode").
func isomorphicDecode(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
