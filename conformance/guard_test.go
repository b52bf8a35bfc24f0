package conformance_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// guarded is a Start whose adapter has the simplest guard: it records the response, and
// sends it when the handler returns. applied maps the mode that an App asks for to the
// mode that the adapter uses.
func guarded(applied func(cors.GuardMode) cors.GuardMode) conformance.Start {
	return func(tb testing.TB, app conformance.App) string {
		tb.Helper()
		mode := applied(cors.NewSettings("guarded", app.Options).Guard)
		return serveApp(tb, app, func(d cors.Decider) func(http.Handler) http.Handler {
			if mode == unguarded {
				return middleware(d)
			}
			return func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					recorder := httptest.NewRecorder()
					func() {
						defer func() { // also after a panic
							maps.Copy(w.Header(), recorder.Header())
							correct(w.Header(), d.Decide(r.Context(), readRequest(r)), mode)
						}()
						next.ServeHTTP(recorder, r)
					}()
					w.WriteHeader(recorder.Code)
					_, _ = recorder.Body.WriteTo(w) // fails only if the client has closed the connection
				})
			}
		})
	}
}

// correct sets the headers of d in h.
func correct(h http.Header, d cors.Decision, mode cors.GuardMode) {
	own := mode == cors.HandlerWins && len(h["Access-Control-Allow-Origin"]) == 1
	if !own {
		maps.DeleteFunc(h, func(name string, _ []string) bool { return isCORS(name) })
	}
	maps.DeleteFunc(h, func(name string, _ []string) bool {
		name, unannounced := strings.CutPrefix(name, http.TrailerPrefix)
		return unannounced && (isCORS(name) || name == "Vary")
	})
	for _, line := range h["Trailer"] { // one name a line, to keep this short
		names := slices.DeleteFunc(strings.Split(line, ", "), func(name string) bool { return isCORS(name) || name == "Vary" })
		if h.Del("Trailer"); len(names) > 0 {
			h.Set("Trailer", strings.Join(names, ", "))
		}
	}
	for name, value := range d.Headers() {
		if !own || name == "Vary" {
			h.Add(name, value)
		}
	}
}

func isCORS(name string) bool {
	return strings.HasPrefix(http.CanonicalHeaderKey(name), "Access-Control-")
}

// carelessly is a Start with a guard like that of guarded. forget then changes the
// header, and knows the header before the guard.
func carelessly(forget func(before, after http.Header)) conformance.Start {
	return func(tb testing.TB, app conformance.App) string {
		tb.Helper()
		mode := cors.NewSettings("carelessly", app.Options).Guard
		return serveApp(tb, app, func(d cors.Decider) func(http.Handler) http.Handler {
			return func(next http.Handler) http.Handler {
				if mode == unguarded {
					return middleware(d)(next)
				}
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					check := func(h http.Header, _ int) {
						before := h.Clone()
						correct(h, d.Decide(r.Context(), readRequest(r)), mode)
						forget(before, h)
					}
					guard := &writer{ResponseWriter: w, before: check}
					defer func() {
						if !guard.done {
							check(w.Header(), 0)
						}
					}()
					next.ServeHTTP(guard, r)
				})
			}
		})
	}
}

const unguarded cors.GuardMode = 0

func asAsked(mode cors.GuardMode) cors.GuardMode { return mode }

func TestGuard(t *testing.T) {
	t.Parallel()
	conformance.RunGuard(t, guarded(asAsked))
}

// guardVariable makes TestGuardScenario run one scenario in its own process.
const guardVariable = "CONFORMANCE_GUARD_SCENARIO"

// TestGuardScenario is called only by TestRunGuardJudges. What RunGuard does to a failing
// test can be seen only from outside.
func TestGuardScenario(t *testing.T) {
	always := func(mode cors.GuardMode) conformance.Start {
		return guarded(func(cors.GuardMode) cors.GuardMode { return mode })
	}
	switch os.Getenv(guardVariable) {
	case "no guard":
		conformance.RunGuard(t, always(unguarded))
	case "always a guard":
		conformance.RunGuard(t, always(cors.PolicyWins))
	case "never defers":
		conformance.RunGuard(t, guarded(func(mode cors.GuardMode) cors.GuardMode { return min(mode, cors.PolicyWins) }))
	case "not right already":
		conformance.RunGuard(t, guarded(asAsked), conformance.AlreadyRight("sets Vary", "the framework keeps it"))
	case "checks once":
		conformance.RunGuard(t, carelessly(func(http.Header, http.Header) {}))
	case "knows only canonical names":
		conformance.RunGuard(t, carelessly(func(before, after http.Header) {
			for name, lines := range before {
				if name != http.CanonicalHeaderKey(name) {
					after[name] = lines
				}
			}
		}))
	case "forgets the trailers":
		conformance.RunGuard(t, carelessly(func(before, after http.Header) {
			for name, lines := range before {
				if strings.HasPrefix(name, http.TrailerPrefix) {
					after[name] = lines
				}
			}
			if names := before["Trailer"]; names != nil {
				after["Trailer"] = names
			}
		}))
	case "unknown scenario":
		conformance.RunGuard(t, guarded(asAsked), conformance.AlreadyRight("no such thing", "a typing error"))
	default:
		t.Skip("runs a scenario for TestRunGuardJudges")
	}
}

func TestRunGuardJudges(t *testing.T) {
	t.Parallel()
	for scenario, says := range map[string][]string{
		"no guard": {
			"--- FAIL: TestGuardScenario/sets_Vary ", "! Vary lacks Origin",
			"--- FAIL: TestGuardScenario/allows_every_origin ", "! CORS fields",
			"--- PASS: TestGuardScenario/sets_Vary_to_* ",
		},
		"always a guard":    {"--- FAIL: TestGuardScenario/sets_Vary ", "without the guard the headers are right too"},
		"never defers":      {"--- FAIL: TestGuardScenario/sets_a_set_of_its_own,_deferred_to ", "--- PASS: TestGuardScenario/sets_Vary "},
		"not right already": {"--- FAIL: TestGuardScenario/sets_Vary ", "the headers should be right (the framework keeps it)"},
		"checks once": {
			"--- FAIL: TestGuardScenario/sets_headers_after_its_answer,_behind_a_writer_that_delays ",
			"--- FAIL: TestGuardScenario/sets_headers_after_it_failed,_behind_a_writer_that_delays ",
			"--- PASS: TestGuardScenario/names_the_headers_in_Trailer ",
			"--- PASS: TestGuardScenario/sets_names_that_are_not_canonical ",
		},
		"knows only canonical names": {"--- FAIL: TestGuardScenario/sets_names_that_are_not_canonical ", "access-control-allow-origin: *"},
		"forgets the trailers": {
			"--- FAIL: TestGuardScenario/names_the_headers_in_Trailer ", "! Vary: Origin is in the trailers",
			"--- FAIL: TestGuardScenario/sets_the_headers_as_trailers_that_Trailer_does_not_name ", "! Vary: Cookie is in the trailers",
			"--- PASS: TestGuardScenario/sends_a_103_with_a_set_of_its_own ",
		},
		"unknown scenario": {`AlreadyRight names "no such thing", but there is no such scenario`},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestGuardScenario$")
			command.Env = append(os.Environ(), guardVariable+"="+scenario)
			out, err := command.CombinedOutput()
			if err == nil {
				t.Error("RunGuard passes")
			}
			for _, text := range says {
				if !strings.Contains(string(out), text) {
					t.Errorf("the output has no %q", text)
				}
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
		})
	}
}
