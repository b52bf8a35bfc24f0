package cors

import (
	"context"
	"iter"
	"slices"
	"strings"
)

// Decider decides the CORS outcome of a request. Adapters take a Decider: a *Policy, a
// *Live, a *Routes, or what First returns. Observe, Shadow and Tally wrap a Decider without
// changing the response.
//
// An implementation must be safe for concurrent use. It may implement [MetadataNeeder] to
// save the adapter some work.
type Decider interface {
	Decide(ctx context.Context, r Request) Decision
}

// Decision is the CORS outcome of one request. It shares memory with the Request, so do not
// keep it after the request; keep a Clone. The zero Decision means "no policy": call the
// handler and send no CORS header.
type Decision struct {
	row     *headerRow // nil without a policy
	origin  string     // a matched Origin, for Access-Control-Allow-Origin
	method  string     // a validated method outside the list, or the methods that KeepMethods kept
	headers string     // a validated list with names outside the policy's, for "*" with credentials
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

// anyFlag is a bit of the status that no status uses. It says that "*" allows the origin:
// its page may read the response but is not trusted.
const anyFlag = 1 << 15

func (v verdict) fromAny() bool { return uint16(v>>16)&anyFlag != 0 }

// Kind returns what the request is in the CORS protocol.
func (d Decision) Kind() Kind { return d.verdict.kind() }

// Reason returns Allowed, or the first check that the request fails. A preflight whose
// method or header is not allowed has a Reason of its own, but gets the headers of an
// allowed one. The browser then compares, and its console names the method or header at
// fault.
func (d Decision) Reason() Reason {
	if r := d.verdict.reason(); r != originUnread {
		return r
	}
	return originRefusal(d.origin)
}

// Err returns the error that AllowOriginFunc returned, or an error with the value that it
// panicked with. If the error's own Error method panics, such as that of a nil pointer, Err
// returns an error that says so. Err is nil unless Reason is OriginCheckFailed.
func (d Decision) Err() error {
	if d.failure == nil {
		return nil
	}
	return d.failure.err
}

// Status returns 0 if the adapter must call the handler. Otherwise the adapter answers with
// this status, without a body, and does not call the handler.
func (d Decision) Status() int { return int(d.verdict.status()) }

// Headers yields the response headers to set before the handler is called, in lexical order
// and with Vary last. Replace existing values, except those of Vary: add to Vary. Apply
// does this.
func (d Decision) Headers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range d.Len() {
			if !yield(d.At(i)) {
				return
			}
		}
	}
}

// Apply sets the response headers in h, and adds to Vary. h can be an http.Header or a
// *fasthttp.ResponseHeader.
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

// Clone returns a copy of d that shares no memory with the request. You may keep it.
func (d Decision) Clone() Decision {
	d.origin = strings.Clone(d.origin)
	d.method = strings.Clone(d.method)
	d.headers = strings.Clone(d.headers)
	return d
}

// equal reports whether d and e have the same Kind, Reason, Status and Headers.
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
