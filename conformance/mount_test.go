package conformance_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// mountError returns what is wrong in the subtest of RunMount.
func mountError(t *testing.T, m mounter, subtest string) error {
	t.Helper()
	for c := range conformance.MountCases() {
		if c.Name == subtest {
			return c.Check(t, conformance.MountStart(m.start).For(c))
		}
	}
	err, ok := conformance.CheckScenario(t, m.start, subtest)
	if !ok {
		t.Fatalf("there is no subtest %q", subtest)
	}
	return err
}

func TestSoundMountConforms(t *testing.T) {
	t.Parallel()
	conformance.RunMount(t, soundMounter().start)
}

// TestMountMutantsAreCaught breaks a Mount in ways in which real ones break. The subtest
// for each defect must fail.
func TestMountMutantsAreCaught(t *testing.T) {
	t.Parallel()
	broken := func(change func(*mounter)) mounter {
		m := soundMounter()
		change(&m)
		return m
	}
	for name, tt := range map[string]struct {
		mutant mounter
		caught string
	}{
		"asks for the route of OPTIONS": {broken(func(m *mounter) {
			m.ask = func(x *passing, _ string) string { return x.asked(x.r.Method) }
		}), "mount/a group's policy decides below its prefix: a parameter"},
		"asks for the route of GET": {broken(func(m *mounter) {
			m.ask = func(x *passing, _ string) string { return x.asked(http.MethodGet) }
		}), "mount/a preflight for a method without a route has a readable status, and allows no method: another"},
		"uses the path as the pattern": {broken(func(m *mounter) {
			m.ask = func(x *passing, method string) string {
				if x.asked(method) == "" {
					return ""
				}
				return x.path
			}
		}), "mount/a route's policy decides before its group's, for its method alone"},
		"compares strings instead of segments": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				method, pattern, known := x.reported()
				return method, strings.Replace(pattern, "/v1x", "/v1/x", 1), known
			}
		}), "mount/a prefix ends with a segment"},
		"answers preflights that nothing serves": {broken(func(m *mounter) {
			m.ask = func(x *passing, method string) string {
				if pattern := x.asked(method); pattern != "" {
					return pattern
				}
				return "/anything"
			}
		}), "mount/the application's pages can read the status of a preflight that no route serves"},
		"has no headers on preflights that nothing serves": {broken(func(m *mounter) {
			m.commit = func(x *passing, status int, d *cors.Decision) *cors.Decision {
				if x.r.Header.Get("Access-Control-Request-Method") != "" {
					return new(cors.Decision)
				}
				return d
			}
		}), "mount/the application's pages can read the status of a preflight that no route serves"},
		"knows the groups only in preflights": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				method, _, known := x.reported()
				return method, "/", known
			}
		}), "mount/a group's policy decides below its prefix: a parameter"},
		"knows no routes": {broken(func(m *mounter) {
			m.attach = func(a conformance.Attachment) conformance.Attachment {
				if a.Method != "" {
					a.Method, a.Pattern = "", a.Pattern+"/elsewhere"
				}
				return a
			}
			m.routes = func(all []mount.Route) ([]mount.Route, bool) {
				return append(all, mount.Route{Pattern: "/", Opaque: true}), true
			}
		}), "mount/a route's policy decides before its group's, for its method alone"},
		"knows no inner groups": {broken(func(m *mounter) {
			m.attach = func(a conformance.Attachment) conformance.Attachment {
				if a.Method == "" && strings.Count(a.Pattern, "/") > 1 {
					a.Pattern = "/elsewhere" + a.Pattern
				}
				return a
			}
			m.routes = func(all []mount.Route) ([]mount.Route, bool) {
				return append(all, mount.Route{Pattern: "/", Opaque: true}), true
			}
		}), "mount/the innermost group decides, and nothing is merged"},
		"has no RouteMethods": {broken(func(m *mounter) {
			m.options = func([]cors.Option) []cors.Option { return nil }
		}), "routemethods/only listed methods that the pattern has are granted"},
		"decides a group's 404 by the application's policy": {broken(func(m *mounter) {
			m.path = func(*passing) string { return "/" }
		}), "mount/pages of a group read its 404 and its 405: no such path"},
		"reads paths decoded": {broken(func(m *mounter) {
			m.path = func(x *passing) string { return strings.ReplaceAll(x.escaped, "//", "/") }
		}), "mount/no page reads a 404 of an ambiguous path: an empty segment"},
		"decides middleware's answers by the application's policy": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if method, pattern, known := x.reported(); known == mount.Served {
					return method, pattern, known
				}
				return http.MethodGet, "/", mount.Served
			}
		}), "middleware/the pages of a group read middleware's answers for its routes: not authenticated"},
		"lets no page read middleware's answers": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if method, pattern, known := x.reported(); known == mount.Served {
					return method, pattern, known
				}
				return "", "", mount.Unclear
			}
		}), "middleware/the pages of a group read the 500 after a panic"},
		"decides by the route of the original path": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if pattern := x.asked(x.method); pattern != "" {
					return x.method, pattern, mount.Served
				}
				return x.reported()
			}
		}), "a path is changed inside"},
		"decides by the original method": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				_, pattern, known := x.reported()
				return x.method, pattern, known
			}
		}), "a method is changed inside"},
		"keeps the first of two routes": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if strings.Contains(x.path, "again") {
					return http.MethodGet, x.asked(http.MethodGet), mount.Served
				}
				return x.reported()
			}
		}), "a request is routed again"},
		"decides content without a route by its group's policy": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if _, _, known := x.reported(); known != mount.Served && x.asked(x.method) == "" {
					return "", "/v1/items", mount.Served
				}
				return x.reported()
			}
		}), "content without a route"},
		"loses the request's context in a copy": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if strings.Contains(x.r.Header.Get(conformance.Inside.Field()), "copy") {
					x.route = nil
				}
				return x.reported()
			}
		}), "a path is changed inside, in a copy"},
		"uses the parent router's policy in a nested router": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				method, pattern, known := x.reported()
				if strings.HasPrefix(pattern, conformance.SubRouter) {
					pattern = conformance.SubRouter + "/"
				}
				return method, pattern, known
			}
		}), "a path is changed in the sub-router"},
		"does not check what is attached": {broken(func(m *mounter) {
			m.routes = func(all []mount.Route) ([]mount.Route, bool) { return nil, false }
		}), "a policy attached to an unknown route or group closes the Mount"},
		"remembers the first request": {broken(func(m *mounter) {
			first := ""
			m.hit = func(x *passing) (string, string, mount.Known) {
				if first == "" {
					first = x.path
				}
				method, pattern, known := x.reported()
				if strings.HasSuffix(first, "/") && known == mount.Served {
					pattern = "/v1/admin/users/{id}"
				}
				return method, pattern, known
			}
		}), "cold start: GET /v1/admin/"},
		"decides twice": {broken(func(m *mounter) {
			m.commit = func(x *passing, _ int, d *cors.Decision) *cors.Decision {
				again := x.table.Scope(x.method, "/items/{id}").Decider().Decide(x.Context(), readRequest(x.r))
				_ = again
				return d
			}
		}), "each scope decides once"},
		"lets the outer of two Mounts decide": {broken(func(m *mounter) {
			m.takes = false
		}), "the inner of two Mounts decides"},
		"uses the pattern of an outer mux": {broken(func(m *mounter) {
			m.hit = func(x *passing) (string, string, mount.Known) {
				if x.r.Pattern != "" {
					return x.method, x.r.Pattern, mount.Served
				}
				return x.reported()
			}
		}), "a Mount below another router"},
		"allows all in the 103": {broken(func(m *mounter) {
			m.enter = func(h http.Header) { h.Set("Access-Control-Allow-Origin", "*") }
		}), "a 103 comes first"},
		"keeps headers that are set outside": {broken(func(m *mounter) {
			m.enter = func(http.Header) {}
		}), "headers are set outside"},
		"keeps headers that are set inside": {broken(func(m *mounter) {
			m.set = func(h http.Header, d *cors.Decision) {
				if h.Get("Access-Control-Allow-Origin") == "" {
					setAlone(h, d)
				}
			}
		}), "headers are set inside"},
		"keeps headers that are set inside although it lets no page read": {broken(func(m *mounter) {
			m.set = func(h http.Header, d *cors.Decision) {
				if d.Reason() != cors.MountUncertain {
					setAlone(h, d)
				}
			}
		}), "headers are set inside"},
		"adds a second Access-Control-Allow-Origin": {broken(func(m *mounter) {
			m.set = func(h http.Header, d *cors.Decision) {
				for range 2 {
					for name, value := range d.Headers() {
						h.Add(name, value)
					}
				}
			}
		}), "nothing is changed"},
		"marks a response by a field without a value": {broken(func(m *mounter) {
			m.set = func(h http.Header, d *cors.Decision) {
				setAlone(h, d)
				h["X-Marked"] = nil
			}
		}), "middleware reads the first value of each field"},
		"does not enforce": {broken(func(m *mounter) {
			m.answer = func(_ *passing, d *cors.Decision, final bool) (*cors.Decision, bool) {
				return d, final && (d.Kind() == cors.Preflight || d.Status() == 0)
			}
		}), "nothing is changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := mountError(t, tt.mutant, tt.caught)
			if err == nil {
				t.Fatalf("%s: passes", tt.caught)
			}
			t.Log(err)
		})
	}
}

