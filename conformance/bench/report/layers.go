package main

import (
	"fmt"
	"math"
	"testing"

	"github.com/crossgate/cors/conformance/bench"
)

// comparison is a line of the main table: Crossgate and one peer in one scenario.
type comparison struct {
	scenario  bench.Scenario
	framework string
	peer      string

	toPeer  float64 // Crossgate's cost divided by the peer's
	toFloor float64 // the whole request with Crossgate divided by the floor's
	ns      [2]float64
	allocs  [2]float64
}

// layers measures all scenarios in all frameworks.
func layers(s settings) (string, error) {
	var all []comparison
	for _, scenario := range bench.Scenarios() {
		for _, framework := range bench.Frameworks() {
			if !s.rows.MatchString("framework=" + framework + "/" + scenario.String()) {
				continue
			}
			progress("%s, %s", scenario, framework)
			compared, err := compare(s, scenario, framework)
			if err != nil {
				return "", err
			}
			all = append(all, compared...)
		}
	}
	return summary(all) + "\n" + mainTable(all), nil
}

// compare measures one scenario in one framework.
func compare(s settings, scenario bench.Scenario, framework string) ([]comparison, error) {
	libraries := bench.Libraries(framework)
	rows, err := serving(libraries, scenario)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int)
	for i, l := range libraries {
		at[l.Name] = i
	}
	measured := takeTurns(s.rounds, rows)
	none, floor, own := measured[at[bench.None]], measured[at[bench.Floor]], measured[at[bench.Own]]
	layer := func(m samples) float64 { return paired(m.ns, none.ns, difference) }
	allocs := func(m samples) float64 { return math.Round(paired(m.allocs, none.allocs, difference)) + 0 } // avoids -0

	var out []comparison
	for i, l := range libraries {
		alone := l.Name == bench.Floor && len(libraries) == 3 // there is no other library
		if l.Name == bench.None || l.Name == bench.Own || l.Name == bench.Floor && !alone {
			continue
		}
		peer := measured[i]
		out = append(out, comparison{
			scenario: scenario, framework: framework, peer: l.Name,
			toPeer:  ratio(layer(own), layer(peer)),
			toFloor: paired(own.ns, floor.ns, ratio),
			ns:      [2]float64{layer(own), layer(peer)},
			allocs:  [2]float64{allocs(own), allocs(peer)},
		})
	}
	return out, nil
}

// serving returns what to measure: each library's checked answer to the scenario.
func serving(libraries []bench.Library, scenario bench.Scenario) ([]func(*testing.B), error) {
	rows := make([]func(*testing.B), len(libraries))
	for i, l := range libraries {
		target, err := l.New(scenario)
		if err != nil {
			return nil, err
		}
		if err := target.Check(); err != nil {
			return nil, fmt.Errorf("%s, %s, %s: %w", l.Framework, scenario, l.Name, err)
		}
		rows[i] = func(b *testing.B) {
			for b.Loop() {
				target.Serve()
			}
		}
	}
	return rows, nil
}

// mainTable returns the main table.
func mainTable(all []comparison) string {
	t := table{head: []string{"scenario", "origins", "framework", "peer", "layer: crossgate / peer", "request: crossgate / floor",
		"crossgate ns", "peer ns", "crossgate allocs", "peer allocs"}, text: 4}
	for _, c := range all {
		t.add(c.scenario.Name, c.scenario.Origins, c.framework, c.peer, mark(c.toPeer), ratioText(c.toFloor),
			nanoseconds(c.ns[0]), nanoseconds(c.ns[1]), fmt.Sprint(c.allocs[0]), fmt.Sprint(c.allocs[1]))
	}
	return "## Every scenario\n\n" +
		"The layer is the cost of the middleware: the time of a request minus its time in the framework without CORS, or, for a preflight,\n" +
		"minus the time of a middleware that answers with the bare status. The floor sets Crossgate's headers for every request.\n" +
		"A ratio over 1 is marked: Crossgate is slower there.\n\n" + t.String()
}
