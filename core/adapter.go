package cors

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/crossgate/cors/core/internal/contain"
)

// This file has what adapters need and applications do not.

// MetadataSource is a request of a framework, from which the part of a [Request] is read
// that most policies do not need. A pointer to a type of the framework can implement it,
// so that handing it over allocates nothing.
type MetadataSource interface {
	// Context returns the context of the request.
	Context() context.Context

	// Metadata returns what a Request has as Host, Path and FetchSite.
	Metadata() (host, path, fetchSite string)
}

// MetadataNeeder is implemented by a Decider that can say whether it reads a Request's
// Host, Path or FetchSite, or its context. A wrapper answers for the Decider that it
// wraps, by [NeedsMetadata]. A Decider that does not implement it needs them.
type MetadataNeeder interface {
	NeedsMetadata() bool
}

// NeedsMetadata reports whether d reads a Request's Host, Path or FetchSite, or its
// context. The answer may change where a policy can be replaced.
func NeedsMetadata(d Decider) bool {
	needer, ok := d.(MetadataNeeder)
	return !ok || needer.NeedsMetadata()
}

// Refuser is implemented by a Decider of several parts. A wrapper answers for the Decider
// that it wraps, by [MayRefuse]; so nothing is observed.
type Refuser interface {
	MayRefuse(ctx context.Context, r Request) bool
}

// MayRefuse reports whether any of the Deciders that d is made of refuses the actual request
// r. An adapter asks this where one decision is for all later requests on a connection,
// whatever their path or origin.
func MayRefuse(ctx context.Context, d Decider, r Request) bool {
	if refuser, ok := d.(Refuser); ok {
		return refuser.MayRefuse(ctx, r)
	}
	return d.Decide(ctx, r).Status() != 0
}

// DecideTo sets out to what d decides of r, in which Host, Path and FetchSite are not
// set: they are read from rest if the policy in force needs them. The white space around
// r's values is removed in place. A nil rest says that r is complete. If d panics, the
// decision is to answer 500, and the log has the panic.
func DecideTo(out *Decision, d Decider, r *Request, rest MetadataSource) {
	*out = Decision{}
	r.rest = rest
	decideTo(context.Background(), out, d, r)
}

// decideTo sets out, a zero Decision, to what d decides of r.
func decideTo(ctx context.Context, out *Decision, d Decider, r *Request) {
	switch d := d.(type) { // for these the structs need not be copied, which is all that this saves
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

// deciderPanics is shared by all adapters: what it holds is when the log was written last.
var deciderPanics contain.Reporter

// decideContained is decideTo for a Decider of any type. One that panics would end a fiber
// process, and it is not known what it would have refused: so the request is refused.
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

// CheckDecider panics if an application cannot mean d as the Decider of caller, such as
// "corsgin.New": nil, or a nil pointer to a Live or Routes. A nil *Policy is valid, and
// means that no CORS header is sent.
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

// KeepMethods removes from Access-Control-Allow-Methods each method of which keep
// returns false, and "*" as well. It asks about the methods that the policy lists, the
// customary ones where it allows any, and the one that the preflight asked for. It does
// nothing to a Decision without that header.
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
	// This is a method that no list has, or what an earlier call kept.
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

// NamesOrigin reports whether AllowOrigins has the request's origin as it is, and not a
// pattern that it matches or "*". It is false if the origin is not allowed. Clients can
// invent origins that match a pattern, so this is what tells a partner from a flood.
func (d *Decision) NamesOrigin() bool {
	return d.row != nil && d.row.allows != nil && !d.row.allows.any && d.row.allows.MatchExact(d.origin)
}

// VaryByOrigin adds Origin to Vary if it is not there. A Decider that chooses among
// policies by the Origin must do this to each of its Decisions, those for requests
// without an Origin included, or a shared cache serves one origin's answer to another.
func (d *Decision) VaryByOrigin() {
	if d.row == nil {
		d.row = onlyVaryOrigin
		return
	}
	d.row = d.row.withVaryOrigin()
}

// Withheld returns the Decision that no page reads the response to r. It has the reason,
// no header but Vary: Origin, and the status, which is 0 to call the handler.
func Withheld(r Request, reason Reason, status int) Decision {
	return Decision{row: onlyVaryOrigin, verdict: newVerdict(r.trim(), reason, uint16(status))}
}

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
