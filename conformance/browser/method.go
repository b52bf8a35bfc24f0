package browser

import "strings"

// ForbiddenMethod reports whether a script cannot use the method, in any case (Fetch,
// section Methods, "forbidden method").
func ForbiddenMethod(method string) bool {
	switch asciiUpper(method) {
	case "CONNECT", "TRACE", "TRACK":
		return true
	}
	return false
}

// SafelistedMethod reports whether the method needs no preflight, because HTML forms
// could always send it (Fetch, section Methods, "CORS-safelisted method").
func SafelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}

// NormalizeMethod returns the method as it is sent. Six methods are converted to upper
// case; others, such as PATCH, stay unchanged (Fetch, section Methods, "normalize").
func NormalizeMethod(method string) string {
	switch upper := asciiUpper(method); upper {
	case "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT":
		return upper
	}
	return method
}

// isToken reports whether s is a token. Methods and header names must be tokens (RFC
// 9110, section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if !tokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func tokenByte(c byte) bool {
	return alphanumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// asciiLower and asciiUpper change only ASCII letters, unlike strings.ToLower
// and ToUpper: K (U+212A) is no k to a browser.
func asciiLower(s string) string { return asciiMap(s, 'A', 'Z') }
func asciiUpper(s string) string { return asciiMap(s, 'a', 'z') }

// asciiMap flips the case of the letters from first to last.
func asciiMap(s string, first, last byte) string {
	b := []byte(s)
	for i, c := range b {
		if first <= c && c <= last {
			b[i] = c ^ 0x20
		}
	}
	return string(b)
}
