package bench_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/bench"
	cors "github.com/crossgate/cors/core"
)

func TestEveryRowAnswersAsItsNameSays(t *testing.T) {
	t.Parallel()
	eachRow(func(s bench.Scenario, l bench.Library) {
		t.Run("framework="+l.Framework+"/"+s.String()+"/lib="+l.Name, func(t *testing.T) {
			t.Parallel()
			target, err := l.New(s)
			require.NoError(t, err)
			assert.NoError(t, target.Check())
			assert.NoError(t, target.Check(), "the second time")
		})
	})
}

// eachRow calls do for every scenario and library.
func eachRow(do func(bench.Scenario, bench.Library)) {
	for _, framework := range bench.Frameworks() {
		for _, s := range bench.Scenarios() {
			for _, l := range bench.Libraries(framework) {
				do(s, l)
			}
		}
	}
}

// A library that is missing here would be missing from the report without notice.
func TestEveryFrameworkHasItsLibraries(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"net-http": {"none", "floor", "crossgate", "jub0bs", "rs"},
		"chi":      {"none", "floor", "crossgate", "go-chi", "jub0bs", "rs"},
		"gin":      {"none", "floor", "crossgate", "gin-contrib"},
		"echo":     {"none", "floor", "crossgate", "echo"},
		"echo-v5":  {"none", "floor", "crossgate"},
		"fiber":    {"none", "floor", "crossgate", "fiber"},
		"fiber-v3": {"none", "floor", "crossgate", "fiber"},
		"fasthttp": {"none", "floor", "crossgate"},
	}
	got := make(map[string][]string)
	for _, framework := range bench.Frameworks() {
		for _, l := range bench.Libraries(framework) {
			assert.Equal(t, framework, l.Framework)
			got[framework] = append(got[framework], l.Name)
		}
	}
	assert.Equal(t, want, got)
}

// A target whose answer differs from its row's name must not be measured.
func TestCheckNoticesAnotherAnswer(t *testing.T) {
	t.Parallel()
	for _, framework := range bench.Frameworks() {
		for _, l := range bench.Libraries(framework) {
			if l.Name == bench.None || l.Name == bench.Floor {
				continue // these give every scenario the same answer
			}
			target, err := l.New(bench.Population{Exact: 10}.Scenario())
			require.NoError(t, err)
			require.NoError(t, target.Check())
			target.SetOrigin("https://app.example.org")
			assert.ErrorContains(t, target.Check(), "Access-Control-Allow-Origin", "%s, %s", framework, l.Name)
		}
	}
}

func TestRulings(t *testing.T) {
	t.Parallel()
	kinds, reasons := make(map[cors.Kind]bool), make(map[cors.Reason]bool)
	for _, r := range bench.Rulings() {
		t.Run(r.Name, func(t *testing.T) {
			d := r.Decider.Decide(context.Background(), r.Request)
			assert.Equal(t, r.Kind, d.Kind(), "kind")
			assert.Equal(t, r.Reason, d.Reason(), "reason")
			assert.Equal(t, r.Status, d.Status(), "status")
		})
		kinds[r.Kind], reasons[r.Reason] = true, true
	}
	assert.Len(t, kinds, 3, "every kind must be measured")
	for reason := cors.NoPolicy; reason <= cors.HeadersTooLong; reason++ {
		assert.True(t, reasons[reason], "%s is not measured", reason)
	}
}

func TestPopulationsAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, p := range []bench.Population{{Exact: 1}, {Exact: 1000}, {Wildcards: 1000}, {InLabel: 1000}, {Exact: 500, Wildcards: 300, InLabel: 200}} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			config := p.Config()
			policy, err := cors.Compile(config)
			require.NoError(t, err)
			assert.Len(t, config.AllowOrigins, p.Size())
			assert.Len(t, policy.Config().AllowOrigins, p.Size(), "no pattern may match what another matches")
			hits, misses := p.Hits(), p.Misses()
			assert.Len(t, hits, p.Size())
			assert.Len(t, misses, p.Size())
			for i := range hits {
				require.Equal(t, cors.Allowed, policy.Decide(ctx, cors.Request{Method: "GET", Origin: hits[i]}).Reason(), hits[i])
				require.Equal(t, cors.OriginNotAllowed, policy.Decide(ctx, cors.Request{Method: "GET", Origin: misses[i]}).Reason(), misses[i])
			}
		})
	}
}

func TestTheCurveNamesOnlyLibrariesThatCanDrawIt(t *testing.T) {
	t.Parallel()
	small := []bench.Population{{Exact: 10}, {Wildcards: 10}, {Exact: 10, Wildcards: 5, InLabel: 5}}
	for _, framework := range bench.Frameworks() {
		for _, p := range small {
			for _, l := range bench.OnCurve(framework, p) {
				target, err := l.New(p.Scenario())
				require.NoError(t, err, "%s, %s, %s", framework, p, l.Name)
				require.NoError(t, target.Check())
				for i, origin := range p.Hits() {
					assert.Equal(t, l.Name != bench.None, target.Allows(origin), "%s, %s, %s: %s", framework, p, l.Name, origin)
					assert.False(t, target.Allows(p.Misses()[i]), "%s, %s, %s: a miss", framework, p, l.Name)
				}
			}
		}
	}
}
