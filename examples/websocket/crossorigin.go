package websocket

import "net/http"

// Protect lets requests through to next that protection lets through, and those
// whose origin the policy allows, patterns included; others get 403. It is for
// programs that have a CrossOriginProtection already: its AddTrustedOrigin takes
// exact origins alone, and keeps a second set of them, which no cors.Live replaces.
// So protection has no trusted origins, and what its Check refuses is put to the
// policy. (A handler of SetDenyHandler cannot call next where several handlers share
// the protection: it is not told which of them was denied.)
//
// allowsOrigin is as in Gate. A policy that allows any origin ("*") would switch the
// protection off: to let anybody read is not to trust anybody.
//
// Without a CrossOriginProtection, Config.Enforce does the same and is simpler, as
// Site shows. It also trusts nobody for "*".
//
// CORS belongs outside, so that preflights are answered and the 403 has its headers:
//
//	corshttp.New(policy)(Protect(protection, policy.AllowsOrigin, mux))
func Protect(protection *http.CrossOriginProtection, allowsOrigin func(string) bool, next http.Handler) http.Handler {
	listed := Gate{AllowsOrigin: allowsOrigin}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := protection.Check(r); err != nil && !listed.Admits(r) {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
