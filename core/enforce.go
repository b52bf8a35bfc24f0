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

// enforce applies Config.Enforce to an actual CORS request: it refuses it if its origin is
// not trusted. The response keeps its CORS headers, so that a page that may read it sees
// the 403. flag is the anyFlag of the verdict, or 0.
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

// sameOrigin reports whether r, which has an Origin, comes from a page of the server's own
// origin. Without Sec-Fetch-Site, it compares the hosts.
func sameOrigin(r *Request) bool {
	r.complete()
	if trimOWS(r.FetchSite) != "" {
		return !crossSite(r.FetchSite)
	}
	return SameHost(r.Origin, r.Host)
}

// SameHost reports whether origin, the value of an Origin header, has the host and port
// that host names. Pass the request's Host as the client sent it. If SameHost is true, the
// page is the server's own, as far as a server can know. Schemes are not compared, because
// a server behind a proxy does not know its own. For origins with a scheme other than http
// and https the answer is false.
//
// If a proxy rewrites Host, the answer is false for the server's own pages: list the
// server's own origin. With DNS rebinding, an attacker makes a name of theirs resolve to
// your server, and the answer is true for their page. To prevent this, check that Host is a
// name that you serve.
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

// Allows reports whether d trusts the page that made r, by the rule of EnforceAll: the
// page's origin is listed, AllowOriginFunc allows it, or it is the server's own (see
// [SameHost]). A policy with "*" trusts only the server's own origin. A request without an
// Origin does not come from a script of a browser, so Allows returns true for it.
//
// It is for WebSocket upgraders, because CORS does not apply to WebSockets. The adapters
// have an Allows that takes the framework's request. Allows panics if d is nil (see
// [CheckDecider]).
func Allows(ctx context.Context, d Decider, r Request) bool {
	CheckDecider("cors.Allows", d)
	if r.Origin = trimOWS(r.Origin); r.Origin == "" {
		return true
	}
	if sameOrigin(&r) {
		return true
	}
	if r.Method == "OPTIONS" { // only the origin counts here, not what a preflight asks for
		r.RequestMethod, r.RequestHeaders = "", ""
	}
	decision := d.Decide(ctx, r)
	return decision.Reason() == Allowed && !decision.verdict.fromAny()
}
