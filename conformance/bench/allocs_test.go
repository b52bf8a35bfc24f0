//go:build !race

package bench_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/bench"
	cors "github.com/crossgate/cors/core"
)

// The most allocations that are allowed: none in the core and under fiber, and one
// elsewhere, for the values that are set. The race detector allocates too, so these tests
// are not built with it.

func TestLayerAllocations(t *testing.T) {
	// Any middleware that sets a header has this cost. In echo v4, each request makes new
	// closures of all middleware.
	ceilings := map[string]float64{"net-http": 1, "chi": 1, "gin": 1, "echo": 2, "echo-v5": 1, "fiber": 0, "fiber-v3": 0, "fasthttp": 0}
	// Several lines of one header are joined into one value (RFC 9110, section 5.2).
	joined := map[string]float64{"hostile-headers-lines": 1, "hostile-origin-lines": 1}

	for _, framework := range bench.Frameworks() {
		for _, s := range bench.Scenarios() {
			t.Run("framework="+framework+"/"+s.String(), func(t *testing.T) {
				allocs := make(map[string]float64)
				for _, l := range bench.Libraries(framework) {
					if l.Name == bench.None || l.Name == bench.Floor || l.Name == bench.Own {
						target, err := l.New(s)
						require.NoError(t, err)
						require.NoError(t, target.Check())
						allocs[l.Name] = testing.AllocsPerRun(100, target.Serve)
					}
				}
				ceiling := ceilings[framework]
				if s.Preflight() && framework == "echo" {
					ceiling-- // for a preflight, lib=none has a middleware too
				}
				assert.InDelta(t, ceiling, allocs[bench.Floor]-allocs[bench.None], 0, "the floor's")
				assert.LessOrEqual(t, allocs[bench.Own]-allocs[bench.None], ceiling+joined[s.Name], "Crossgate's")
			})
		}
	}
}

func TestDecideAllocations(t *testing.T) {
	ctx := context.Background()
	for _, r := range bench.Rulings() {
		t.Run(r.Name, func(t *testing.T) {
			got := testing.AllocsPerRun(100, func() { r.Decider.Decide(ctx, r.Request) })
			if r.Asks {
				most := 5.0 // one copy of each string
				if r.Reason == cors.OriginCheckFailed {
					most++ // one more for Decision.Err
				}
				assert.LessOrEqual(t, got, most)
			} else {
				assert.Zero(t, got)
			}
		})
	}
}
