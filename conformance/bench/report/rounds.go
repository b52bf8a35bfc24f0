package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// samples are the measurements of one row, by round.
type samples struct {
	ns     []float64 // per request
	allocs []float64 // per request
}

// takeTurns measures all rows in each round, each time in another order. No row is then
// always first, or always after the same row.
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

// orders returns an order of n rows for each round. It is the same in every run.
func orders(rounds, n int) [][]int {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the order must be fair, not unpredictable
	out := make([][]int, rounds)
	for i := range out {
		out[i] = random.Perm(n)
	}
	return out
}

// median returns the median of values, which must not be empty.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// paired returns the median of f over the rounds that a and b have in common.
func paired(a, b []float64, f func(a, b float64) float64) float64 {
	values := make([]float64, len(a))
	for i := range a {
		values[i] = f(a[i], b[i])
	}
	return median(values)
}

func difference(a, b float64) float64 { return a - b }

// ratio returns NaN if either value is too small to compare: a middleware that takes less
// than a nanosecond is lost in the noise.
func ratio(a, b float64) float64 {
	if a < 1 || b < 1 {
		return math.NaN()
	}
	return a / b
}
