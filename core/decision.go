package cors

import (
	"context"
	"iter"
	"slices"
	"strings"
)

// Decider decides the CORS outcome of a request. It is what adapters take:
// *Policy, *Live and *Routes implement it, and Shadow and Observe wrap one.
// Implementations must be safe for concurrent use.
type Decider interface {
	Decide(ctx context.Context, r Request) Decision
}

// isNil reports whether d is no Decider: nil, or a nil pointer to a *Policy or *Live.
func isNil(d Decider) bool {
	switch d := d.(type) {
	case nil:
		return true
	case *Policy:
		return d == nil
	case *Live:
		return d == nil
	}
	return false
}

// DecideTo sets out to what d.Decide decides of r. It is for adapters: where d is a
// *Policy or *Live, the two structs are not copied from hand to hand, which would
// cost more than to decide. The space around r's values is cut in place.
func DecideTo(ctx context.Context, out *Decision, d Decider, r *Request) {
	*out = Decision{}
	switch d := d.(type) {
	case *Policy:
		d.decide(ctx, r, out)
	case *Live:
		d.Load().decide(ctx, r, out)
	default:
		*out = d.Decide(ctx, *r)
	}
}

// ReadsAll reports whether d may read a Request's Host, Path and FetchSite. For a
// *Policy that enforces nothing and has no AllowOriginFunc, an adapter can spare
// itself looking them up.
func ReadsAll(d Decider) bool {
	p, ok := d.(*Policy)
	return !ok || p != nil && (p.config.Enforce != EnforceNone || p.config.AllowOriginFunc != nil)
}

// Decision is the CORS outcome of one request. It shares memory with the
// Request that it was made for and must not outlive it, but its Clone may. The zero Decision is that of a place without a
// policy: call the handler, send no CORS header.
type Decision struct {
	out     *outcome // nil without a policy
	origin  string   // a matched Origin, for Access-Control-Allow-Origin
	method  string   // a validated method that no list has, for "any method" with credentials
	headers string   // a validated list with such names, for "any header" with credentials
	verdict verdict
}

// verdict is one word, so that a Decision fits into the registers in which Go
// returns a struct.
type verdict uint32

func newVerdict(kind Kind, reason Reason, status uint16) verdict {
	return verdict(status)<<16 | verdict(reason)<<8 | verdict(kind)
}

func (v verdict) kind() Kind     { return Kind(v) }
func (v verdict) reason() Reason { return Reason(v >> 8) }
func (v verdict) status() uint16 { return uint16(v >> 16) }

// outcome is one row of a policy's decision table: response headers written at
// compile time, in lexical order with Vary last. It is never changed.
type outcome []field

// field is a response header whose value is fixed or, for a non-fixed source,
// taken from the Decision.
type field struct {
	name, value string
	source      source
}

// maxFields is how many headers an outcome can have: six of CORS, and Vary.
const maxFields = 7

type source uint8

const (
	fixed source = iota
	matchedOrigin
	reflectedMethod
	reflectedHeaders
)

// Kind tells what the request is in the CORS protocol.
func (d Decision) Kind() Kind { return d.verdict.kind() }

// Reason is Allowed, or the first thing that stands against the request. A
// preflight that names a method or header that is not allowed has its Reason but
// gets the headers of an allowed one: the browser compares, and names the true
// culprit in its console.
func (d Decision) Reason() Reason {
	if r := d.verdict.reason(); r != originUnread {
		return r
	}
	return originRefusal(d.origin)
}

// Status is 0 where the handler is to be called, else the status to answer with,
// without a body and without calling the handler.
func (d Decision) Status() int { return int(d.verdict.status()) }

// Len returns how many headers Headers yields: 7 at most.
func (d *Decision) Len() int {
	if d.out == nil {
		return 0
	}
	return len(*d.out)
}

// Headers yields the response headers to set before the handler is called, in
// lexical order and with Vary last. Set each, replacing what is there, except
// Vary: add to that one, never overwrite it.
func (d Decision) Headers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range d.Len() {
			if !yield(d.At(i)) {
				return
			}
		}
	}
}

// At returns the name and value of header i of those that Headers yields, where
// 0 <= i < Len.
func (d *Decision) At(i int) (name, value string) {
	f := &(*d.out)[i]
	switch f.source {
	case matchedOrigin:
		return f.name, d.origin
	case reflectedMethod:
		return f.name, d.method
	case reflectedHeaders:
		return f.name, d.headers
	default:
		return f.name, f.value
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
