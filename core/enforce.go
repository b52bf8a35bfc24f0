package cors

import (
	"strings"

	"github.com/crossgate/cors/core/internal/origin"
)

const statusForbidden = 403

// enforce refuses, where Config.Enforce asks for it, an actual CORS request whose
// origin is not allowed. The response keeps its CORS headers, so that a page that
// may read it sees the 403.
func (p *Policy) enforce(reason Reason, r *Request) (Reason, uint16) {
	if p.config.Enforce == EnforceUnsafe && !unsafe(r.Method) {
		return reason, 0
	}
	// To let anybody read is not to trust anybody.
	if reason == Allowed && !p.origins.any || sameOrigin(r) {
		return reason, 0
	}
	if reason == Allowed {
		reason = OriginNotAllowed
	}
	return reason, statusForbidden
}

// unsafe reports whether requests with the method may change something (RFC 9110,
// section 9.2.1). TRACE, which is safe, does not come from browsers.
func unsafe(method string) bool {
	return method != "GET" && method != "HEAD" && method != "OPTIONS"
}

// crossSite reports whether a browser says that the request comes from a page of
// another origin (Fetch Metadata, "Sec-Fetch-Site").
func crossSite(fetchSite string) bool {
	fetchSite = trimOWS(fetchSite)
	return fetchSite != "" && fetchSite != "same-origin" && fetchSite != "none"
}

// sameOrigin reports whether r, which has an Origin, comes from a page of the
// server's own origin. Where the browser does not say, Origin's host and port are
// held against Host; the scheme, which the server may not know, is not.
func sameOrigin(r *Request) bool {
	if trimOWS(r.FetchSite) != "" {
		return !crossSite(r.FetchSite)
	}
	o, ok := parseOrigin(r.Origin)
	if !ok {
		return false
	}
	port, found := strings.CutPrefix(r.Host, r.Origin[len(o.Scheme)+len("://"):])
	if !found || port == "" {
		return found
	}
	// Host may spell out the default port, which an Origin leaves out.
	n := origin.ParsePort(port[1:])
	return port[0] == ':' && o.Port == 0 && n != 0 && n == origin.DefaultPort(o.Scheme)
}
