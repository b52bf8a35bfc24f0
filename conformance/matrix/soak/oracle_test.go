package soak

import (
	"fmt"
	"strings"
)

// answer is all of a response that CORS decides. Lines of one name are joined with a
// newline, so a doubled one equals nothing that is expected.
type answer struct {
	status  int
	handled bool // the handler ran
	cors    fields
	vary    string // the names, sorted
}

// fields are the response headers of the CORS protocol.
type fields struct{ origin, credentials, expose, methods, headers, maxAge string }

// expect returns the one right answer to r under p. Nothing here asks the library:
// which policies allow the origin, and whether what the preflight asks for may be
// sent back, was written down with the kind of the request; the rest is what
// configs says, spelt out.
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

// reflectsBy is what the answer to a preflight depends on where it is a reflection.
const reflectsBy = "Access-Control-Request-Headers, Access-Control-Request-Method, Origin"

// The customary names, which a policy that allows any has in its answers.
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
		case r.headers == "": // whatever is asked for next, the answer may serve
			f.headers = "authorization, " + customaryHeaders
		case !r.kind.badHeaders:
			f.headers = r.headers
		}
		return 200, f, reflectsBy
	}
}

// window is the span of turns in which a request can have been decided, both ends
// included.
type window struct{ from, to uint64 }

// verdict is what judge finds.
type verdict struct {
	turn    uint64 // the earliest turn whose policy gives the answer
	right   bool
	astride bool // the window holds policies whose answers differ
}

// judge holds an answer against the policies that can have decided it. It has to be
// that of one of them, whole.
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

// complaint tells what is wrong with an answer.
func complaint(r *request, got answer, w window, head string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: a wrong answer to %q", r.target.name(), r.kind.name)
	if strangers := others(head, r.id); strangers != "" {
		fmt.Fprintf(&b, "\n    it holds %s, which is of another request", strangers)
	}
	fmt.Fprintf(&b, "\n    origin %q, asks %q, headers %.60q", r.origin, r.asks, r.headers)
	for turn := w.from; turn <= min(w.to, w.from+3); turn++ {
		fmt.Fprintf(&b, "\n    under policy %-8s want %+v", r.reign.at(turn), expect(r, r.reign.at(turn)))
	}
	fmt.Fprintf(&b, "\n    got                        %+v\n    %.800q", got, head)
	return b.String()
}

// mark begins what is unique to a request: its number follows. In whichever header
// it turns up, it can be told whose it is.
const mark = "soak-"

// others returns the first number in text that is not that of the request with the
// given mark, or "".
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
