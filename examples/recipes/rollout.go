package recipes

import (
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// ReportOnly wraps an application that uses another CORS middleware. It changes nothing. It
// reports each response that the policy would allow and the other middleware does not, or
// the reverse.
func ReportOnly(policy *cors.Policy, report func(granted string, x cors.Explanation)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked := cors.Request{
				Method: r.Method, Host: r.Host, Path: r.URL.EscapedPath(),
				Origin:         r.Header.Get("Origin"),
				RequestMethod:  r.Header.Get("Access-Control-Request-Method"),
				RequestHeaders: strings.Join(r.Header["Access-Control-Request-Headers"], ", "),
				FetchSite:      r.Header.Get("Sec-Fetch-Site"),
			}
			decision := policy.Decide(r.Context(), asked)
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
