package cors

import (
	"context"
	"iter"
	"slices"
	"strings"
)

// Decider decides the CORS outcome of a request. It is what adapters take: *Policy,
// *Live, *Routes and First decide, and Observe, Shadow and Tally wrap one that does.
// Implementations must be safe for concurrent use.
//
// To wrap a Decider changes nothing of what goes over the wire.
// One of your own may implement [MetadataNeeder] to save the adapter some work.
type Decider interface {
	Decide(ctx context.Context, r Request) Decision
}

// Decision is the CORS outcome of one request. It shares memory with the Request that
// it was made for and must not outlive it; use Clone to keep one. The zero Decision
// means "no policy": call the handler, send no CORS header.
type Decision struct {
	row     *headerRow // nil without a policy
	origin  string     // a matched Origin, for Access-Control-Allow-Origin
	method  string     // a validated method that no list has, or the list that KeepMethods kept
	headers string     // a validated list with names that no list has, for "any header" with credentials
	failure *failure   // of AllowOriginFunc
	verdict verdict
}

// failure is one word in a Decision, so that a Decision still fits into registers.
type failure struct{ err error }

// verdict is one word, so that a Decision fits into the registers in which Go
// returns a struct.
type verdict uint32

func newVerdict(kind Kind, reason Reason, status uint16) verdict {
	return verdict(status)<<16 | verdict(reason)<<8 | verdict(kind)
}

func (v verdict) kind() Kind     { return Kind(v) }
func (v verdict) reason() Reason { return Reason(v >> 8) }
func (v verdict) status() uint16 { return uint16(v>>16) &^ anyFlag }

// anyFlag, in the place of a status, says that a policy with "*" allows the origin: its
// page may read, and is not trusted. No status is as large.
const anyFlag = 1 << 15

func (v verdict) fromAny() bool { return uint16(v>>16)&anyFlag != 0 }

// Kind tells what the request is in the CORS protocol.
func (d Decision) Kind() Kind { return d.verdict.kind() }

// Reason is Allowed, or the first check that the request fails. A
// preflight that names a method or header that is not allowed has its Reason but
// gets the headers of an allowed one: the browser compares, and names the true
// culprit in its console.
func (d Decision) Reason() Reason {
	if r := d.verdict.reason(); r != originUnread {
		return r
	}
	return originRefusal(d.origin)
}

// Err is the error that AllowOriginFunc returned, or an error that holds what it
// panicked with. An error whose Error method panics, such as a nil pointer, is replaced
// by one that says so. It is nil unless Reason is OriginCheckFailed.
func (d Decision) Err() error {
	if d.failure == nil {
		return nil
	}
	return d.failure.err
}

// Status is 0 where the handler is to be called, else the status to answer with,
// without a body and without calling the handler.
func (d Decision) Status() int { return int(d.verdict.status()) }

// Headers yields the response headers to set before the handler is called, in
// lexical order and with Vary last. Set each, replacing what is there, except
// Vary: add to that one, never overwrite it. Apply does so.
func (d Decision) Headers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range d.Len() {
			if !yield(d.At(i)) {
				return
			}
		}
	}
}

// Apply sets the response headers in h, and adds to Vary. An http.Header will do for h,
// and so will a *fasthttp.ResponseHeader.
func (d Decision) Apply(h interface {
	Set(name, value string)
	Add(name, value string)
}) {
	for name, value := range d.Headers() {
		if name == "Vary" {
			h.Add(name, value)
		} else {
			h.Set(name, value)
		}
	}
}

// Clone returns a copy of d that shares no memory with the request, and may be
// kept.
func (d Decision) Clone() Decision {
	d.origin = strings.Clone(d.origin)
	d.method = strings.Clone(d.method)
	d.headers = strings.Clone(d.headers)
	return d
}

// equal reports whether nobody could tell d from e by their methods.
func (d Decision) equal(e Decision) bool {
	if d.Kind() != e.Kind() || d.Reason() != e.Reason() || d.Status() != e.Status() {
		return false
	}
	var a, b [maxFields]field
	return slices.Equal(d.appendHeaders(a[:0]), e.appendHeaders(b[:0]))
}

func (d Decision) appendHeaders(h []field) []field {
	for name, value := range d.Headers() {
		h = append(h, field{name: name, value: value})
	}
	return h
}
