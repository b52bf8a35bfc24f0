package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
)

// counted returns the Tally of a server that got 3 requests that its policy allows, 2 that
// it does not, and one without Origin.
func counted(t *testing.T) *cors.Tally {
	t.Helper()
	var tally cors.Tally
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	app := corshttp.New(tally.Of(policy))(http.NotFoundHandler())
	page := corstest.From("https://app.example.com")
	for range 3 {
		page.Get("/items").Allowed(t, app)
	}
	page.Put("/items").Blocked(t, app)
	corstest.From("https://evil.example").Get("/items").Blocked(t, app)
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/items", http.NoBody))
	return &tally
}

// Prometheus reads the decisions that were made. Each pair of kind and reason exists from
// the start, so that rates are right.
func TestPrometheus(t *testing.T) {
	t.Parallel()
	tally := counted(t)
	collector := Collector(tally, "partners")
	problems, err := testutil.CollectAndLint(collector)
	require.NoError(t, err)
	assert.Empty(t, problems, "promtool's rules for names and help")

	var pairs int
	for range tally.All() {
		pairs++
	}
	assert.Equal(t, pairs, testutil.CollectAndCount(collector))
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(collector, Collector(new(cors.Tally), "public"))
	assert.Empty(t, firstError(registry), "two policies in one registry")

	var expected strings.Builder
	expected.WriteString("# HELP cors_decisions_total CORS decisions, by what the request is in the CORS protocol and by reason.\n# TYPE cors_decisions_total counter\n")
	want := map[string]string{
		`kind="actual",policy="partners",reason="allowed"`: "3", `kind="actual",policy="partners",reason="origin-not-allowed"`: "1",
		`kind="preflight",policy="partners",reason="method-not-allowed"`: "1", `kind="not-cors",policy="partners",reason="allowed"`: "1",
	}
	for outcome := range tally.All() {
		labels := `kind="` + outcome.Kind.String() + `",policy="partners",reason="` + outcome.Reason.String() + `"`
		value := want[labels]
		if value == "" {
			value = "0"
		}
		expected.WriteString("cors_decisions_total{" + labels + "} " + value + "\n")
	}
	assert.NoError(t, testutil.CollectAndCompare(collector, strings.NewReader(expected.String())))
}

func firstError(g prometheus.Gatherer) error {
	_, err := g.Gather()
	return err
}

// OpenTelemetry reads the same.
func TestOpenTelemetry(t *testing.T) {
	t.Parallel()
	reader := sdk.NewManualReader()
	provider := sdk.NewMeterProvider(sdk.WithReader(reader))
	require.NoError(t, Instrument(provider.Meter("cors"), counted(t), "partners"))
	var read metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &read))
	require.Len(t, read.ScopeMetrics, 1)
	require.Len(t, read.ScopeMetrics[0].Metrics, 1)
	sum, isSum := read.ScopeMetrics[0].Metrics[0].Data.(metricdata.Sum[int64])
	require.True(t, isSum)
	assert.True(t, sum.IsMonotonic)
	assert.Equal(t, metricdata.CumulativeTemporality, sum.Temporality)
	got := make(map[string]int64)
	for _, point := range sum.DataPoints {
		kind, _ := point.Attributes.Value("cors.kind")
		reason, _ := point.Attributes.Value("cors.reason")
		policy, _ := point.Attributes.Value("cors.policy")
		if point.Value != 0 {
			got[policy.AsString()+" "+kind.AsString()+" "+reason.AsString()] = point.Value
		}
	}
	assert.Equal(t, map[string]int64{
		"partners actual allowed": 3, "partners actual origin-not-allowed": 1, "partners preflight method-not-allowed": 1, "partners not-cors allowed": 1,
	}, got)
	require.NoError(t, provider.Shutdown(context.Background()))
}

// The server serves its metrics, and says whether it could load its file.
func TestServer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cors.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"public": {"allowOrigins": ["https://new.example.com"]}}`), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server, err := newServer(ctx, file, time.Millisecond)
	require.NoError(t, err)
	scrape := func() string {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
		require.Equal(t, http.StatusOK, w.Code)
		return w.Body.String()
	}
	has := func(line string) func() bool {
		return func() bool { return strings.Contains("\n"+scrape(), "\n"+line+"\n") }
	}
	require.Eventually(t, has(`cors_policies_loads_total{result="loaded"} 1`), time.Minute, time.Millisecond)
	assert.True(t, has("cors_policies_last_load_successful 1")())
	corstest.From("https://new.example.com").Get("/items").Allowed(t, server)
	corstest.From("https://app.example.com").Get("/items").Blocked(t, server)
	corstest.From("https://new.example.com").Get("/metrics").Blocked(t, server)
	assert.True(t, has(`cors_decisions_total{kind="actual",policy="public",reason="allowed"} 1`)())

	require.NoError(t, os.WriteFile(file, []byte(`{"public": {}}`), 0o600))
	require.Eventually(t, has("cors_policies_last_load_successful 0"), time.Minute, time.Millisecond)
	corstest.From("https://new.example.com").Get("/items").Allowed(t, server)
	require.NoError(t, os.WriteFile(file, []byte(`{"public": {"allowOrigins": ["https://app.example.com"]}}`), 0o600))
	require.Eventually(t, has("cors_policies_last_load_successful 1"), time.Minute, time.Millisecond)
	corstest.From("https://app.example.com").Get("/items").Allowed(t, server)
}
