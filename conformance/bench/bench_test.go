package bench_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/bench"
	cors "github.com/crossgate/cors/core"
)

// BenchmarkLayer measures whole requests. Subtract lib=none to get the cost of the
// middleware.
func BenchmarkLayer(b *testing.B) {
	for _, framework := range bench.Frameworks() {
		b.Run("framework="+framework, func(b *testing.B) {
			for _, s := range bench.Scenarios() {
				b.Run(s.String(), func(b *testing.B) {
					for _, l := range bench.Libraries(framework) {
						b.Run("lib="+l.Name, func(b *testing.B) {
							target := newTarget(b, l, s)
							b.ReportAllocs()
							for b.Loop() {
								target.Serve()
							}
						})
					}
				})
			}
		})
	}
}

// BenchmarkDecide measures the core alone.
func BenchmarkDecide(b *testing.B) {
	ctx := context.Background()
	for _, r := range bench.Rulings() {
		b.Run("outcome="+r.Name, func(b *testing.B) {
			require.Equal(b, r.Reason, r.Decider.Decide(ctx, r.Request).Reason())
			b.ReportAllocs()
			for b.Loop() {
				r.Decider.Decide(ctx, r.Request)
			}
		})
	}
}

// BenchmarkCurve measures the core at growing numbers of origins.
func BenchmarkCurve(b *testing.B) {
	for _, p := range bench.Populations() {
		b.Run("origins="+p.String(), func(b *testing.B) {
			policy := cors.MustCompile(p.Config())
			hits := p.Hits()
			b.Run("look-up=hit/order=random", func(b *testing.B) { decideAll(b, policy, hits, cors.Allowed) })
			b.Run("look-up=hit/order=same", func(b *testing.B) { decideAll(b, policy, hits[:1], cors.Allowed) })
			b.Run("look-up=miss/order=random", func(b *testing.B) { decideAll(b, policy, p.Misses(), cors.OriginNotAllowed) })
		})
	}
}

func decideAll(b *testing.B, policy *cors.Policy, origins []string, want cors.Reason) {
	b.Helper()
	ctx := context.Background()
	r := cors.Request{Method: "GET", Origin: origins[0]}
	require.Equal(b, want, policy.Decide(ctx, r).Reason())
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		r.Origin = origins[i]
		policy.Decide(ctx, r)
		if i++; i == len(origins) {
			i = 0
		}
	}
}

// BenchmarkLayerCurve measures the libraries at growing numbers of origins.
func BenchmarkLayerCurve(b *testing.B) {
	for _, framework := range bench.Frameworks() {
		b.Run("framework="+framework, func(b *testing.B) {
			for _, p := range bench.Populations() {
				libraries := bench.OnCurve(framework, p)
				if len(libraries) == 0 {
					continue
				}
				b.Run("origins="+p.String(), func(b *testing.B) {
					s, hits := p.Scenario(), p.Hits()
					for _, l := range libraries {
						b.Run("lib="+l.Name, func(b *testing.B) {
							target := newTarget(b, l, s)
							b.ReportAllocs()
							i := 0
							for b.Loop() {
								target.SetOrigin(hits[i])
								target.Serve()
								if i++; i == len(hits) {
									i = 0
								}
							}
						})
					}
				})
			}
		})
	}
}

// BenchmarkCompile measures the compilation of the largest policy.
func BenchmarkCompile(b *testing.B) {
	p := bench.Largest()
	config := p.Config()
	b.Run("origins="+p.String(), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := cors.Compile(config)
			require.NoError(b, err)
		}
	})
}

// newTarget returns a checked target, so that every row measures what its name says.
func newTarget(b *testing.B, l bench.Library, s bench.Scenario) *bench.Target {
	b.Helper()
	target, err := l.New(s)
	require.NoError(b, err)
	require.NoError(b, target.Check())
	return target
}

// BenchmarkGuard measures the cost of the guard.
func BenchmarkGuard(b *testing.B) {
	for _, framework := range bench.Frameworks() {
		b.Run("framework="+framework, func(b *testing.B) {
			for _, s := range bench.Scenarios() {
				if s.Name != "no-origin" && s.Name != "actual-allowed" {
					continue
				}
				b.Run(s.String(), func(b *testing.B) {
					for _, l := range bench.Guards(framework) {
						b.Run("lib="+l.Name, func(b *testing.B) {
							target := newTarget(b, l, s)
							b.ReportAllocs()
							for b.Loop() {
								target.Serve()
							}
						})
					}
				})
			}
		})
	}
}

// BenchmarkMount measures the cost of policies for groups and routes, compared with New
// and with New with a guard. Subtract lib=none to get the cost of the middleware.
func BenchmarkMount(b *testing.B) {
	for _, m := range bench.Mounts(100) {
		b.Run(m.String(), func(b *testing.B) {
			target := newMounted(b, m)
			b.ReportAllocs()
			for b.Loop() {
				target.Serve()
			}
		})
	}
}

// BenchmarkMount404 measures what a 404 costs with 10 routes and with 10,000.
func BenchmarkMount404(b *testing.B) {
	for _, routes := range []int{10, 10_000} {
		for _, m := range bench.Mounts(routes) {
			if m.Scenario == "404" && (m.Layer == bench.None || m.Layer == bench.Mount) {
				b.Run(m.String(), func(b *testing.B) {
					target := newMounted(b, m)
					for b.Loop() {
						target.Serve()
					}
				})
			}
		}
	}
}

func newMounted(tb testing.TB, m bench.Mounted) *bench.Target {
	tb.Helper()
	target, err := m.New()
	require.NoError(tb, err)
	if m.Layer != bench.None {
		require.NoError(tb, target.Check())
	}
	return target
}

func TestMountsAnswerAsTheirNamesSay(t *testing.T) {
	t.Parallel()
	for _, m := range bench.Mounts(20) {
		newMounted(t, m)
	}
}
