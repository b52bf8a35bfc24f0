package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	cors "github.com/crossgate/cors/core"
)

// Collector lets Prometheus read a Tally. It reads the Tally only when Prometheus scrapes,
// so requests only pay for the Tally itself.
func Collector(tally *cors.Tally, policy string) prometheus.Collector {
	return collector{tally, prometheus.NewDesc("cors_decisions_total",
		"CORS decisions, by what the request is in the CORS protocol and by reason.",
		[]string{"kind", "reason"}, prometheus.Labels{"policy": policy})}
}

type collector struct {
	tally *cors.Tally
	desc  *prometheus.Desc
}

func (c collector) Describe(out chan<- *prometheus.Desc) { out <- c.desc }

func (c collector) Collect(out chan<- prometheus.Metric) {
	for outcome, n := range c.tally.All() {
		out <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(n), outcome.Kind.String(), outcome.Reason.String())
	}
}

// Instrument lets OpenTelemetry read a Tally.
func Instrument(meter metric.Meter, tally *cors.Tally, policy string) error {
	_, err := meter.Int64ObservableCounter("cors.decisions",
		metric.WithUnit("{decision}"),
		metric.WithDescription("CORS decisions, by what the request is in the CORS protocol and by reason."),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
			for outcome, n := range tally.All() {
				o.Observe(int64(n), metric.WithAttributes(
					attribute.String("cors.policy", policy),
					attribute.String("cors.kind", outcome.Kind.String()),
					attribute.String("cors.reason", outcome.Reason.String())))
			}
			return nil
		}))
	return err
}

// Loads counts loaded and failed policy documents for Prometheus. Pass its Report to
// policies.Follow.
type Loads struct {
	successful prometheus.Gauge
	total      *prometheus.CounterVec
}

// NewLoads returns a Loads and registers it with registry.
func NewLoads(registry prometheus.Registerer) *Loads {
	l := &Loads{
		successful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "cors_policies_last_load_successful",
			Help: "Whether the last document of policies could be loaded. If not, the one before it is in force.",
		}),
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cors_policies_loads_total",
			Help: "Documents of policies, by whether they could be loaded.",
		}, []string{"result"}),
	}
	l.successful.Set(1) // the program's own policies
	for _, result := range []string{"loaded", "failed"} {
		l.total.WithLabelValues(result)
	}
	registry.MustRegister(l.successful, l.total)
	return l
}

// Report counts a document that was loaded (nil) or could not be loaded.
func (l *Loads) Report(err error) {
	if err != nil {
		l.successful.Set(0)
		l.total.WithLabelValues("failed").Inc()
		return
	}
	l.successful.Set(1)
	l.total.WithLabelValues("loaded").Inc()
}
