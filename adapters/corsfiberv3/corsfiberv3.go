// Package corsfiberv3 is CORS middleware for fiber (github.com/gofiber/fiber/v3).
//
// Install it on the app, before any route, so that every response carries the
// headers and every preflight is answered:
//
//	app := fiber.New()
//	app.Use(corsfiberv3.New(policy))
//	app.Get("/items", listItems)
//
// # Where to install it
//
//   - With app.Use, before the routes. fiber runs handlers in the order in which they are
//     registered, and answers 404 and 405 after those of Use, so the middleware sees
//     preflights.
//   - app.Use("/api", …) and app.Group("/api", …) cover /api and everything below it,
//     including preflights, but not /apix. Not on a single route: no route matches a
//     preflight's OPTIONS.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), limiter, timeout, cache and recover. The cache middleware reads only one
//     line of Vary: outside this middleware, it serves one origin's headers to another, or
//     none. If it has StoreResponseHeaders, add cors.Guard.
//   - fiber answers 413 to a body over fiber.Config.BodyLimit after middleware has run, so
//     this response has the headers. If fiber cannot read the request (431, 400) or does not
//     know the method (501, for example for PROPFIND), the response has no CORS headers. For
//     headers over 4 KiB, set a larger fiber.Config.ReadBufferSize.
//   - If groups or routes have different policies, use NewMount. If the path alone decides,
//     you can use cors.NewRoutes. Do not nest middleware: the outermost one answers all
//     preflights.
//   - If c.Response().Reset or c.RequestCtx().Error wipes the headers, the middleware sets
//     them again and completes Vary when the handler is done.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete. With Guard, the app's ErrorHandler
//     runs inside the middleware, so outer middleware gets no error; for a body over
//     BodyLimit (413) it runs once more, outside, with the policy's headers set. c.End sends
//     the response before the handlers are done, so it is not guarded.
package corsfiberv3

import (
	"context"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount.
func New(d cors.Decider, opts ...cors.Option) fiber.Handler {
	layer := adapt.New("corsfiberv3.New", d, opts)
	return func(c fiber.Ctx) error {
		if unread(&c.Request().Header) {
			return c.Next()
		}
		request := c.RequestCtx()
		var x adapt.Exchange
		if layer.Begin(&x, request, c.Method(), sourceOf(c)) {
			return nil
		}
		defer x.End(request)
		if !x.Guarded() {
			return c.Next()
		}
		return next(c)
	}
}

// next calls the next handler. It turns an error into the response, as the app would do
// later, so that this response is guarded too.
func next(c fiber.Ctx) error {
	err := c.Next()
	if err == nil {
		return nil
	}
	if c.App().ErrorHandler(c, err) != nil {
		return c.SendStatus(fiber.StatusInternalServerError)
	}
	return nil
}

// unread reports whether h is the header of a request that fasthttp could not read. fiber
// runs middleware before it answers such a request with 400 or 431, but there is nothing to
// decide. No other header is empty: fasthttp refuses HTTP/1.1 without Host, and for HTTP/1.0
// it adds Connection.
func unread(h *fasthttp.RequestHeader) bool { return len(h.Host()) == 0 && h.Len() == 0 }

// sourceOf returns c as a cors.MetadataSource. It allocates nothing unless the app has a
// context of its own.
func sourceOf(c fiber.Ctx) cors.MetadataSource {
	if c, ok := c.(*fiber.DefaultCtx); ok {
		return (*source)(c)
	}
	return &customSource{c}
}

// source is a request as a cors.MetadataSource.
type source fiber.DefaultCtx

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return (*fiber.DefaultCtx)(s).Context() }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, path, fetchSite string) {
	return adapt.Metadata((*fiber.DefaultCtx)(s).RequestCtx())
}

// customSource is source for an app that has a context of its own.
type customSource struct{ fiber.Ctx }

// Metadata implements cors.MetadataSource.
func (s *customSource) Metadata() (host, path, fetchSite string) {
	return adapt.Metadata(s.RequestCtx())
}
