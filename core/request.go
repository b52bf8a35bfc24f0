package cors

import "strings"

// MaxValue is the length, in bytes, from which on no header's value is read: it is
// refused as it is.
const MaxValue = 8 << 10

// unread stands for the value of lines that are longer than MaxValue together.
var unread = strings.Repeat("(over 8 KiB on several lines) ", MaxValue/len("(over 8 KiB on several lines) ")+1)

// JoinLines makes the lines of a header one value (RFC 9110, section 5.2), and of no
// lines "". Several that are longer than MaxValue together would be refused whatever
// they say, so thousands of lines cost next to nothing: they are not put together, and
// a text of that length stands for them. It is for adapters.
func JoinLines[T ~string | ~[]byte](lines []T) string {
	const separator = ", "
	if len(lines) == 1 {
		return string(lines[0])
	}
	length := -len(separator)
	for _, l := range lines {
		if length += len(separator) + len(l); length > MaxValue {
			return unread
		}
	}
	var joined strings.Builder
	joined.Grow(max(length, 0))
	for i, l := range lines {
		if i > 0 {
			joined.WriteString(separator)
		}
		joined.WriteString(string(l))
	}
	return joined.String()
}

// Request is what a decision depends on: metadata that an adapter reads from its
// framework's request. A header that occurs on several lines is joined with ", "
// (RFC 9110, section 5.2); "" means absent.
//
// The strings may share memory that the server reuses once the request is over;
// Clone gives a Request that can be kept.
type Request struct {
	Method         string // as received; methods are case-sensitive
	Origin         string // Origin
	RequestMethod  string // Access-Control-Request-Method; needed only where Method is OPTIONS
	RequestHeaders string // Access-Control-Request-Headers; needed only where Method is OPTIONS
	Host           string // the authority that the request names: host, or host:port
	Path           string // the request target's path as sent, percent-encoding kept, without the query
	FetchSite      string // Sec-Fetch-Site
}

// Clone returns a copy of r that shares no memory with it.
func (r Request) Clone() Request {
	return Request{
		Method:         strings.Clone(r.Method),
		Origin:         strings.Clone(r.Origin),
		RequestMethod:  strings.Clone(r.RequestMethod),
		RequestHeaders: strings.Clone(r.RequestHeaders),
		Host:           strings.Clone(r.Host),
		Path:           strings.Clone(r.Path),
		FetchSite:      strings.Clone(r.FetchSite),
	}
}

// trim cuts the white space around what a decision reads, and tells what the
// Fetch standard calls the request ("CORS protocol",
// https://fetch.spec.whatwg.org/#http-requests): a CORS request is one with an
// Origin header, a CORS-preflight request an OPTIONS one that also has
// Access-Control-Request-Method.
func (r *Request) trim() Kind {
	if r.Origin == "" {
		return NotCORS
	}
	if r.Origin = trimOWS(r.Origin); r.Origin == "" {
		return NotCORS
	}
	if r.Method != "OPTIONS" {
		return Actual
	}
	if r.RequestMethod = trimOWS(r.RequestMethod); r.RequestMethod == "" {
		return Actual
	}
	r.RequestHeaders = trimOWS(r.RequestHeaders)
	return Preflight
}

// trimOWS cuts leading and trailing optional whitespace (RFC 9110, section 5.6.3).
// Servers differ: net/http has cut both, fasthttp leaves tabs.
func trimOWS(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}
