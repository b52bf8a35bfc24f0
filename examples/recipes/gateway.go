package recipes

import (
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// Gateway answers preflights itself and forwards all other requests to upstream. It removes
// the upstream's own CORS headers.
func Gateway(d cors.Decider, upstream *url.URL) http.Handler {
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(upstream)
		r.SetXForwarded()
	}}
	return corshttp.New(d, cors.Guard(cors.PolicyWins))(proxy)
}
