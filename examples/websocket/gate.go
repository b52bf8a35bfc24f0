// Package websocket shows one set of origins used everywhere: for CORS, in
// WebSocket handshakes, and against cross-site request forgery.
//
// CORS does not cover WebSockets. A browser sends a handshake from any page to any
// server, without a preflight, with its cookies and an Origin header, and lets the
// page read what comes back (RFC 6455, section 10.2: the server is to verify Origin).
// Policy.AllowsOrigin is the policy's answer for such places.
package websocket

import "net/http"

// Gate decides which WebSocket handshakes to accept.
type Gate struct {
	// AllowsOrigin is a policy's method of that name. Of a cors.Live, ask the policy
	// in force at each handshake:
	//
	//	func(origin string) bool { return live.Load().AllowsOrigin(origin) }
	//
	// The method value live.Load().AllowsOrigin would keep today's policy for ever.
	AllowsOrigin func(origin string) bool

	// NonBrowsers accepts handshakes without an Origin header, which every browser
	// sends. They come from programs: no page can make its visitor's browser send
	// one. Accept them if programs are to connect; the Origin of a program proves
	// nothing anyway, so authenticate them otherwise.
	NonBrowsers bool
}

// Admits reports whether to accept the handshake r. Pages of the server's own origin
// send Origin with it as others do: list that origin, too. To compare Origin with
// Host instead, as the libraries do by default, leaves out the scheme, and admits
// whatever name somebody lets point at the server (DNS rebinding).
func (g Gate) Admits(r *http.Request) bool {
	switch lines := r.Header["Origin"]; len(lines) {
	case 0:
		return g.NonBrowsers
	case 1:
		return g.AllowsOrigin(lines[0])
	default: // from no browser; Header.Get would believe the first
		return false
	}
}
