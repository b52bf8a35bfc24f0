// Package corsfasthttp is CORS middleware for fasthttp (github.com/valyala/fasthttp).
//
// Install it around the server's whole handler, so that every response carries the headers
// and every preflight is answered:
//
//	middleware := corsfasthttp.New(policy)
//	err := fasthttp.ListenAndServe("127.0.0.1:8080", middleware(handler))
//
// # Where to install it
//
//   - Outermost: around authentication (a preflight carries no credentials), limiters,
//     fasthttp.TimeoutHandler and fasthttp.CompressHandler, and around the router if there
//     is one. Not around a single route: no route matches a preflight's OPTIONS.
//   - fasthttp does not recover from panics: a panic ends the process. Install recovery
//     middleware inside. Outside, it must keep the response's headers; RequestCtx.Error
//     removes them.
//   - Requests that fasthttp itself refuses (400, 413, 431) do not reach a handler, so these
//     responses have no CORS headers. For headers over 4 KiB, set a larger
//     fasthttp.Server.ReadBufferSize.
//   - fasthttp has no router, so this package has no Mount. For policies by path, use
//     cors.NewRoutes.
//   - If Response.Reset, RequestCtx.Error or TimeoutError wipes the headers, the middleware
//     sets them again and completes Vary when the handler is done.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete.
//   - AllowOriginFunc gets the *fasthttp.RequestCtx as its context. Do not use it after the
//     function returns.
package corsfasthttp

import (
	"context"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount.
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
