package recipes

import (
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// ReportOnly goes around an application that has another CORS layer. It changes
// nothing, and reports where policy would not grant what that layer grants, or the
// reverse.
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
