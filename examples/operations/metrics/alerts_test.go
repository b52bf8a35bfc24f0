package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/template"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	cors "github.com/crossgate/cors/core"
)

// rules is a file of rules. It has only the fields that alerts.yml uses.
type rules struct {
	Groups []struct {
		Name  string
		Rules []rule
	}
}

type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

// TestAlerts reads alerts.yml as Prometheus does, and compares its names of metrics, labels
// and values with what the program exposes.
func TestAlerts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("alerts.yml")
	require.NoError(t, err)
	alerts, problems := checkRules(text, exposed(t))
	assert.Empty(t, problems)
	assert.Equal(t, 2, alerts)
}

// TestAlertsNotices: mistakes in rules are found.
func TestAlertsNotices(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("alerts.yml")
	require.NoError(t, err)
	for mistake, want := range map[string]string{
		"cors_decisions_total -> cors_decision_total":      "there is no metric cors_decision_total",
		`kind="actual" -> kind="actually"`:                 `kind="actually" is no value of cors_decisions_total`,
		`reason="origin-not-allowed" -> why="x"`:           "cors_decisions_total has no label why",
		"cors:refused_origins:share15m -> refused_origins": "",
		"offset 1d or -> offset 1d 0r":                     "unparsed data",
		"for: 10m -> for: 10 minutes":                      "unknown unit",
		"      - record: -> for: -":                        "yaml",
		"annotations: -> anotations:":                      "anotations",
		"humanizePercentage -> humanisePercentage":         "humanisePercentage",
	} {
		from, to, _ := strings.Cut(mistake, " -> ")
		broken := strings.ReplaceAll(string(text), from, to)
		require.NotEqual(t, string(text), broken, mistake)
		_, problems := checkRules([]byte(broken), exposed(t))
		if want == "" {
			assert.Empty(t, problems, mistake)
			continue
		}
		assert.Contains(t, strings.Join(problems, "\n"), want, mistake)
	}
}

// exposed returns what the program exposes, by metric.
func exposed(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(Collector(new(cors.Tally), "public"))
	NewLoads(registry)
	families, err := registry.Gather()
	require.NoError(t, err)
	byName := make(map[string]*dto.MetricFamily)
	for _, family := range families {
		byName[family.GetName()] = family
	}
	return byName
}

// checkRules returns what is wrong with the rules, and how many alerts there are.
func checkRules(text []byte, exposed map[string]*dto.MetricFamily) (alerts int, problems []string) {
	var file rules
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return 0, []string{err.Error()}
	}
	recorded := make(map[string]bool)
	for _, group := range file.Groups {
		for _, r := range group.Rules {
			complain := func(err error) {
				if err != nil {
					problems = append(problems, r.Alert+r.Record+": "+err.Error())
				}
			}
			expression, err := metricsql.Parse(r.Expr)
			complain(err)
			if err != nil {
				continue
			}
			metricsql.VisitAll(expression, func(e metricsql.Expr) {
				if metric, is := e.(*metricsql.MetricExpr); is {
					complain(checkMetric(metric, exposed, recorded))
				}
			})
			if r.Record != "" {
				recorded[r.Record] = true
				continue
			}
			alerts++
			_, err = model.ParseDuration(r.For)
			complain(err)
			for name, annotation := range r.Annotations {
				functions := template.FuncMap{"humanizePercentage": fmt.Sprint}
				_, err := template.New(name).Funcs(functions).Parse("{{ $labels := 1 }}{{ $value := 1 }}" + annotation)
				complain(err)
			}
		}
	}
	return alerts, problems
}

// checkMetric looks for a metric with these labels.
func checkMetric(metric *metricsql.MetricExpr, exposed map[string]*dto.MetricFamily, recorded map[string]bool) error {
	for _, filters := range metric.LabelFilterss {
		name := filters[0].Value
		if recorded[name] {
			continue
		}
		family := exposed[name]
		if family == nil {
			return fmt.Errorf("there is no metric %s", name)
		}
		for _, filter := range filters[1:] {
			values := make(map[string]bool)
			for _, m := range family.GetMetric() {
				for _, label := range m.GetLabel() {
					if label.GetName() == filter.Label {
						values[label.GetValue()] = true
					}
				}
			}
			if len(values) == 0 {
				return fmt.Errorf("%s has no label %s", name, filter.Label)
			}
			if !filter.IsRegexp && !filter.IsNegative && !values[filter.Value] {
				return fmt.Errorf("%s=%q is no value of %s", filter.Label, filter.Value, name)
			}
		}
	}
	return nil
}
