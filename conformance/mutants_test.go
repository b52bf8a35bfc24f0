package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// mutant is an adapter with a defect that real adapters have had. The case caught must
// fail, and its message must contain says.
type mutant struct {
	name    string
	adapter adapter
	caught  string
	says    string
}

func mutants() []mutant {
	return []mutant{
		{"replaces the Vary of an outer middleware", setting(func(h http.Header, d cors.Decision) {
			for name, value := range d.Headers() {
				h.Set(name, value)
			}
		}), "application/an outer middleware's Vary field is kept", "- Vary: Accept-Language (missing)"},

		{"replaces the Vary of a handler", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			serve(a, d, next, &writer{ResponseWriter: w, before: func(h http.Header, _ int) {
				if h.Get("Vary") != "" {
					h.Set("Vary", "Origin")
				}
			}}, r)
		}), "application/a handler's Vary field is kept", "- Vary: Accept-Encoding (missing)"},

		{"sets Vary only where there is an Origin", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") == "" {
				next.ServeHTTP(w, r)
				return
			}
			serve(a, d, next, w, r)
		}), "listed/a request without Origin says that origins matter", "- Vary: Origin (missing)"},

		{"sets Vary under any origin", settingThen(func(h http.Header, _ cors.Decision) {
			if h.Get("Vary") == "" {
				h.Set("Vary", "Origin")
			}
		}), "any/a request without Origin is answered for all", "+ Vary: Origin (not wanted)"},

		{"takes the first of two Origin lines", reading(func(r *http.Request, req *cors.Request) {
			req.Origin = r.Header.Get("Origin")
		}), "lines/two Origin lines match nothing: listed first", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"takes the last of two Origin lines", reading(func(r *http.Request, req *cors.Request) {
			for _, v := range r.Header["Origin"] {
				req.Origin = v
			}
		}), "lines/two Origin lines match nothing: first empty", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"splits an Origin at commas", reading(func(_ *http.Request, req *cors.Request) {
			req.Origin, _, _ = strings.Cut(req.Origin, ",")
		}), "lines/an Origin with a comma is not split: listed first", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"compares origins regardless of case", reading(func(_ *http.Request, req *cors.Request) {
			req.Origin = strings.ToLower(req.Origin)
		}), "patterns/an origin that is nearly right does not match: upper-case host", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"removes a slash after an origin", reading(func(_ *http.Request, req *cors.Request) {
			req.Origin = strings.TrimSuffix(req.Origin, "/")
		}), "patterns/an origin that is nearly right does not match: a slash", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"names any origin", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			if origin := r.Header.Get("Origin"); origin != "" {
				w.Header().Set("Access-Control-Allow-Origin", origin)
			}
			serve(a, d, next, w, r)
		}), "listed/an origin that is not listed reaches the handler and is not named: GET", "+ Access-Control-Allow-Origin: https://other.example (not wanted)"},

		{"writes null if an origin is not allowed", settingThen(func(h http.Header, d cors.Decision) {
			if d.Kind() == cors.Actual && d.Reason() != cors.Allowed {
				h.Set("Access-Control-Allow-Origin", "null")
			}
		}), "listed/other origins do not get credentials and exposed headers", "+ Access-Control-Allow-Origin: null (not wanted)"},

		{"forgets credentials", settingThen(func(h http.Header, _ cors.Decision) {
			h.Del("Access-Control-Allow-Credentials")
		}), "listed/credentials and exposed headers are for the listed origin", "- Access-Control-Allow-Credentials: true (missing)"},

		{"exposes headers on preflights too", settingThen(func(h http.Header, d cors.Decision) {
			if d.Kind() == cors.Preflight {
				h.Set("Access-Control-Expose-Headers", "x-total")
			}
		}), "preflight/a listed origin gets the policy: a listed method", "+ Access-Control-Expose-Headers: x-total (not wanted)"},

		{"adds its headers to headers that are already set", setting(func(h http.Header, d cors.Decision) {
			for range 2 {
				for name, value := range d.Headers() {
					h.Add(name, value)
				}
			}
		}), "listed/a listed origin is named: https", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"allows private networks", settingThen(func(h http.Header, d cors.Decision) {
			if d.Kind() == cors.Preflight {
				h.Set("Access-Control-Allow-Private-Network", "true")
			}
		}), "preflight/other fields that a browser sends change nothing", "+ Access-Control-Allow-Private-Network: true (not wanted)"},

		{"drops headers on errors", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			serve(a, d, next, &writer{ResponseWriter: w, before: func(h http.Header, status int) {
				if status >= 400 {
					clear(h)
				}
			}}, r)
		}), "application/the headers are on every response: a handler that denies", "- Access-Control-Allow-Origin: https://app.example.com (missing)"},

		{"sets headers once the handler is done", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			decision := d.Decide(r.Context(), a.request(r))
			if status := decision.Status(); status != 0 {
				a.set(w.Header(), decision)
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
			a.set(w.Header(), decision)
		}), "application/the headers are on every response: a stream", "- Access-Control-Allow-Origin: https://app.example.com (missing)"},

		{"loses headers to a panic", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			defer func() {
				if v := recover(); v != nil {
					clear(w.Header())
					panic(v)
				}
			}()
			serve(a, d, next, w, r)
		}), "application/the headers are on every response: a panic recovered outside", "- Vary: Origin (missing)"},

		{"runs the handler on preflights, and hides its answer", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				next.ServeHTTP(httptest.NewRecorder(), r)
			}
			serve(a, d, next, w, r)
		}), "kinds/a preflight does not reach the OPTIONS handler", "! a handler ran, and none may"},

		{"hands preflights to the handler", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			a.set(w.Header(), d.Decide(r.Context(), a.request(r)))
			next.ServeHTTP(w, r)
		}), "kinds/a preflight does not reach the OPTIONS handler", "! status 200, want 204"},

		{"answers every OPTIONS request", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") == "" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			serve(a, d, next, w, r)
		}), "kinds/an OPTIONS request that is not a preflight reaches the OPTIONS handler", "! handler ran: false, and without CORS: true"},

		{"treats any request with Access-Control-Request-Method as a preflight", reading(func(r *http.Request, req *cors.Request) {
			if req.RequestMethod != "" {
				req.Method = http.MethodOptions
			}
		}), "kinds/other methods with Access-Control-Request-Method are actual requests: GET", "! status 204, and without CORS 200"},

		{"answers preflights without headers", setting(func(h http.Header, d cors.Decision) {
			if d.Kind() != cors.Preflight {
				setHeaders(h, d)
			}
		}), "preflight/a listed origin gets the policy: a listed method", "- Access-Control-Allow-Methods: DELETE, PATCH, PUT (missing)"},

		{"answers preflights with 200", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			serve(a, d, next, rewriter{w, http.StatusNoContent, http.StatusOK}, r)
		}), "preflight/a listed origin gets the policy: no headers", "! status 200, want 204"},

		{"answers refused preflights with 204", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			serve(a, d, next, rewriter{w, http.StatusForbidden, http.StatusNoContent}, r)
		}), "preflight/an origin that is not listed is refused: a listed method", "! status 204, want 403"},

		{"sends a body with a refusal", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			decision := d.Decide(r.Context(), a.request(r))
			a.set(w.Header(), decision)
			if decision.Status() == http.StatusForbidden {
				http.Error(w, "Forbidden", http.StatusForbidden)
				return
			}
			serve(a, decided{decision}, next, w, r)
		}), "preflight/an origin that is not listed is refused: a listed header", `! body "Forbidden\n", want none`},

		{"sends a content type without content", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			decision := d.Decide(r.Context(), a.request(r))
			if decision.Status() != 0 {
				w.Header().Set("Content-Type", "text/plain")
			}
			serve(a, decided{decision}, next, w, r)
		}), "preflight/a listed origin gets the policy: no headers", "+ Content-Type: text/plain (not wanted in an answer without content)"},

		{"refuses actual requests", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			if decision := d.Decide(r.Context(), a.request(r)); decision.Kind() == cors.Actual && decision.Reason() != cors.Allowed {
				a.set(w.Header(), decision)
				w.WriteHeader(http.StatusForbidden)
				return
			}
			serve(a, d, next, w, r)
		}), "listed/an origin that is not listed reaches the handler and is not named: POST", "! status 403, and without CORS 200"},

		{"does not enforce", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			decision := d.Decide(r.Context(), a.request(r))
			if decision.Kind() == cors.Preflight {
				serve(a, decided{decision}, next, w, r)
				return
			}
			a.set(w.Header(), decision)
			next.ServeHTTP(w, r)
		}), "enforce/an unsafe method from an origin that is not listed is refused: POST", "! a handler ran, and none may"},

		{"does not pass on Sec-Fetch-Site", reading(func(_ *http.Request, req *cors.Request) {
			req.FetchSite = ""
		}), "enforce/a same-origin request is served: same-origin", "! status 403, and without CORS 200"},

		{"does not pass on the host's port", reading(func(_ *http.Request, req *cors.Request) {
			req.Host, _, _ = strings.Cut(req.Host, ":")
		}), "func/it sees the host with its port", "- Access-Control-Allow-Origin: https://tenant.example (missing)"},

		{"passes on the path with its query", reading(func(r *http.Request, req *cors.Request) {
			req.Path = r.RequestURI
		}), "func/it sees the path without the query: with a query", "- Access-Control-Allow-Origin: https://tenant.example (missing)"},

		{"passes on the path decoded", reading(func(r *http.Request, req *cors.Request) {
			req.Path = r.URL.Path
		}), "routes/an ambiguous path has no CORS: an encoded letter", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"reads one line of the requested headers", reading(func(r *http.Request, req *cors.Request) {
			req.RequestHeaders = r.Header.Get("Access-Control-Request-Headers")
		}), "reflection/headers on two lines are sent back as one list", "- Access-Control-Allow-Headers: x-a, x-b (missing)"},

		{"asks for a live policy once", taking(func(d cors.Decider) cors.Decider {
			if live, ok := d.(*cors.Live); ok {
				return live.Load()
			}
			return d
		}), "live/a policy is replaced while serving", "! status 204, want 403"},

		{"carries an origin over to the next request", carrying(), "connection/an answer is that of its own request", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},
	}
}

// carrying makes an adapter that uses the last origin if a request has none.
func carrying() adapter {
	var last atomic.Value
	return reading(func(_ *http.Request, req *cors.Request) {
		if req.Origin != "" {
			last.Store(req.Origin)
		} else if origin, ok := last.Load().(string); ok {
			req.Origin = origin
		}
	})
}

// A suite that cannot fail proves nothing. Each defect must fail the case that is about
// it, for the right reason.
func TestMutantsAreCaught(t *testing.T) {
	t.Parallel()
	cases := make(map[string]conformance.Case)
	for c := range conformance.Cases() {
		cases[c.Name] = c
	}
	for _, m := range slices.Concat(mutants(), wireMutants()) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c, ok := cases[m.caught]
			if !ok {
				t.Fatalf("there is no case %q", m.caught)
			}
			err := c.Check(t, m.adapter.start)
			if err == nil {
				t.Fatalf("%s: passes", m.caught)
			}
			if !strings.Contains(err.Error(), m.says) {
				t.Errorf("the message has no %q:\n%v", m.says, err)
			}
		})
	}
}

// The mutants differ from a sound adapter only in their defects.
func TestSoundAdapterConforms(t *testing.T) {
	t.Parallel()
	conformance.Run(t, sound().start)
}
