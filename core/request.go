package cors

import (
	"context"
	"strings"
)

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

	rest MetadataSource // of Host, Path and FetchSite, until somebody needs them
}

// Kind returns what the Fetch standard calls the request.
func (r Request) Kind() Kind { return r.trim() }

// complete fills in Host, Path and FetchSite if DecideTo was told where to find them.
func (r *Request) complete() {
	if r.rest == nil {
		return
	}
	r.Host, r.Path, r.FetchSite = r.rest.Metadata()
	r.rest = nil
}

// contextOr returns the request's context, which is found there too until r is complete,
// or else ctx.
func (r *Request) contextOr(ctx context.Context) context.Context {
	if r.rest == nil {
		return ctx
	}
	return r.rest.Context()
}

// Clone returns a copy of r that shares no memory with it.
func (r Request) Clone() Request {
	r.complete()
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
