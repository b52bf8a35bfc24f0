// Package websocket shows how to use one set of origins everywhere: for CORS, for WebSocket
// handshakes, and against cross-site request forgery.
//
// CORS does not apply to WebSockets. A browser lets any page open a WebSocket to any server.
// It sends no preflight, but cookies and an Origin header, and lets the page read the
// messages. So the server must verify Origin (RFC 6455, section 10.2). Policy.AllowsOrigin
// does this.
package websocket

import "net/http"

// Gate decides which WebSocket handshakes to accept.
type Gate struct {
	// AllowsOrigin is a policy's method of that name. With a cors.Live, load the policy at
	// each handshake:
	//
	//	func(origin string) bool { return live.Load().AllowsOrigin(origin) }
	//
	// The method value live.Load().AllowsOrigin would use the current policy for ever.
	AllowsOrigin func(origin string) bool

	// NonBrowsers accepts handshakes without an Origin header. Every browser sends one, so
	// these come from programs. Accept them if programs may connect, and authenticate
	// programs by other means: the Origin of a program proves nothing.
	NonBrowsers bool
}

// Admits reports whether to accept the handshake r. Pages of the server's own origin send
// Origin too, so list that origin. The libraries compare Origin with Host by default. That
// ignores the scheme, and accepts any name that an attacker lets resolve to the server (DNS
// rebinding).
func (g Gate) Admits(r *http.Request) bool {
	switch lines := r.Header["Origin"]; len(lines) {
	case 0:
		return g.NonBrowsers
	case 1:
		return g.AllowsOrigin(lines[0])
	default: // not from a browser; Header.Get would use only the first line
		return false
	}
}
