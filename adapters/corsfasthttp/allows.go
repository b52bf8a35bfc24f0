package corsfasthttp

import (
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// Allows reports whether d trusts the page that made c's request, as cors.EnforceAll does:
// d allows its origin, or the page is the server's own. Under "*" only the server's own
// pages are trusted. A request without an Origin passes, since no script of a browser made
// it.
//
// It is for WebSocket upgraders, since CORS does not apply to WebSockets. fiber's c has
// the argument: c.Context() in fiber v2, c.RequestCtx() in fiber v3.
//
// The server's own pages are those whose host and port are the request's Host. Behind a
// proxy that rewrites Host, list the server's own origin. With DNS rebinding a stranger's
// host name can lead to your server: check that Host is a name that you serve.
func Allows(d cors.Decider, c *fasthttp.RequestCtx) bool { return adapt.Allows(c, d, c) }