// mountVariable makes TestMountScenario run one scenario in its own process.
const mountVariable = "CONFORMANCE_MOUNT_SCENARIO"

// TestMountScenario is called only by TestRunMountJudges.
func TestMountScenario(t *testing.T) {
	broken := soundMounter()
	broken.enter = func(http.Header) {}
	const outside, why = "headers are set outside", "it does not remove headers"
	switch os.Getenv(mountVariable) {
	case "broken":
		conformance.RunMount(t, broken.start)
	case "left out":
		conformance.RunMount(t, broken.start, conformance.LeaveOut(outside, why), conformance.LeaveOut("cold_start", "there is no time"))
	case "known":
		conformance.RunMount(t, broken.start, conformance.KnownDivergence(outside, why))
	case "passes":
		conformance.RunMount(t, soundMounter().start, conformance.KnownDivergence(outside, why))
	case "unknown":
		conformance.RunMount(t, soundMounter().start, conformance.LeaveOut("no such thing", why), conformance.WithoutRoute("/no/such", why))
	case "without a route":
		conformance.RunMount(t, soundMounter().start, conformance.WithoutRoute("/items/special", why),
			conformance.LeaveOut("mount/the pattern that the router selects for the requested method decides", why))
	case "of Run":
		conformance.Run(t, sound().start, conformance.LeaveOut(outside, why))
	default:
		t.Skip("runs a scenario for TestRunMountJudges")
	}
}

