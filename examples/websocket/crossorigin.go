package websocket

import "net/http"

// Protect calls next for requests that protection allows, and for requests whose origin the
// policy allows. Others get 403. It is for programs that already use CrossOriginProtection.
// AddTrustedOrigin takes only exact origins, and they would be a second set of origins that
// a cors.Live does not replace. So give protection no trusted origins: if its Check refuses a
// request, Protect asks the policy. (SetDenyHandler does not help if several handlers share
// the protection, because it does not know which of them was denied.)
//
// allowsOrigin is as in Gate. Do not use a policy with "*" here: it would switch the
// protection off. A page that may read is not a page that you trust.
//
// Without a CrossOriginProtection, use Config.Enforce, which is simpler, as Site shows. With
// "*" it trusts no origin.
//
// Install the CORS middleware outside, so that it answers preflights and the 403 has CORS
// headers:
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
