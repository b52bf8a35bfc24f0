package websocket

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// Config is the site's policy, and the only place that names an origin.
func Config() cors.Config {
	return cors.Config{
		AllowOrigins: []string{
			"https://shop.example.org",
			"https://*.example.com", // not example.com itself
		},
		AllowCredentials: true,
		// Writes from other origins get 403. A handshake is a GET, so the gate must refuse it.
		Enforce: cors.EnforceUnsafe,
	}
}

// Site returns a site with two WebSocket endpoints and a resource. All of them allow the
// origins of live's current policy.
func Site(live *cors.Live) http.Handler {
	gate := Gate{
		AllowsOrigin: func(origin string) bool { return live.Load().AllowsOrigin(origin) },
		NonBrowsers:  false, // this site serves pages alone
	}
	mux := http.NewServeMux()
	mux.Handle("GET /gorilla", Gorilla(gate))
	mux.Handle("GET /coder", Coder(gate))
	mux.HandleFunc("POST /orders", Order)
	return corshttp.New(live)(mux)
}

// Order takes an order.
func Order(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }
