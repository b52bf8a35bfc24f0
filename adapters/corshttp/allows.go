package corshttp

import (
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Allows reports whether d trusts the page that made r, by the rule of cors.EnforceAll: d
// allows its origin, or the page is the server's own. A policy with "*" trusts only the
// server's own pages. A request without an Origin does not come from a script of a browser,
// so Allows returns true for it.
//
// It is for WebSocket upgraders, because CORS does not apply to WebSockets:
//
//	upgrader := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool { return corshttp.Allows(policy, r) }}
//
// A page is the server's own if its host and port equal the request's Host. If a proxy
// rewrites Host, list the server's own origin. With DNS rebinding, an attacker's host name
// can resolve to your server: check that Host is a name that you serve.
func Allows(d cors.Decider, r *http.Request) bool { return adapt.Allows(d, r) }
