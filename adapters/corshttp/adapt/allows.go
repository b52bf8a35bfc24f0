package adapt

import (
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Allows is cors.Allows for an http.Request.
func Allows(d cors.Decider, r *http.Request) bool {
	req := cors.Request{Method: r.Method, Origin: single(r.Header["Origin"])}
	req.Host, req.Path, req.FetchSite = (*source)(r).Metadata()
	return cors.Allows(r.Context(), d, req)
}
