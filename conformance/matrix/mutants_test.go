package matrix

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/crossgate/cors/conformance/attacks"
)

// matcher reports whether the patterns allow an origin.
type matcher func(patterns []string, origin string) bool

// each makes a matcher for several patterns from one for a single pattern.
func each(match func(pattern, origin string) bool) matcher {
	return func(patterns []string, origin string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return match(p, origin) })
	}
}

// mutants are the wrong matchers that the corpus names.
func mutants() map[string]matcher {
	all := make(map[string]matcher)
	for _, some := range []map[string]matcher{textMutants(), regexMutants(), hostMutants(), portMutants(), normalMutants(), policyMutants()} {
		maps.Copy(all, some)
	}
	return all
}

// TestMutantsAreKilled checks that the corpus distinguishes wrong matchers from right
// ones: a mutant must fail each case that names it. If the corpus did not find a wrong
// matcher, package cors could contain it too.
func TestMutantsAreKilled(t *testing.T) {
	t.Parallel()
	all := mutants()
	killers := make(map[string]int)
	for _, c := range attacks.Cases(t) {
		if c.Kind != attacks.Origin {
			continue
		}
		origin := c.Asks()[0].Request().Origin
		for _, name := range c.Naive {
			mutant, found := all[name]
			if !assert.True(t, found, "%s names %q, but there is no such mutant", c.ID, name) {
				continue
			}
			killers[name]++
			assert.True(t, mutant(c.Policy.Origins, origin), "%s: %s does not allow %.120q for %q", c.ID, name, origin, c.Policy.Origins)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		assert.NotZero(t, killers[name], "no case kills %s", name)
	}
	t.Logf("%d mutants, of which each fails 1 to %d cases", len(all), slices.Max(slices.Collect(maps.Values(killers))))
}

// TestMutantsMatch checks that the mutants are plausible matchers: they allow the allowed
// origins, but not every origin.
func TestMutantsMatch(t *testing.T) {
	t.Parallel()
	const pattern = "https://app.example.com"
	for name, mutant := range mutants() {
		assert.True(t, mutant([]string{pattern}, pattern), "%s refuses the allowed origin", name)
		assert.False(t, mutant([]string{pattern}, "https://evil.test"), "%s allows every origin", name)
	}
}
