package main

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/crossgate/cors/conformance/bench"
)

// mountRoutes is the number of paths of the applications, each with two routes.
const mountRoutes = 100

// mounts measures the cost of policies for groups and routes.
func mounts(s settings) (string, error) {
	t := table{head: []string{"scenario", "framework", "layer: Mount / New", "Mount / New with Guard", "enforcing Mount / New",
		"New ns", "Mount ns", "New allocs", "Mount allocs"}, text: 2}
	for rows := range slices.Chunk(bench.Mounts(mountRoutes), len(bench.MountLayers())) {
		of := rows[0]
		if !s.rows.MatchString("framework=" + of.Framework + "/scenario=" + of.Scenario) {
			continue
		}
		progress("mounts: %s, %s", of.Scenario, of.Framework)
		var served []func(*testing.B)
		for _, row := range rows {
			serve, err := mounted(row)
			if err != nil {
				return "", fmt.Errorf("%s: %w", row, err)
			}
			served = append(served, serve)
		}
		m := takeTurns(s.rounds, served)
		none, plain, guarded, mount, enforcing := m[0], m[1], m[2], m[3], m[4]
		layer := func(m samples) float64 { return paired(m.ns, none.ns, difference) }
		allocs := func(m samples) string {
			return fmt.Sprint(math.Round(paired(m.allocs, none.allocs, difference)) + 0)
		}
		t.add(of.Scenario, of.Framework, ratioText(ratio(layer(mount), layer(plain))), ratioText(ratio(layer(mount), layer(guarded))),
			ratioText(ratio(layer(enforcing), layer(plain))), nanoseconds(layer(plain)), nanoseconds(layer(mount)), allocs(plain), allocs(mount))
	}
	return fmt.Sprintf("## Policies for groups and routes\n\n"+
		"What a Mount costs, with a policy for a group of %d paths, compared with New and one policy. A Mount always guards. One that\n"+
		"enforces asks the router before the handler runs too. The cost of the framework without CORS is subtracted; for preflights and\n"+
		"404s that is the framework's own answer.\n\n", mountRoutes) + t.String(), nil
}

// mounted returns what to measure: the checked answer of a row.
func mounted(row bench.Mounted) (func(*testing.B), error) {
	target, err := row.New()
	if err != nil {
		return nil, err
	}
	if row.Layer != bench.None {
		if err := target.Check(); err != nil {
			return nil, err
		}
	}
	return func(b *testing.B) {
		for b.Loop() {
			target.Serve()
		}
	}, nil
}
