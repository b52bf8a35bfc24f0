// Package corsfiberv3 plugs Crossgate into fiber (github.com/gofiber/fiber/v3).
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
//   - With app.Use, before the routes: fiber runs handlers in the order in which they
//     were registered, and answers 404 and 405 after those of Use, so preflights
//     arrive.
//   - With a path, app.Use("/api", …), or in app.Group("/api", …), it serves /api and
//     what lies below, preflights too, and not /apix. Never on a single route: no
//     route matches a preflight's OPTIONS.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), limiter, timeout, cache and recover. The cache middleware reads
//     one line of Vary alone; outside this one it would serve one origin's headers to
//     another, or none. Where it has StoreResponseHeaders, add the Guard below.
//   - To a body over fiber.Config.BodyLimit fiber answers 413 after middleware has run,
//     so with the headers. Where it cannot read the request (431, 400) or does not know
//     the method (501, as for PROPFIND), the response carries no CORS headers. Headers
//     over 4 KiB need a larger fiber.Config.ReadBufferSize.
//   - With groups or routes under different policies, use NewMount here, which asks
//     the app where a preflight belongs, or cors.NewRoutes where paths alone tell;
//     never one middleware inside another, of which the outermost answers preflights.
//   - Headers that c.Response().Reset or c.RequestCtx().Error wiped are set again, and
//     Vary is completed, once the handler is done.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or
//     replace the headers, and Vary, on which caches rely to keep origins apart. With
//     the option cors.Guard(cors.PolicyWins) only the policy's headers are sent, and
//     Vary is complete; with cors.HandlerWins, a set that a handler wrote itself is kept.
//     The app's ErrorHandler then runs inside the middleware, and middleware outside
//     gets no error. To a body over BodyLimit (413) it runs once more, outside, with the
//     policy's headers set. What c.End sends, it sends before the handlers are done, and
//     so unguarded.
//   - To switch CORS off, in development say, pass a nil policy: var policy *cors.Policy.
package corsfiberv3

import (
	"context"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. Its option is cors.Guard. A nil
// *cors.Policy means no CORS; New panics if d is nil, or a nil *cors.Live or *cors.Routes.
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

// next calls the next handler. An error becomes the response here, as the app would make
// it later: then it is guarded, too.
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

// unread reports whether h is the header of a request that fasthttp could not read.
// fiber runs middleware before it answers 400 or 431 to one, and there is nothing to
// decide. Only such a header is empty: HTTP/1.1 is not read without Host, and in
// HTTP/1.0 fasthttp finds a Connection at least.
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