func TestRunMountJudges(t *testing.T) {
	t.Parallel()
	const outside = "TestMountScenario/headers_are_set_outside "
	for scenario, tt := range map[string]struct {
		passes bool
		says   []string
	}{
		"broken":   {false, []string{"--- FAIL: " + outside, "--- PASS: TestMountScenario/headers_are_set_inside "}},
		"left out": {true, []string{"--- SKIP: " + outside, "left out: it does not remove headers", "--- SKIP: TestMountScenario/cold_start:_GET_/items/7 "}},
		"known":    {true, []string{"--- SKIP: " + outside, "known divergence: it does not remove headers"}},
		"passes":   {false, []string{"--- FAIL: " + outside, "but it passes: remove it from the list"}},
		"unknown":  {false, []string{`names "no such thing", but there is no such subtest`, `WithoutRoute names "/no/such", but there is no such route`}},
		"without a route": {true, []string{
			"--- PASS: TestMountScenario/a_policy_attached_to_an_unknown_route_or_group_closes_the_Mount ",
			"--- SKIP: TestMountScenario/mount/the_pattern_that_the_router_selects_for_the_requested_method_decides ",
		}},
		"of Run": {false, []string{"are options of RunMount only"}},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestMountScenario$")
			command.Env = append(os.Environ(), mountVariable+"="+scenario)
			out, err := command.CombinedOutput()
			if (err == nil) != tt.passes {
				t.Errorf("RunMount passes: %t", err == nil)
			}
			for _, text := range tt.says {
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
