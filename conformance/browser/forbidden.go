package browser

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// ForbiddenRequestHeader reports whether a script cannot set the header. Browsers ignore
// such a header silently (Fetch, section Headers, "forbidden request-header").
func ForbiddenRequestHeader(name, value string) bool {
	switch lower := asciiLower(name); lower {
	case "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
		"connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin",
		"referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via":
		return true
	case "x-http-method", "x-http-method-override", "x-method-override":
		return slices.ContainsFunc(decodeAndSplit(value), ForbiddenMethod)
	default:
		return strings.HasPrefix(lower, "proxy-") || strings.HasPrefix(lower, "sec-")
	}
}

// forbiddenResponseHeader reports whether no script can read the header (Fetch, section
// Headers, "forbidden response-header name").
func forbiddenResponseHeader(name string) bool {
	lower := asciiLower(name)
	return lower == "set-cookie" || lower == "set-cookie2"
}

// decodeAndSplit splits a value at the commas outside quoted strings (Fetch, section
// Headers, "get, decode, and split").
func decodeAndSplit(value string) []string {
	var values []string
	start, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch {
		case quoted && value[i] == '\\':
			i++ // an escaped character is part of the string
		case value[i] == '"':
			quoted = !quoted
		case value[i] == ',' && !quoted:
			values = append(values, trimOWS(value[start:i]))
			start = i + 1
		}
	}
	return append(values, trimOWS(value[start:]))
}

// fillHeader applies the rules of a Request's Headers object to the fields that a script
// sets (Fetch, section Headers class, "append" and "validate").
func fillHeader(fields []Field, noCORS bool) ([]Field, *Failure) {
	const section = "Headers class, append"
	var header []Field
	so := make(map[string]string) // in no-cors mode, the values of each name, joined
	for _, f := range fields {
		f.Value = strings.Trim(f.Value, "\t\n\r ") // "normalize": HTTP whitespace bytes
		if !isToken(f.Name) {
			return nil, typeError(section, "Invalid name")
		}
		if strings.ContainsFunc(f.Value, func(r rune) bool { return r > 0xFF && r != utf8.RuneError }) { // Web IDL, ByteString
			return nil, typeError(section, "String contains non ISO-8859-1 code point.")
		}
		if strings.ContainsAny(f.Value, "\x00\r\n") {
			return nil, typeError(section, "Invalid value")
		}
		if ForbiddenRequestHeader(f.Name, f.Value) {
			continue
		}
		if noCORS {
			// The joined value must be safelisted. A kept value never exceeds 128 bytes, so the
			// work is linear.
			value, set := so[asciiLower(f.Name)]
			if set {
				value += ", "
			}
			if !noCORSSafelisted(f.Name, value+f.Value) {
				continue
			}
			so[asciiLower(f.Name)] = value + f.Value
		}
		header = append(header, f)
	}
	return header, nil
}

// noCORSSafelisted: Fetch, section Headers, "no-CORS-safelisted request-header".
func noCORSSafelisted(name, value string) bool {
	switch asciiLower(name) {
	case "accept", "accept-language", "content-language", "content-type":
		return SafelistedRequestHeader(name, value)
	}
	return false
}
