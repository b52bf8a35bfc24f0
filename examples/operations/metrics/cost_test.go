package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/corslog"
)

// sink is a response without a connection.
type sink struct{ header http.Header }

func (s sink) Header() http.Header              { return s.header }
func (sink) Write(b []byte) (int, error)        { return len(b), nil }
func (sink) WriteHeader(int)                    {}
func ignore(http.ResponseWriter, *http.Request) {}

// BenchmarkWrappers measures what each wrapper costs a request under net/http, and what the
// same costs with Observe.
func BenchmarkWrappers(b *testing.B) {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com", "https://b.example.com"}, AllowMethods: []string{"PUT"}})
	live := new(cors.Live)
	live.Store(policy)
	log := func() *corslog.Log {
		return corslog.New(slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Hour)
	}
	vector := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decisions"}, []string{"kind", "reason"})
	counter, err := sdk.NewMeterProvider(sdk.WithReader(sdk.NewManualReader())).Meter("cors").Int64Counter("decisions")
	if err != nil {
		b.Fatal(err)
	}
	for _, request := range []struct {
		name, origin string
		reason       cors.Reason
	}{{"allowed", "https://app.example.com", cors.Allowed}, {"refused", "https://evil.example", cors.OriginNotAllowed}} {
		for _, wrapper := range []struct {
			name    string
			decider cors.Decider
		}{
			{"none", policy},
			{"live", live},
			{"tally", new(cors.Tally).Of(policy)},
			{"corslog", log().Of(policy)},
			{"tally-corslog-live", new(cors.Tally).Of(log().Of(live))},
			{"shadow", cors.Shadow(policy, policy, func(cors.Request, cors.Decision, cors.Decision) {})},
			{"observe", cors.Observe(policy, func(cors.Request, cors.Decision) {})},
			{"observe-prometheus", cors.Observe(policy, func(_ cors.Request, d cors.Decision) {
				vector.WithLabelValues(d.Kind().String(), d.Reason().String()).Inc()
			})},
			{"observe-opentelemetry", cors.Observe(policy, func(_ cors.Request, d cors.Decision) {
				counter.Add(context.Background(), 1, metric.WithAttributes(attribute.String("kind", d.Kind().String()), attribute.String("reason", d.Reason().String())))
			})},
		} {
			b.Run("request="+request.name+"/wrapper="+wrapper.name, func(b *testing.B) {
				r := httptest.NewRequest(http.MethodGet, "/items/1234", http.NoBody)
				r.Header.Set("Origin", request.origin)
				if got := wrapper.decider.Decide(b.Context(), cors.Request{Method: "GET", Origin: request.origin}).Reason(); got != request.reason {
					b.Fatalf("decided is %v", got)
				}
				handler := corshttp.New(wrapper.decider)(http.HandlerFunc(ignore))
				w := sink{http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					clear(w.header)
					handler.ServeHTTP(w, r)
				}
			})
		}
	}
}
