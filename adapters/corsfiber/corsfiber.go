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
//     the option cors.Guard(cors.PolicyWins) only the policy's leave the server, and
//     Vary is complete; with HandlerWins, a set that a handler wrote itself is kept.
package corsfiber

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. d must not be nil.
func New(d cors.Decider, opts ...cors.Option) fiber.Handler {
	mode := cors.NewSettings("corsfiber.New", opts).Guard
	return func(c *fiber.Ctx) error {
		h := &c.Request().Header
		r := cors.Request{Method: c.Method(), Origin: single(lines(h, "Origin"))}
		if r.Method == http.MethodOptions {
			r.RequestMethod = single(lines(h, "Access-Control-Request-Method"))
			r.RequestHeaders = join(lines(h, "Access-Control-Request-Headers"))
		}
		var rest cors.MetadataSource
		if cors.NeedsMetadata(d) {
			rest = &source{c}
		}
		var decision cors.Decision
		cors.DecideTo(&decision, d, &r, rest)
		allowed := setHeaders(&c.Response().Header, &decision)
		if status := decision.Status(); status != 0 {
			c.Response().SetStatusCode(status)
			c.Response().ResetBody()
			if mode != 0 {
				removeOthers(&c.Response().Header, &decision) // set before
			}
			return nil
		}
		if decision.Len() == 0 {
			return c.Next()
		}
		// The decision shares memory with the request, which handlers may change.
		if decision.Kind() == cors.Preflight {
			decision = decision.Clone()
		}
		var buf [maxOrigin]byte
		origin := append(buf[:0], allowed...)
		if mode != 0 {
			return nextGuarded(c, &decision, origin, mode)
		}
		defer func() { restoreHeaders(&c.Response().Header, &decision, origin) }()
		return c.Next()
	}
}

// source reads what most policies do not need.
type source struct{ c *fiber.Ctx }

// Context implements cors.MetadataSource.
func (s *source) Context() context.Context { return s.c.UserContext() }

// Metadata implements cors.MetadataSource.
func (s *source) Metadata() (host, path, fetchSite string) {
	h := &s.c.Request().Header
	return utils.UnsafeString(h.Host()), utils.UnsafeString(s.c.Request().URI().PathOriginal()), single(lines(h, "Sec-Fetch-Site"))
}

const (
	allowOrigin = "Access-Control-Allow-Origin"
	maxOrigin   = 336 // no Origin that a listed policy allows is longer
)

// lines finds every line of the named header. name is in canonical form, so
// fasthttp need not make it so; but where the app keeps names as clients write them
// (fiber.Config.DisableHeaderNormalizing), they are compared whatever their case.
// Fields of a trailer, which PeekAll finds too, are none of the header's (RFC 9110,
// section 6.5.1).
func lines(h *fasthttp.RequestHeader, name string) [][]byte {
	asWritten := h.DisableNormalizing()
	if !asWritten {
		defer h.EnableNormalizing()
		if len(h.PeekTrailerKeys()) == 0 {
			return h.PeekAll(name)
		}
	}
	var found [][]byte
	for key, value := range h.All() {
		if utils.EqualFold(utils.UnsafeString(key), name) {
			found = append(found, value)
		}
	}
	return found
}

// single is join for a header that has one value: two lines match nothing, and
// neither do thousands.
func single(lines [][]byte) string { return join(lines[:min(len(lines), 2)]) }

// join joins the lines of a header. The string shares memory with the request.
func join(lines [][]byte) string {
	if len(lines) == 1 {
		return utils.UnsafeString(lines[0])
	}
	return cors.JoinLines(lines)
}

// setHeaders sets the headers of d in h, and adds to Vary. It returns the value of
// Access-Control-Allow-Origin, or "". The names are in canonical form, so fasthttp
// need not make them so.
func setHeaders(h *fasthttp.ResponseHeader, d *cors.Decision) (allowed string) {
	for i := range d.Len() {
		name, value := d.At(i)
		key := utils.UnsafeBytes(name)
		if name == allowOrigin {
			allowed = value
		}
		if h.PeekCanonical(key) != nil {
			if name == "Vary" {
				h.Add(name, value)
				continue
			}
			h.Del(name) // SetCanonical would leave all but the first of several lines
		}
		h.SetCanonical(key, utils.UnsafeBytes(value))
	}
	return allowed
}

// restoreHeaders sets again the headers of d if h has lost them, which shows in the
// last of them, and completes Vary. What handlers did to single headers it leaves.
// origin is what h had as Access-Control-Allow-Origin.
func restoreHeaders(h *fasthttp.ResponseHeader, d *cors.Decision, origin []byte) {
	last, value := d.At(d.Len() - 1)
	found := h.PeekCanonical(utils.UnsafeBytes(last))
	switch {
	case string(found) == value:
		return
	case found != nil && last == "Vary":
		if !hasLine(h, value) {
			h.Add(last, value)
		}
	case found != nil:
		return
	}
	for i := range d.Len() {
		name, value := d.At(i)
		key := utils.UnsafeBytes(name)
		switch {
		case h.PeekCanonical(key) != nil:
		case name == allowOrigin:
			h.SetCanonical(key, origin)
		default:
			h.SetCanonical(key, utils.UnsafeBytes(value))
		}
	}
}

// hasLine reports whether h has a Vary line with the given value.
func hasLine(h *fasthttp.ResponseHeader, value string) bool {
	for _, line := range h.PeekAll("Vary") {
		if string(line) == value {
			return true
		}
	}
	return false
}
