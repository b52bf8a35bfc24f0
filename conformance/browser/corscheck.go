package browser

import "strings"

// CheckCORS is the standard's CORS check (Fetch, section CORS check): it returns nil
// if a page may have the response to a request that was sent with this Origin and in
// this credentials mode. header is the response's, line by line.
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

// nameOriginFailure tells, in Chromium's terms, what is the matter with a value of
// Access-Control-Allow-Origin that is not the request's origin.
func nameOriginFailure(value string) Code {
	switch {
	case value == "*":
		return WildcardOriginNotAllowed
	case strings.ContainsAny(value, " ,"): // that is all that it looks for
		return MultipleAllowOriginValues
	case value != opaque && !parsesAsURL(value):
		return InvalidAllowOriginValue
	}
	return AllowOriginMismatch
}

// originParameter is the value that a Failure names: the wildcard needs no naming.
func originParameter(value string) string {
	if value == "*" {
		return ""
	}
	return isomorphicDecode(value)
}

// isomorphicDecode makes a string of bytes as browsers do: each becomes the character
// of its number (Infra, "isomorphic decode").
func isomorphicDecode(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
