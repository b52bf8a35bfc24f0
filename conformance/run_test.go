package conformance_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// scenarioVariable makes TestRunScenario run one scenario in its own process.
const scenarioVariable = "CONFORMANCE_SCENARIO"

// TestRunScenario is called only by TestRunJudges. What Run does to a failing test can be
// seen only from outside.
func TestRunScenario(t *testing.T) {
	oneLine := reading(func(r *http.Request, req *cors.Request) {
		req.RequestHeaders = r.Header.Get("Access-Control-Request-Headers")
	})
	switch os.Getenv(scenarioVariable) {
	case "sound":
		conformance.Run(t, start)
	case "defect":
		conformance.Run(t, oneLine.start)
	case "known defect":
		conformance.Run(t, oneLine.start,
			conformance.KnownDivergence("reflection/headers on two lines are sent back as one list", "reads one line"),
			conformance.KnownDivergence("func/it_sees_the_requested_headers_of_all_lines", "reads one line"))
	case "cured defect":
		conformance.Run(t, start, conformance.KnownDivergence("reflection/what is asked for is named", "it once was not"))
	case "unknown case":
		conformance.Run(t, start, conformance.KnownDivergence("reflection/no such thing", "a typing error"))
	case "start gives up":
		conformance.Run(t, func(tb testing.TB, _ conformance.App) string {
			tb.Fatal("there is no server")
			return ""
		})
	case "nothing listens":
		conformance.Run(t, func(testing.TB, conformance.App) string { return "127.0.0.1:1" })
	default:
		t.Skip("runs a scenario for TestRunJudges")
	}
}

func TestRunJudges(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		scenario string
		fails    bool
		says     []string
	}{
		{"sound", false, []string{"--- PASS: TestRunScenario/reflection/what_is_asked_for_is_named"}},
		{"defect", true, []string{
			"--- FAIL: TestRunScenario/reflection/headers_on_two_lines_are_sent_back_as_one_list",
			`section:  Fetch, "CORS protocol and credentials"`,
			`in force: policy {"allowOrigins"`,
			"    Access-Control-Request-Headers: x-b\n",
			"    HTTP/1.1 204 No Content\n",
			"    - Access-Control-Allow-Headers: x-a, x-b (missing)\n",
			"    + Access-Control-Allow-Headers: x-a (not wanted)\n",
			"--- PASS: TestRunScenario/reflection/what_is_asked_for_is_named",
		}},
		{"known defect", false, []string{
			"--- SKIP: TestRunScenario/reflection/headers_on_two_lines_are_sent_back_as_one_list",
			"known divergence: reads one line",
			"--- SKIP: TestRunScenario/func/it_sees_the_requested_headers_of_all_lines",
		}},
		{"cured defect", true, []string{"known divergence (it once was not), but it passes: remove it from the list"}},
		{"unknown case", true, []string{`KnownDivergence names "reflection/no such thing", but there is no such case`}},
		{"start gives up", true, []string{"there is no server"}},
		{"nothing listens", true, []string{"connection refused"}},
	} {
		t.Run(test.scenario, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestRunScenario$/^(reflection|func)$")
			command.Env = append(os.Environ(), scenarioVariable+"="+test.scenario)
			out, err := command.CombinedOutput()
			if failed := err != nil; failed != test.fails {
				t.Errorf("failed: %t, want %t (%v)", failed, test.fails, err)
			}
			for _, text := range test.says {
				if !strings.Contains(string(out), text) {
					t.Errorf("the output has no %q", text)
				}
			}
			if strings.Contains(string(out), "panic:") {
				t.Error("the output has a panic")
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
		})
	}
}
