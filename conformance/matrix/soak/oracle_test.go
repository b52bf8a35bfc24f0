package soak

import (
	"fmt"
	"strings"
)

// answer is the part of a response that CORS decides. Lines of one name are joined with a
// newline, so a doubled line equals no expected value.
type answer struct {
	status  int
	handled bool // the handler ran
	cors    fields
	vary    string // the names, sorted
}

// fields are the response headers of the CORS protocol.
type fields struct{ origin, credentials, expose, methods, headers, maxAge string }

// expect returns the only right answer to r under p. It does not use the library. The
// kind of the request says which policies allow the origin, and whether the requested
// names may be sent back. The rest is written here by hand from configs.
func expect(r *request, p policy) answer {
	k := r.kind
	a := answer{status: k.status, handled: k.handled}
	allowed := k.allowed&only(p) != 0
	switch {
	case p == none:
	case k.unserved && r.target.mode == mounted: // the router answers, and pages can read its status
		a.cors, a.vary = expectActual(r, p, allowed)
	case k.origin == "":
		if p == public {
			a.cors = fields{origin: "*", expose: "*"}
		} else {
			a.vary = "Origin"
		}
	case k.asks == "":
		a.cors, a.vary = expectActual(r, p, allowed)
	default:
		a.status, a.handled = 403, false
		if a.vary = "Origin"; p == reflects {
			a.vary = reflectsBy
		}
		if allowed {
			a.status, a.cors, a.vary = expectPreflight(r, p)
		}
	}
	if k.own && (p == none || !r.target.guarded) {
		a.cors.origin = handlerOrigin
	}
	if k.own {
		a.vary = strings.TrimSuffix("Accept-Encoding, "+a.vary, ", ")
	}
	return a
}

// reflectsBy names what the answer to a preflight depends on if it is a reflection.
const reflectsBy = "Access-Control-Request-Headers, Access-Control-Request-Method, Origin"

// The common names, which a policy that allows any method or header always answers.
const (
	customaryMethods = "DELETE, HEAD, PATCH, PUT"
	customaryHeaders = "baggage, cache-control, connect-protocol-version, content-type, idempotency-key, if-match, if-none-match, " +
		"pragma, range, sentry-trace, traceparent, tracestate, x-api-key, x-correlation-id, x-csrf-token, x-grpc-web, x-request-id, " +
		"x-requested-with, x-user-agent, x-xsrf-token"
)

func expectActual(r *request, p policy, allowed bool) (fields, string) {
	switch {
	case p == public:
		return fields{origin: "*", expose: "*"}, ""
	case !allowed:
		return fields{}, "Origin"
	case p == lists:
		return fields{origin: r.origin, credentials: "true", expose: "x-lists"}, "Origin"
	default:
		return fields{origin: r.origin, credentials: "true", expose: "x-reflects, x-total"}, "Origin"
	}
}

func expectPreflight(r *request, p policy) (int, fields, string) {
	switch p {
	case public:
		return 204, fields{origin: "*", methods: "*, " + customaryMethods, headers: "*, authorization, " + customaryHeaders}, ""
	case lists:
		return 204, fields{
			origin: r.origin, credentials: "true", methods: "DELETE, PUT", headers: "x-a, x-b", maxAge: "600",
		}, "Origin"
	default:
		f := fields{origin: r.origin, credentials: "true", maxAge: "30"}
		switch r.asks {
		case "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT":
			f.methods = customaryMethods
		default:
			if !r.kind.badMethod {
				f.methods = r.asks
			}
		}
		switch {
		case r.headers == "": // the browser may use the answer for any later request
			f.headers = "authorization, " + customaryHeaders
		case !r.kind.badHeaders:
			f.headers = r.headers
		}
		return 200, f, reflectsBy
	}
}

// window is the range of turns in which a request can have been decided, including both
// ends.
type window struct{ from, to uint64 }

// verdict is the result of judge.
type verdict struct {
	turn    uint64 // the earliest turn whose policy gives the answer
	right   bool
	astride bool // the window holds policies with different answers
}

// judge compares an answer with the policies that can have decided it. It must be the
// complete answer of one of them.
func judge(r *request, got answer, w window) verdict {
	first := expect(r, r.reign.at(w.from))
	v := verdict{turn: w.from, right: got == first}
	for turn := w.from + 1; turn <= min(w.to, w.from+uint64(len(turns))); turn++ {
		want := expect(r, r.reign.at(turn))
		v.astride = v.astride || want != first
		if !v.right && got == want {
			v.turn, v.right = turn, true
		}
	}
	return v
}

// complaint says what is wrong with an answer.
func complaint(r *request, got answer, w window, head string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: a wrong answer to %q", r.target.name(), r.kind.name)
	if strangers := others(head, r.id); strangers != "" {
		fmt.Fprintf(&b, "\n    it holds %s, which belongs to another request", strangers)
	}
	fmt.Fprintf(&b, "\n    origin %q, asks %q, headers %.60q", r.origin, r.asks, r.headers)
	for turn := w.from; turn <= min(w.to, w.from+3); turn++ {
		fmt.Fprintf(&b, "\n    under policy %-8s want %+v", r.reign.at(turn), expect(r, r.reign.at(turn)))
	}
	fmt.Fprintf(&b, "\n    got                        %+v\n    %.800q", got, head)
	return b.String()
}

// mark begins a text that is unique to a request; the request's number follows. It shows
// which request a header value comes from.
const mark = "soak-"

// others returns the first number in text that belongs to another request than the one
// with the given mark, or "".
func others(text, own string) string {
	text = strings.ToLower(text)
	for {
		at := strings.Index(text, mark)
		if at < 0 {
			return ""
		}
		text = text[at:]
		end := len(mark)
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		if text[:end] != own {
			return text[:end]
		}
		text = text[end:]
	}
}
