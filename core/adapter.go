package cors

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/crossgate/cors/core/internal/contain"
)

// This file has the API for adapters; applications do not need it.

// MetadataSource is a framework's request. DecideTo reads from it the fields of a
// [Request] that most policies do not need. Let a pointer to the framework's own type
// implement it: then passing it allocates nothing.
type MetadataSource interface {
	// Context returns the context of the request.
	Context() context.Context

	// Metadata returns the values of the Request fields Host, Path and FetchSite.
	Metadata() (host, path, fetchSite string)
}

// MetadataNeeder is an optional interface of a Decider. NeedsMetadata reports whether the
// Decider reads a Request's Host, Path or FetchSite, or its context. A wrapper calls the
// function [NeedsMetadata] for the Decider that it wraps. A Decider without this method
// gets all of them.
type MetadataNeeder interface {
	NeedsMetadata() bool
}

// NeedsMetadata reports whether d reads a Request's Host, Path or FetchSite, or its
// context. The answer may change over time, for example when the policy of a Live is
// replaced.
func NeedsMetadata(d Decider) bool {
	needer, ok := d.(MetadataNeeder)
	return !ok || needer.NeedsMetadata()
}

// Refuser is an optional interface of a Decider that consists of several Deciders, or wraps
// one. A wrapper calls the function [MayRefuse] for the Decider that it wraps, so that no
// observer is called.
type Refuser interface {
	MayRefuse(ctx context.Context, r Request) bool
}

// MayRefuse reports whether any Decider within d refuses the actual request r. An adapter
// asks this where one decision holds for all later requests on a connection, whatever
// their path or origin.
func MayRefuse(ctx context.Context, d Decider, r Request) bool {
	if refuser, ok := d.(Refuser); ok {
		return refuser.MayRefuse(ctx, r)
	}
	return d.Decide(ctx, r).Status() != 0
}

// DecideTo decides r by d and stores the Decision in out. Leave the fields Host, Path and
// FetchSite of r empty: DecideTo reads them from rest if the policy needs them. If rest is
// nil, r must be complete. DecideTo trims the white space around r's values in place. If d
// panics, the Decision has the status 500, and the panic is logged.
func DecideTo(out *Decision, d Decider, r *Request, rest MetadataSource) {
	*out = Decision{}
	r.rest = rest
	decideTo(context.Background(), out, d, r)
}

// decideTo decides r by d and stores the Decision in out, which must be zero.
func decideTo(ctx context.Context, out *Decision, d Decider, r *Request) {
	switch d := d.(type) { // these cases only avoid copying the structs
	case *Policy:
		d.decide(ctx, r, out)
	case *Live:
		d.Load().decide(ctx, r, out)
	case *tallied:
		d.decide(ctx, r, out)
	default:
		decideContained(ctx, out, d, r)
	}
}

// deciderPanics limits how often a panic is logged. All adapters share it.
var deciderPanics contain.Reporter

// decideContained is decideTo for a Decider of any type. It recovers from a panic, which
// would end a fiber process. Nobody knows what the Decider would have refused, so the
// request is refused.
func decideContained(ctx context.Context, out *Decision, d Decider, r *Request) {
	defer func() {
		if v := recover(); v != nil {
			err := fmt.Errorf("a Decider panicked: %s", contain.Text(v))
			*out = Withheld(*r, OriginCheckFailed, statusInternalServerError)
			out.failure = &failure{err}
			deciderPanics.Report("a Decider panicked, so the request is refused", err, "stack", string(debug.Stack()))
		}
	}()
	if r.rest != nil && NeedsMetadata(d) {
		ctx = r.contextOr(ctx)
		r.complete()
	}
	*out = d.Decide(ctx, *r)
}

// CheckDecider panics if d is nil, or a nil pointer to a Live or Routes. The message names
// caller, such as "corsgin.New". A nil *Policy is valid: it sends no CORS headers.
func CheckDecider(caller string, d Decider) {
	switch d := d.(type) {
	case nil:
		panic(caller + ": the Decider is nil; to switch CORS off, pass (*cors.Policy)(nil)")
	case interface{ unset() bool }:
		if d.unset() {
			panic(fmt.Sprintf("%s: the Decider is a nil %T; to switch CORS off, pass (*cors.Policy)(nil)", caller, d))
		}
	}
}

// Len returns how many headers Headers yields: 7 at most.
func (d *Decision) Len() int {
	if d.row == nil {
		return 0
	}
	return len(d.row.fields)
}

// At returns the name and value of header i of those that Headers yields, where
// 0 <= i < Len.
func (d *Decision) At(i int) (name, value string) {
	f := &d.row.fields[i]
	switch f.source {
	case matchedOrigin:
		return f.name, d.origin
	case decidedMethods:
		return f.name, d.method
	case reflectedHeaders:
		return f.name, d.headers
	default:
		return f.name, f.value
	}
}

// KeepMethods removes "*" and each method for which keep returns false from
// Access-Control-Allow-Methods. It calls keep with the methods that the policy lists, with
// the common ones if the policy allows any method, and with the one that the preflight
// asks for. It does not change a Decision without that header.
func (d *Decision) KeepMethods(keep func(method string) bool) {
	if d.row == nil || !d.row.hasMethods() {
		return
	}
	var kept []string
	for _, method := range d.row.methods {
		if keep(method) {
			kept = append(kept, method)
		}
	}
	// d.method is a method outside the list, or what an earlier call kept.
	for method := range strings.SplitSeq(d.method, ", ") {
		if method != "" && keep(method) {
			kept = append(kept, method)
		}
	}
	if len(kept) == 0 {
		d.row, d.method = d.row.withoutMethods(), ""
		return
	}
	d.row, d.method = d.row.withMethods(), strings.Join(sorted(kept), ", ")
}

// NamesOrigin reports whether AllowOrigins lists the request's origin literally, not by a
// pattern or "*". It is false if the origin is not allowed. A log can name these origins
// safely: their number is limited, whereas clients can invent any number of origins that
// match a pattern.
func (d *Decision) NamesOrigin() bool {
	return d.row != nil && d.row.allows != nil && !d.row.allows.any && d.row.allows.MatchExact(d.origin)
}

// VaryByOrigin adds Origin to Vary if it is not there. A Decider that chooses among
// policies by the Origin must call it on each of its Decisions, also for requests without
// an Origin. Otherwise a shared cache serves one origin's answer to another.
func (d *Decision) VaryByOrigin() {
	if d.row == nil {
		d.row = onlyVaryOrigin
		return
	}
	d.row = d.row.withVaryOrigin()
}

// Withheld returns a Decision that lets no page read the response to r. Its only header is
// Vary: Origin. A status of 0 calls the handler; another status answers the request.
func Withheld(r Request, reason Reason, status int) Decision {
	return Decision{row: onlyVaryOrigin, verdict: newVerdict(r.trim(), reason, uint16(status))}
}

// MaxValue is the greatest length, in bytes, of a header's value that is read. A longer
// value is refused unread.
const MaxValue = 8 << 10

// unread replaces the value of lines that together are longer than MaxValue.
var unread = strings.Repeat("(over 8 KiB on several lines) ", MaxValue/len("(over 8 KiB on several lines) ")+1)

// JoinLines joins the lines of a header with ", " (RFC 9110, section 5.2). Without lines it
// returns "". Lines that together are longer than MaxValue would be refused anyway, so
// JoinLines does not join them: it returns a fixed text over MaxValue. Thousands of lines
// thus cost next to nothing. It is for adapters.
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
