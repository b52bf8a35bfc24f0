package cors

import (
	"context"
	"strings"
)

// Request holds what a decision depends on. An adapter reads it from its framework's
// request. The lines of a header are joined with ", " (RFC 9110, section 5.2); "" means that
// the header is absent.
//
// The strings may share memory that the server reuses after the request. Use Clone to keep
// a Request.
type Request struct {
	Method         string // as received; methods are case-sensitive
	Origin         string // Origin
	RequestMethod  string // Access-Control-Request-Method; needed only if Method is OPTIONS
	RequestHeaders string // Access-Control-Request-Headers; needed only if Method is OPTIONS
	Host           string // the authority that the request names: host, or host:port
	Path           string // the request target's path as sent, percent-encoding kept, without the query
	FetchSite      string // Sec-Fetch-Site

	rest MetadataSource // of Host, Path and FetchSite; nil once they are read
}

// Kind returns the kind of the request in the Fetch standard.
func (r Request) Kind() Kind { return r.trim() }

// complete reads Host, Path and FetchSite from the MetadataSource, if there is one.
func (r *Request) complete() {
	if r.rest == nil {
		return
	}
	r.Host, r.Path, r.FetchSite = r.rest.Metadata()
	r.rest = nil
}

// contextOr returns the context of r's MetadataSource. If r is complete, it returns ctx.
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

// trim removes the white space around the values that a decision reads, and returns the
// kind of the request (Fetch, https://fetch.spec.whatwg.org/#http-requests). A CORS request
// has an Origin header. A CORS-preflight request is an OPTIONS request that also has
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
// net/http has removed it already; fasthttp keeps tabs.
func trimOWS(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}
