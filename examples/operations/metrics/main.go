// Metrics of CORS decisions, for Prometheus at /metrics. PORT sets the port, and CORS_FILE
// names a document of policies that is followed while the server runs.
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

// newServer returns an application under the policy "public" and, next to it, its
// metrics. The file is followed until ctx ends; "" follows none.
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
