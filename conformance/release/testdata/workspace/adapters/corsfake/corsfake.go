// Package corsfake is an adapter for net/http.
package corsfake

import (
	"net/http"

	cors "project.example/fake/core"
)

// New wraps next.
func New(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		allowed := cors.Allows(r.Header.Get("Origin"))
		if allowed {
			w.Header().Set("Access-Control-Allow-Origin", cors.Origin)
		}
		switch {
		case r.Method != http.MethodOptions:
			next.ServeHTTP(w, r)
		case allowed:
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.WriteHeader(http.StatusNoContent)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	})
}
