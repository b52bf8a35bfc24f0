// Metrics of CORS decisions, for Prometheus at /metrics. PORT sets the port. CORS_FILE names
// a document of policies; the server follows its changes.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

func main() {
	handler, err := newServer(context.Background(), os.Getenv("CORS_FILE"), 5*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "8080"), handler))
}

// newServer returns an application with the policy "public", and its metrics. It follows the
// file until ctx ends, unless file is "".
func newServer(ctx context.Context, file string, every time.Duration) (http.Handler, error) {
	set, err := policies.New(map[string]cors.Config{"public": {AllowOrigins: []string{"https://app.example.com"}}})
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	var public cors.Tally
	registry.MustRegister(Collector(&public, "public"))
	loads := NewLoads(registry)
	if file != "" {
		go policies.Follow(ctx, policies.File(file), every, set.LoadJSON, loads.Report)
	}

	app := http.NewServeMux()
	app.HandleFunc("GET /items", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, `["anchor","beacon"]`) })
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.Handle("/", corshttp.New(public.Of(set.Get("public")))(app))
	return mux, nil
}
