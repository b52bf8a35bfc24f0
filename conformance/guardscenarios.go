package conformance

import (
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// guardScenario is a route that tampers with its headers, and the response that the
// client must get.
type guardScenario struct {
	name   string
	guard  cors.GuardMode
	origin string
	route  Route
	want   guardWant
	right  string   // as in GuardCase; true for every adapter
	bare   []string // the CORS fields without a guard, sorted; nil where adapters differ
}

// What handlers write.
var (
	foreignVary   = Field{"Vary", "Accept-Encoding"}
	foreignOrigin = Field{"Access-Control-Allow-Origin", "*"}

	// foreignSet is a complete set of CORS headers, but not the policy's.
	foreignSet = []Field{
		foreignOrigin,
		{"Access-Control-Allow-Credentials", "false"},
		{"Access-Control-Expose-Headers", "x-foreign"},
		foreignVary,
	}
	foreignFields = []string{
		"Access-Control-Allow-Credentials: false",
		"Access-Control-Allow-Origin: *",
		"Access-Control-Expose-Headers: x-foreign",
	}

	// Without a guard, what a handler sets replaces the policy's field, and what it adds is
	// a second line.
	foreignOriginSet   = []string{"Access-Control-Allow-Credentials: true", "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: x-own"}
	foreignOriginAdded = []string{
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Allow-Origin: *",
		"Access-Control-Allow-Origin: " + guardOrigin,
		"Access-Control-Expose-Headers: x-own",
	}
	foreignFieldsAdded = []string{
		"Access-Control-Allow-Credentials: false",
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Allow-Origin: *",
		"Access-Control-Allow-Origin: " + guardOrigin,
		"Access-Control-Expose-Headers: x-foreign",
		"Access-Control-Expose-Headers: x-own",
	}

	// preflightFields have no meaning in the response to an actual request.
	preflightFields = []Field{
		{"Access-Control-Allow-Methods", "PUT"},
		{"Access-Control-Allow-Headers", "*"},
		{"Access-Control-Max-Age", "600"},
		{"Access-Control-Allow-Private-Network", "true"},
	}
)

// guardScenarios returns the ways in which handlers tamper with headers.
func guardScenarios() []guardScenario {
	const stranger = "https://evil.example"
	var (
		body    = []string{"hello\n"}
		origin  = []string{"Origin"}
		both    = []string{"Origin", "Accept-Encoding"}
		answers = func(status int, vary []string, fields []string) guardWant {
			return guardWant{status: status, vary: vary, fields: fields}
		}
		ok = func(vary []string, fields []string) guardWant {
			w := answers(http.StatusOK, vary, fields)
			w.body = "hello\n"
			return w
		}
		delayed  = func(w guardWant) guardWant { w.lines = []string{OuterDelay + ": yes"}; return w }
		trailing = func(w guardWant) guardWant { w.lines = []string{"TE: trailers"}; return w }
		hinting  = func(w guardWant) guardWant { w.lines = []string{hintsField + ": yes"}; return w }
		early    = func(w guardWant) guardWant { w.early, w.lines = true, append(w.lines, OuterEarly+": yes"); return w }
		late     = []Field{{http.TrailerPrefix + "Access-Control-Allow-Origin", "*"}, {http.TrailerPrefix + "Vary", "Cookie"}}
		tampered = []Field{foreignVary, foreignOrigin}
		doubled  = []Field{foreignOrigin, {"Access-Control-Allow-Origin", "https://other.example"}}
	)
	return []guardScenario{
		{name: "sets Vary", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: []Field{foreignVary}}, want: ok(both, ownFields)},
		{name: "sets Vary to *", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: []Field{{"Vary", "*"}}}, want: ok([]string{"*"}, ownFields),
			right: "* includes Origin"},
		{name: "sets Vary without an Origin", guard: cors.PolicyWins,
			route: Route{Body: body, Set: []Field{foreignVary}}, want: ok(both, nil)},
		{name: "allows every origin", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: []Field{foreignOrigin}}, want: ok(origin, ownFields), bare: foreignOriginSet},
		{name: "allows every origin, for an origin that is not allowed", guard: cors.PolicyWins, origin: stranger,
			route: Route{Body: body, Set: []Field{foreignOrigin}}, want: ok(origin, nil), bare: []string{foreignOrigin.String()}},
		{name: "allows every origin, without an Origin", guard: cors.PolicyWins,
			route: Route{Body: body, Set: []Field{foreignOrigin}}, want: ok(origin, nil), bare: []string{foreignOrigin.String()}},
		{name: "adds another Access-Control-Allow-Origin", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Add: []Field{foreignOrigin}}, want: ok(origin, ownFields), bare: foreignOriginAdded},
		{name: "adds the same Access-Control-Allow-Origin again", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Add: []Field{{"Access-Control-Allow-Origin", guardOrigin}}}, want: ok(origin, ownFields)},
		{name: "sets a set of its own", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: foreignSet}, want: ok(both, ownFields), bare: foreignFields},
		{name: "adds a set of its own, as a reverse proxy does", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Add: foreignSet}, want: ok(both, ownFields), bare: foreignFieldsAdded},
		{name: "sets the headers of a preflight response", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: preflightFields}, want: ok(origin, ownFields)},
		{name: "streams", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Stream, Body: []string{"hel", "lo\n"}, Set: tampered}, want: ok(both, ownFields)},
		{name: "answers without content", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Set: tampered}, want: answers(http.StatusNoContent, both, ownFields)},
		{name: "redirects", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Redirect, Location: "/", Set: tampered}, want: answers(http.StatusFound, both, ownFields)},
		{name: "fails", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Fail, Set: tampered}, want: answers(http.StatusServiceUnavailable, both, ownFields)},
		{name: "panics, recovered outside", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Panic, Set: tampered}, want: answers(http.StatusInternalServerError, both, ownFields)},
		{name: "panics, recovered inside", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Panic, Set: tampered, Recovered: true}, want: answers(http.StatusInternalServerError, both, ownFields)},

		// A writer that delays the head sends the header as it is at the end, so the guard must
		// hold until then.
		{name: "sets headers after its answer, behind a writer that delays", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Late: foreignSet}, want: delayed(ok(origin, ownFields))},
		{name: "sets headers after its answer, behind a writer that delays, for an origin that is not allowed", guard: cors.PolicyWins, origin: stranger,
			route: Route{Body: body, Late: foreignSet}, want: delayed(ok(origin, nil))},
		{name: "sets headers after it failed, behind a writer that delays", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Fail, Late: foreignSet}, want: delayed(answers(http.StatusServiceUnavailable, origin, ownFields))},
		{name: "keeps to the policy, behind a writer that delays", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Add: []Field{foreignVary}}, want: delayed(ok(both, ownFields)), right: "the handler tampers with nothing"},

		{name: "names the headers in Trailer", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Stream, Body: body, Set: []Field{{"Trailer", "Access-Control-Allow-Origin, Vary"}}}, want: trailing(ok(origin, ownFields))},
		{name: "names the headers in Trailer, and sets them after its answer", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Stream, Body: body, Set: []Field{{"Trailer", "Access-Control-Allow-Origin, X-Sum"}}, Late: []Field{foreignOrigin, {"X-Sum", "1"}}},
			want:  trailing(ok(origin, ownFields))},
		{name: "names the headers in Trailer, for an origin that is not allowed", guard: cors.PolicyWins, origin: stranger,
			route: Route{Does: Stream, Body: body, Set: []Field{{"Trailer", "Vary"}, foreignOrigin}}, want: trailing(ok(origin, nil))},

		{name: "sets the headers as trailers that Trailer does not name", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Does: Stream, Body: body, Late: late}, want: trailing(ok(origin, ownFields))},
		{name: "sets the headers as trailers that Trailer does not name, for an origin that is not allowed", guard: cors.PolicyWins, origin: stranger,
			route: Route{Does: Stream, Body: body, Late: late}, want: trailing(ok(origin, nil))},
		{name: "sets the headers as trailers that Trailer does not name, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Does: Stream, Body: body, Late: late}, want: trailing(ok(origin, ownFields))},

		// A writer outside the adapter has already sent the head. It holds no CORS header, so
		// no page reads the response.
		{name: "sets a set of its own, and trailers, after the head was sent outside the adapter", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: append(late, foreignSet...)}, want: early(trailing(ok(both, ownFields)))},
		{name: "sets a set of its own, and trailers, after the head was sent outside the adapter, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Does: Stream, Body: body, Set: late, Late: late}, want: early(trailing(ok(origin, ownFields)))},

		{name: "sets names that are not canonical", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Raw: []Field{{"access-control-allow-origin", "*"}, {"ACCESS-CONTROL-EXPOSE-HEADERS", "x-foreign"}}}, want: ok(origin, ownFields)},
		{name: "sets names that are not canonical, for an origin that is not allowed", guard: cors.PolicyWins, origin: stranger,
			route: Route{Body: body, Raw: []Field{{"access-control-allow-origin", "*"}, {"aCCESS-cONTROL-aLLOW-cREDENTIALS", "true"}}}, want: ok(origin, nil)},

		{name: "sends a 103 with a set of its own", guard: cors.PolicyWins, origin: guardOrigin,
			route: Route{Body: body, Set: foreignSet, Hints: true}, want: hinting(ok(both, ownFields))},
		{name: "sends a 103, for an origin that is not allowed", guard: cors.PolicyWins, origin: stranger,
			route: Route{Body: body, Set: []Field{foreignOrigin}, Hints: true}, want: hinting(ok(origin, nil))},

		{name: "keeps to the policy, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Add: []Field{foreignVary}}, want: ok(both, ownFields),
			right: "the handler tampers with nothing"},
		{name: "sets Vary, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Set: []Field{foreignVary}}, want: ok(both, ownFields)},
		{name: "sets a set of its own, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Set: foreignSet}, want: ok(both, foreignFields)},
		{name: "adds a set of its own, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Add: foreignSet}, want: ok(both, foreignFields)},
		{name: "sets its own origin alone, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Set: []Field{foreignOrigin}}, want: ok(origin, []string{foreignOrigin.String()})},
		{name: "sets a set of its own, deferred to, for an origin that is not allowed", guard: cors.HandlerWins, origin: stranger,
			route: Route{Body: body, Set: foreignSet}, want: ok(both, foreignFields)},
		{name: "sets an incomplete set, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Set: preflightFields}, want: ok(origin, ownFields)},
		{name: "sets a doubled set, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Body: body, Add: doubled}, want: ok(origin, ownFields)},
		{name: "fails with a set of its own, deferred to", guard: cors.HandlerWins, origin: guardOrigin,
			route: Route{Does: Fail, Set: foreignSet},
			want:  answers(http.StatusServiceUnavailable, both, foreignFields)},
	}
}
