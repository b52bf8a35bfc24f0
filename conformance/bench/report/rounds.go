package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// samples are what one row measured, round by round.
type samples struct {
	ns     []float64 // a request
	allocs []float64 // a request
}

// takeTurns measures all rows in each round, each time in another order, so that none
// is always first or always follows the same one.
func takeTurns(rounds int, rows []func(*testing.B)) []samples {
	out := make([]samples, len(rows))
	for _, order := range orders(rounds, len(rows)) {
		for _, i := range order {
			r := testing.Benchmark(rows[i])
			out[i].ns = append(out[i].ns, float64(r.T.Nanoseconds())/float64(r.N))
			out[i].allocs = append(out[i].allocs, float64(r.MemAllocs)/float64(r.N))
		}
	}
	return out
}

// orders returns an order of n rows for each round, the same ones in every run.
func orders(rounds, n int) [][]int {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // to be fair it need not be unpredictable
	out := make([][]int, rounds)
	for i := range out {
		out[i] = random.Perm(n)
	}
	return out
}

// median returns the median of values, which are not empty.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// paired returns the median of f over the rounds that a and b shared.
func paired(a, b []float64, f func(a, b float64) float64) float64 {
	values := make([]float64, len(a))
	for i := range a {
		values[i] = f(a[i], b[i])
	}
	return median(values)
}

func difference(a, b float64) float64 { return a - b }

// ratio is not a number where either is too small to compare: a layer that takes less
// than a nanosecond was lost in the noise.
func ratio(a, b float64) float64 {
	if a < 1 || b < 1 {
		return math.NaN()
	}
	return a / b
}
