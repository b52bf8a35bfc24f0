// Package corsfasthttp plugs Crossgate into fasthttp (github.com/valyala/fasthttp).
//
// Install it around the server's whole handler, so that every response carries the headers
// and every preflight is answered:
//
//	layer := corsfasthttp.New(policy)
//	err := fasthttp.ListenAndServe("127.0.0.1:8080", layer(handler))
//
// # Where to install it
//
//   - Outermost: around authentication (a preflight carries no credentials), limiters,
//     fasthttp.TimeoutHandler and fasthttp.CompressHandler, and around the router if there
//     is one. Never around a single route: no route matches a preflight's OPTIONS.
//   - fasthttp has no recovery: a panic ends the process. A recovery middleware may stand
//     inside; outside it must keep the response's headers, which RequestCtx.Error does not.
//   - Requests that fasthttp refuses by itself (400, 413, 431) reach no handler, and carry
//     no CORS headers. Headers over 4 KiB need a larger fasthttp.Server.ReadBufferSize.
//   - fasthttp has no router, so there is no Mount here: for policies by path, use
//     cors.NewRoutes.
//   - Headers that Response.Reset, RequestCtx.Error or TimeoutError wiped are set again,
//     and Vary is completed, once the handler is done.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or replace
//     the headers, and Vary, on which caches rely to keep origins apart. With the option
//     cors.Guard(cors.PolicyWins) only the policy's headers are sent, and Vary is complete;
//     with cors.HandlerWins, a set that a handler wrote itself is kept.
//   - AllowOriginFunc gets the *fasthttp.RequestCtx as its context, which is valid until it
//     returns.
//   - To switch CORS off, in development say, pass a nil policy: var policy *cors.Policy.
package corsfasthttp

import (
	"context"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. Its option is cors.Guard. A nil
// *cors.Policy means no CORS; New panics if d is nil, or a nil *cors.Live or *cors.Routes.
func New(d cors.Decider, opts ...cors.Option) func(fasthttp.RequestHandler) fasthttp.RequestHandler {
	layer := adapt.New("corsfasthttp.New", d, opts)
	return func(next fasthttp.RequestHandler) fasthttp.RequestHandler {
		return func(c *fasthttp.RequestCtx) {
			var x adapt.Exchange
			if layer.Begin(&x, c, adapt.Method(c), (*source)(c)) {
				return
			}
			defer x.End(c)
			next(c)
		}
	}
}

// source is a request as a cors.MetadataSource.
type source fasthttp.RequestCtx

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return (*fasthttp.RequestCtx)(s) }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, path, fetchSite string) {
	return adapt.Metadata((*fasthttp.RequestCtx)(s))
}
