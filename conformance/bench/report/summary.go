package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/crossgate/cors/conformance/bench"
)

// standing is how Crossgate compares with a peer in several scenarios.
type standing struct {
	logs         float64
	count        int // number of ratios
	unknown      int // number of ratios that were lost in the noise
	slower, more int
	worst        float64
	in           string
}

func (s *standing) add(c comparison) {
	if c.allocs[0] > c.allocs[1] {
		s.more++
	}
	s.addRatio(c.toPeer, c.scenario)
}

func (s *standing) addRatio(r float64, scenario bench.Scenario) {
	if math.IsNaN(r) {
		s.unknown++
		return
	}
	s.count++
	s.logs += math.Log(r)
	if r > 1 {
		s.slower++
	}
	if r > s.worst {
		s.worst, s.in = r, scenario.Name+" "+scenario.Origins
	}
}

// scenarios returns the number of scenarios.
func (s *standing) scenarios() int { return s.count + s.unknown }

// worstText returns the worst ratio, marked if over 1.
func (s *standing) worstText() string {
	if s.count == 0 {
		return "-"
	}
	return mark(s.worst)
}

// mean returns the geometric mean of the ratios.
func (s *standing) mean() float64 { return math.Exp(s.logs / float64(s.count)) }

// summary returns how Crossgate compares with each peer over all scenarios, and with the
// floor in each framework.
func summary(all []comparison) string {
	peers := table{head: []string{"framework", "peer", "layer: crossgate / peer, geometric mean", "worst", "in",
		"hostile: mean", "worst", "in", "slower in", "more allocations in", "of scenarios"}, text: 2}
	floors := table{head: []string{"framework", "request: crossgate / floor, allowed, 1 origin", "10", "1000", "any",
		"worst but for hostile", "in"}, text: 1}
	for _, framework := range bench.Frameworks() {
		var floor standing
		allowed := map[string]float64{"1": math.NaN(), "10": math.NaN(), "1000": math.NaN(), "any": math.NaN()}
		for _, l := range bench.Libraries(framework) {
			var usual, hostile standing
			for _, c := range all {
				switch {
				case c.framework != framework || c.peer != l.Name:
					continue
				case strings.HasPrefix(c.scenario.Name, "hostile"):
					hostile.add(c)
					continue
				case c.scenario.Name == "actual-allowed":
					allowed[c.scenario.Origins] = c.toFloor
				}
				usual.add(c)
				floor.addRatio(c.toFloor, c.scenario)
			}
			if n := usual.scenarios() + hostile.scenarios(); n > 0 {
				peers.add(framework, l.Name, ratioText(usual.mean()), usual.worstText(), usual.in,
					ratioText(hostile.mean()), hostile.worstText(), hostile.in,
					fmt.Sprint(usual.slower+hostile.slower), fmt.Sprint(usual.more+hostile.more), fmt.Sprint(n))
			}
		}
		if floor.scenarios() > 0 {
			floors.add(framework, ratioText(allowed["1"]), ratioText(allowed["10"]), ratioText(allowed["1000"]), ratioText(allowed["any"]),
				ratioText(floor.worst), floor.in)
		}
	}
	return "## In short\n\n" + peers.String() + "\n" + floors.String() + "\n" + notes()
}

// notes says how the peers' answers differ from Crossgate's.
func notes() string {
	var b strings.Builder
	b.WriteString("The peer is the floor in fasthttp, which has no CORS middleware, and in echo v5, whose own has no wildcards.\n\n")
	b.WriteString("Every row's answer is checked before it is measured. Some libraries answer differently on purpose. They were checked for these answers:\n\n")
	seen := make(map[string]bool)
	for _, framework := range bench.Frameworks() {
		for _, l := range bench.Libraries(framework) {
			if l.Notes != "" && !seen[l.Name] {
				seen[l.Name] = true
				fmt.Fprintf(&b, "- %s: %s\n", l.Name, l.Notes)
			}
		}
	}
	return b.String()
}
