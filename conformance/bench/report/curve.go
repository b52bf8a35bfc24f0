package main

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/crossgate/cors/conformance/bench"
	cors "github.com/crossgate/cors/core"
)

// points are the values that were measured at each population, by the name of the row.
type points map[string]map[bench.Population]float64

func (p points) set(row string, at bench.Population, value float64) {
	if p[row] == nil {
		p[row] = make(map[bench.Population]float64)
	}
	p[row][at] = value
}

const (
	hitRandom  = "hits, all origins at random"
	hitSame    = "hits, one origin"
	missRandom = "misses, at random"
)

// curve measures how the cost grows with the number of origins.
func curve(s settings) (string, error) {
	core, layer := make(points), make(points)
	for _, p := range bench.Populations() {
		if s.quick && p == bench.Largest() {
			continue
		}
		progress("curve, %s", p)
		if err := corePoint(s, p, core); err != nil {
			return "", err
		}
		for _, framework := range bench.Frameworks() {
			if !s.rows.MatchString("framework=" + framework) {
				continue
			}
			if err := layerPoint(s, p, framework, layer); err != nil {
				return "", err
			}
		}
	}
	t := newCurveTable()
	for _, row := range []string{hitRandom, hitSame, missRandom} {
		t.row(row+", to 10 origins", core[row], func(ns float64) string { return ratioText(ns / core[row][bench.Population{Exact: 10}]) })
		t.row(row+", ns", core[row], nanoseconds)
	}
	text := "## From 1 to 1,000,000 origins\n\nThe core's decision alone:\n\n" + t.String()

	t = newCurveTable()
	for _, framework := range bench.Frameworks() {
		own := layer[framework+", "+bench.Own]
		for _, l := range bench.Libraries(framework) {
			name := framework + ", " + l.Name
			if measured := layer[name]; measured != nil && l.Name != bench.Own {
				ratios := make(map[bench.Population]float64)
				for p, ns := range measured {
					ratios[p] = ratio(own[p], ns)
				}
				t.row(framework+", crossgate / "+l.Name, ratios, mark)
			}
		}
	}
	for _, framework := range bench.Frameworks() {
		for _, l := range bench.Libraries(framework) {
			if measured := layer[framework+", "+l.Name]; measured != nil {
				t.row(framework+", "+l.Name+", ns", measured, nanoseconds)
			}
		}
	}
	return text + "\nThe layer, for an allowed request from a random origin of the list. Libraries that search a list stop at 10,000;\n" +
		"jub0bs/cors has no wildcards inside a label:\n\n" + t.String(), nil
}

// corePoint measures Policy.Decide.
func corePoint(s settings, p bench.Population, out points) error {
	policy, err := cors.Compile(p.Config())
	if err != nil {
		return err
	}
	hits, misses := p.Hits(), p.Misses()
	ctx := context.Background()
	row := func(origins []string) func(*testing.B) {
		next := 0 // continues from round to round, so that all origins are used
		return func(b *testing.B) {
			r := cors.Request{Method: "GET", Origin: origins[0]}
			for b.Loop() {
				r.Origin = origins[next]
				policy.Decide(ctx, r)
				if next++; next == len(origins) {
					next = 0
				}
			}
		}
	}
	measured := takeTurns(s.rounds, []func(*testing.B){row(hits), row(hits[:1]), row(misses)})
	for i, name := range []string{hitRandom, hitSame, missRandom} {
		out.set(name, p, median(measured[i].ns))
	}
	return nil
}

// layerPoint measures the libraries of a framework.
func layerPoint(s settings, p bench.Population, framework string, out points) error {
	libraries := bench.OnCurve(framework, p)
	if s.quick && p.Size() > 100_000 {
		libraries = nil // some need seconds to compile
	}
	if len(libraries) == 0 {
		return nil
	}
	scenario, hits := p.Scenario(), p.Hits()
	rows := make([]func(*testing.B), len(libraries))
	for i, l := range libraries {
		target, err := l.New(scenario)
		if err != nil {
			return err
		}
		if err := target.Check(); err != nil {
			return fmt.Errorf("%s, %s: %w", framework, l.Name, err)
		}
		next := 0
		rows[i] = func(b *testing.B) {
			for b.Loop() {
				target.SetOrigin(hits[next])
				target.Serve()
				if next++; next == len(hits) {
					next = 0
				}
			}
		}
	}
	measured := takeTurns(s.rounds, rows)
	for i, l := range libraries[1:] { // the first library is bench.None
		out.set(framework+", "+l.Name, p, paired(measured[i+1].ns, measured[0].ns, difference))
	}
	return nil
}

// curveTable has a column for each population.
type curveTable struct{ table }

func newCurveTable() *curveTable {
	t := &curveTable{table{head: []string{"origins"}, text: 1}}
	for _, p := range bench.Populations() {
		t.head = append(t.head, p.String())
	}
	return t
}

func (t *curveTable) row(name string, values map[bench.Population]float64, write func(float64) string) {
	cells := []string{name}
	for _, p := range bench.Populations() {
		if v, found := values[p]; found && !math.IsNaN(v) {
			cells = append(cells, write(v))
		} else {
			cells = append(cells, "")
		}
	}
	t.add(cells...)
}
