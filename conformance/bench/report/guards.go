package main

import (
	"fmt"
	"math"

	"github.com/crossgate/cors/conformance/bench"
)

// guards measures the cost of the Guard.
func guards(s settings) (string, error) {
	t := table{head: []string{"scenario", "origins", "framework", "PolicyWins: ns more than without", "HandlerWins", "without: layer's ns",
		"without: allocs", "PolicyWins: allocs", "HandlerWins: allocs"}, text: 3}
	for _, scenario := range bench.Scenarios() {
		if scenario.Name != "no-origin" && scenario.Name != "actual-allowed" && scenario.Name != "actual-credentials" {
			continue
		}
		for _, framework := range bench.Frameworks() {
			if !s.rows.MatchString("framework=" + framework + "/" + scenario.String()) {
				continue
			}
			progress("guards: %s, %s", scenario, framework)
			rows, err := serving(bench.Guards(framework), scenario)
			if err != nil {
				return "", err
			}
			m := takeTurns(s.rounds, rows)
			none, plain, policyWins, handlerWins := m[0], m[1], m[2], m[3]
			more := func(m samples) string { return nanoseconds(paired(m.ns, plain.ns, difference)) }
			allocs := func(m samples) string {
				return fmt.Sprint(math.Round(paired(m.allocs, none.allocs, difference)) + 0)
			}
			t.add(scenario.Name, scenario.Origins, framework, more(policyWins), more(handlerWins),
				nanoseconds(paired(plain.ns, none.ns, difference)), allocs(plain), allocs(policyWins), allocs(handlerWins))
		}
	}
	return "## The guard\n\n" +
		"What the option Guard adds to a request whose handler does not change the CORS headers: it checks the headers when they are sent.\n\n" +
		t.String(), nil
}
