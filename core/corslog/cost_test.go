package corslog_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/corslog"
)

// An allowed request costs no allocation. Nor does a refusal that is only counted.
func TestAllocations(t *testing.T) {
	d := corslog.New(slog.New(slog.DiscardHandler), time.Hour).Of(compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT"}}))
	for name, r := range map[string]cors.Request{
		"not CORS": get(""), "an allowed request": get(app), "an allowed preflight": preflight(app, "PUT"),
		"a refusal that is known": get(evil), "a preflight whose refusal is known": preflight(app, "DELETE"),
	} {
		d.Decide(context.Background(), r)
		if n := testing.AllocsPerRun(100, func() { d.Decide(context.Background(), r) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// The cost of a Log, and of the same lines written with cors.Observe.
func BenchmarkLog(b *testing.B) {
	policy := compile(b, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT"}})
	logger := slog.New(slog.NewJSONHandler(io.Discard, nil))
	observed := cors.Observe(policy, func(r cors.Request, d cors.Decision) {
		if d.Reason() != cors.Allowed {
			logger.Warn("cors: refused", "origin", r.Origin, "reason", d.Reason())
		}
	})
	for _, scenario := range []struct {
		name   string
		r      cors.Request
		reason cors.Reason
	}{{"allowed", get(app), cors.Allowed}, {"refused", get(evil), cors.OriginNotAllowed}} {
		for name, d := range map[string]cors.Decider{"plain": policy, "corslog": corslog.New(logger, time.Hour).Of(policy), "observe": observed} {
			b.Run("scenario="+scenario.name+"/log="+name, func(b *testing.B) {
				if got := d.Decide(b.Context(), scenario.r).Reason(); got != scenario.reason {
					b.Fatalf("decided is %v", got)
				}
				b.ReportAllocs()
				for b.Loop() {
					d.Decide(context.Background(), scenario.r)
				}
			})
		}
	}
}
