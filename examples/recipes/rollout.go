package recipes

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// ReportOnly goes around an application that has another CORS layer. It changes
// nothing, and reports where policy would not grant what that layer grants, or the
// reverse.
func ReportOnly(policy *cors.Policy, report func(granted string, x cors.Explanation)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var asked cors.Request
			var decision cors.Decision
			keep := cors.Observe(policy, func(q cors.Request, _ cors.Decision) { asked = q })
			corshttp.Decide(&decision, keep, r)
			next.ServeHTTP(w, r)
			if decision.Kind() == cors.NotCORS {
				return
			}
			granted := w.Header().Get("Access-Control-Allow-Origin")
			if (granted == "*" || granted == asked.Origin) != (decision.Reason() == cors.Allowed) {
				report(granted, policy.Explain(r.Context(), asked))
			}
		})
	}
}
