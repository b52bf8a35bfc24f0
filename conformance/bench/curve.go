package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Population is a number of patterns of a policy, a point on the curve.
type Population struct {
	Exact     int // exact origins
	Wildcards int // subdomain wildcards
	InLabel   int // wildcards inside a label, which no other library has
}

// Populations returns the points of the curve.
func Populations() []Population {
	return []Population{
		{Exact: 1}, {Exact: 10}, {Exact: 100}, {Exact: 1e3}, {Exact: 1e4}, {Exact: 1e5}, {Exact: 1e6},
		{Wildcards: 1e5},
		Largest(),
	}
}

// Largest returns the largest population that a policy is promised to support.
func Largest() Population { return Population{Exact: 1e6, Wildcards: 5e4, InLabel: 5e4} }

// Size returns the number of patterns.
func (p Population) Size() int { return p.Exact + p.Wildcards + p.InLabel }

// String names the population in benchmark names and in tables: "1000",
// "100000-wildcards", "1000000+100000-wildcards".
func (p Population) String() string {
	switch {
	case p.Wildcards+p.InLabel == 0:
		return strconv.Itoa(p.Exact)
	case p.Exact == 0:
		return fmt.Sprintf("%d-wildcards", p.Size())
	}
	return fmt.Sprintf("%d+%d-wildcards", p.Exact, p.Wildcards+p.InLabel)
}

// Config returns a policy with the population.
func (p Population) Config() cors.Config {
	patterns := make([]string, p.Size())
	for i := range patterns {
		before, after := p.around(i, i)
		if i < p.Exact {
			patterns[i] = before + region + after
		} else {
			patterns[i] = before + "*" + after
		}
	}
	return policy(patterns...)
}

// Scenario returns a GET request from one of the population's origins.
func (p Population) Scenario() Scenario {
	before, after := p.around(0, 0)
	origin := before + region + after
	return Scenario{"curve", p.String(), p.Config(), get(origin), allowed(origin)}
}

// region is the part of an origin that a pattern may replace by its wildcard.
const region = "eu"

// around returns the parts of the i-th pattern before and after the region, for the given
// customer. The hosts have as much in common as the hosts of a real service's customers.
func (p Population) around(i, customer int) (before, after string) {
	id := fmt.Sprintf("%08x", uint32(customer+1)*2654435761) //nolint:gosec // the overflow is intended, and each customer gets another id
	switch {
	case i < p.Exact:
		return "https://shop-", "." + id + ".example"
	case i < p.Exact+p.Wildcards:
		return "https://", "." + id + ".example"
	default:
		return "https://shop-", "." + id + ".example.com"
	}
}

// Hits returns an origin for each pattern, in random order.
func (p Population) Hits() []string { return p.lookups(0) }

// Misses returns as many similar origins that no pattern matches.
func (p Population) Misses() []string { return p.lookups(p.Size()) }

// lookups returns an origin for each pattern's shape, in random order, for customer
// numbers from first on. The origins lie next to each other in memory, because a real
// server has just read the Origin into its cache. Only the policy's memory is accessed at
// random.
func (p Population) lookups(first int) []string {
	order := rand.New(rand.NewPCG(1, 2)).Perm(p.Size()) //nolint:gosec // the same order in every run
	ends := make([]int, len(order))
	var b strings.Builder
	for i, n := range order {
		before, after := p.around(n, first+n)
		b.WriteString(before + region + after)
		ends[i] = b.Len()
	}
	text := b.String()
	lookups, start := make([]string, len(order)), 0
	for i, end := range ends {
		lookups[i] = text[start:end]
		start = end
	}
	return lookups
}
