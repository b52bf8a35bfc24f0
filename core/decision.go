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

// Decision is the CORS outcome of one request. It shares memory with the
// Request that it was made for and must not outlive it, but its Clone may. The zero Decision is that of a place without a
// policy: call the handler, send no CORS header.
type Decision struct {
	out     *outcome
	origin  string // a matched Origin, for Access-Control-Allow-Origin
	method  string // a validated method, reflected under "any method" with credentials
	headers string // a validated list of names, reflected under "any header" with credentials
	status  uint16
	kind    Kind
	reason  Reason
}

// outcome is one row of a policy's decision table: response headers written at
// compile time, in lexical order with Vary last. It is never changed.
type outcome struct {
	fields []field
}

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
func (d Decision) Kind() Kind { return d.kind }

// Reason is Allowed, or the first thing that stands against the request. A
// preflight that names a method or header that is not allowed has its Reason but
// gets the headers of an allowed one: the browser compares, and names the true
// culprit in its console.
func (d Decision) Reason() Reason { return d.reason }

// Status is 0 where the handler is to be called, else the status to answer with,
// without a body and without calling the handler.
func (d Decision) Status() int { return int(d.status) }

// Headers yields the response headers to set before the handler is called, in
// lexical order and with Vary last. Set each, replacing what is there, except
// Vary: add to that one, never overwrite it.
func (d Decision) Headers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if d.out == nil {
			return
		}
		for i := range d.out.fields {
			f := &d.out.fields[i]
			value := f.value
			switch f.source {
			case fixed:
			case matchedOrigin:
				value = d.origin
			case reflectedMethod:
				value = d.method
			case reflectedHeaders:
				value = d.headers
			}
			if value != "" && !yield(f.name, value) {
				return
			}
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
	if d.kind != e.kind || d.reason != e.reason || d.status != e.status {
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
