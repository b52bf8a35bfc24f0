package recipes

import (
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Timing lets pages of the policy's origins read the detailed timing of their fetches
// (Resource Timing, "Timing-Allow-Origin"). It goes around a handler, next to the CORS
// middleware.
func Timing(policy *cors.Policy, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); policy.AllowsOrigin(origin) {
			w.Header().Set("Timing-Allow-Origin", origin)
		}
		next.ServeHTTP(w, r)
	})
}
