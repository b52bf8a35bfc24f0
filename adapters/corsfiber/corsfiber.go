// Package corsfiber plugs Crossgate into fiber (github.com/gofiber/fiber/v2).
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
//   - With app.Use, before the routes: fiber runs handlers in the order in which they
//     were registered, and answers 404 and 405 after those of Use, so preflights
//     arrive.
//   - Without a path: app.Use("/api", …) also runs for /apix. Never on a single
//     route: no route matches a preflight's OPTIONS.
//   - First among the middleware: before authentication (a preflight carries no
//     credentials), limiter, timeout, cache and recover. The cache middleware with
//     StoreResponseHeaders would serve one origin's headers to another, inside this
//     one too: there, add the Guard below.
//   - Requests that fiber refuses by itself (413, 431, 400 for unknown methods such
//     as PROPFIND) reach no middleware, and carry no CORS headers. Headers over 4 KiB
//     need a larger fiber.Config.ReadBufferSize.
//   - With groups or routes under different policies, use NewMount here, which asks
//     the app where a preflight belongs, or cors.NewRoutes where paths alone tell;
//     never one middleware inside another, of which the outermost answers preflights.
//   - Headers that c.Response().Reset or c.Context().Error wiped are set again, and
//     Vary is completed, once the handler is done.
//   - Handlers, upstreams behind a reverse proxy and error handlers can double or
//     replace the headers, and Vary, on which caches rely to keep origins apart. With
//     the option cors.Guard(cors.PolicyWins) only the policy's headers are sent, and
//     Vary is complete; with cors.HandlerWins, a set that a handler wrote itself is kept.
//     The app's ErrorHandler then runs inside the middleware, and middleware outside
//     gets no error.
//   - To switch CORS off, in development say, pass a nil policy: var policy *cors.Policy.
package corsfiber

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. Its option is cors.Guard. A nil
// *cors.Policy means no CORS; New panics if d is nil, or a nil *cors.Live or *cors.Routes.
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

// next calls the next handler. An error becomes the response here, as the app would make
// it later: then it is guarded, too.
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
