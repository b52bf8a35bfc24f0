package cors

import (
	"context"
	"strings"

	"github.com/crossgate/cors/core/internal/origin"
)

const (
	statusForbidden           = 403
	statusInternalServerError = 500
)

// enforce refuses, where Config.Enforce asks for it, an actual CORS request whose
// origin is not allowed. The response keeps its CORS headers, so that a page that
// may read it sees the 403. flag is what the verdict says besides a status.
func (p *Policy) enforce(reason Reason, flag uint16, r *Request) (Reason, uint16) {
	if p.config.Enforce == EnforceUnsafe && !unsafe(r.Method) {
		return reason, flag
	}
	// "*" lets anyone read; it trusts no one to write.
	if reason == Allowed && !p.origins.any || sameOrigin(r) {
		return reason, flag
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
// server's own origin. Where the browser does not say, the hosts are compared.
func sameOrigin(r *Request) bool {
	r.complete()
	if trimOWS(r.FetchSite) != "" {
		return !crossSite(r.FetchSite)
	}
	return SameHost(r.Origin, r.Host)
}

// SameHost reports whether a page at origin, which an Origin header holds, has the host
// and port that host names: a request's Host, as the client sent it. The page is then the
// server's own, as far as a server can tell. The schemes, of which a server behind a
// proxy does not know its own, are not compared; other origins than those of http and
// https are never the server's.
//
// A proxy that rewrites Host makes the answer false: list the server's own origin. And
// with DNS rebinding it can be true for a stranger's page, whose host's name was made to
// resolve to your server. Against that, check that Host is a name that you serve.
func SameHost(origin, host string) bool {
	o, ok := parseOrigin(origin)
	if !ok || o.Scheme != "http" && o.Scheme != "https" {
		return false
	}
	port, found := strings.CutPrefix(host, origin[len(o.Scheme)+len("://"):])
	if !found || port == "" {
		return found
	}
	// Host may spell out the default port, which an Origin leaves out.
	return port[0] == ':' && o.Port == 0 && isDefaultPort(port[1:], o.Scheme)
}

func isDefaultPort(port, scheme string) bool {
	n := origin.ParsePort(port)
	return n != 0 && n == origin.DefaultPort(scheme)
}

// Allows reports whether d trusts the page that made r, as EnforceAll does: its origin is
// listed or AllowOriginFunc allows it, or it is the server's own (see [SameHost]). Under
// "*" the server's own alone is trusted. A request without an Origin, which no browser's
// script made, passes.
//
// It is for WebSocket upgraders, since CORS does not apply to WebSockets. Their adapter's
// Allows reads r from the framework's request. Allows panics if d is nil (see
// [CheckDecider]).
func Allows(ctx context.Context, d Decider, r Request) bool {
	CheckDecider("cors.Allows", d)
	if r.Origin = trimOWS(r.Origin); r.Origin == "" {
		return true
	}
	if sameOrigin(&r) {
		return true
	}
	if r.Method == "OPTIONS" { // a preflight is decided by more than its origin
		r.RequestMethod, r.RequestHeaders = "", ""
	}
	decision := d.Decide(ctx, r)
	return decision.Reason() == Allowed && !decision.verdict.fromAny()
}
