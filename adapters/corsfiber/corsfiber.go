// Package corsfiber is CORS middleware for fiber (github.com/gofiber/fiber/v2).
//
// Install it on the app, before any route, so that every response carries the
// headers and every preflight is answered:
//
//	app := fiber.New()
//	app.Use(corsfiber.New(policy))
//	app.Get("/items", listItems)
//
// # Where to install it
//
//   - With app.Use, before the routes. fiber runs handlers in the order in which they are
//     registered, and answers 404 and 405 after those of Use, so the middleware sees
//     preflights.
//   - Without a path: app.Use("/api", …) also runs for /apix. Not on a single route: no
//     route matches a preflight's OPTIONS.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), limiter, timeout, cache and recover. The cache middleware with
//     StoreResponseHeaders serves one origin's headers to another, even inside this
//     middleware: if you use it, add cors.Guard.
//   - Requests that fiber itself refuses (413, 431, 400 for unknown methods such as
//     PROPFIND) do not reach middleware, so these responses have no CORS headers. For
//     headers over 4 KiB, set a larger fiber.Config.ReadBufferSize.
//   - If groups or routes have different policies, use NewMount. If the path alone decides,
//     you can use cors.NewRoutes. Do not nest middleware: the outermost one answers all
//     preflights.
//   - If c.Response().Reset or c.Context().Error wipes the headers, the middleware sets them
//     again and completes Vary when the handler is done.
//   - Handlers, reverse-proxied upstreams and error handlers may set CORS headers
//     themselves. With the option cors.Guard(cors.PolicyWins) a response has only the
//     policy's CORS headers, and a complete Vary. cors.Guard(cors.HandlerWins) keeps a
//     handler's own CORS headers if they are complete. With Guard, the app's ErrorHandler
//     runs inside the middleware, so outer middleware gets no error.
package corsfiber

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. A nil *cors.Policy switches CORS off.
// New panics if d is nil, a nil *cors.Live or a nil *cors.Routes, and for options of
// NewMount.
func New(d cors.Decider, opts ...cors.Option) fiber.Handler {
	layer := adapt.New("corsfiber.New", d, opts)
	return func(c *fiber.Ctx) error {
		request := c.Context()
		var x adapt.Exchange
		if layer.Begin(&x, request, c.Method(), (*source)(c)) {
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
func next(c *fiber.Ctx) error {
	err := c.Next()
	if err == nil {
		return nil
	}
	if c.App().ErrorHandler(c, err) != nil {
		return c.SendStatus(fiber.StatusInternalServerError)
	}
	return nil
}

// source is a request as a cors.MetadataSource.
type source fiber.Ctx

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return (*fiber.Ctx)(s).UserContext() }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, path, fetchSite string) {
	return adapt.Metadata((*fiber.Ctx)(s).Context())
}
