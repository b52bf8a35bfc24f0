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
//     StoreResponseHeaders would serve one origin's headers to another; keep it
//     inside this one.
//   - Requests that fiber refuses by itself (413, 431, 400 for unknown methods such
//     as PROPFIND) reach no middleware, and carry no CORS headers. Headers over 4 KiB
//     need a larger fiber.Config.ReadBufferSize.
//   - With parts of a site under different policies, use cors.NewRoutes here rather
//     than one middleware inside another, of which the outermost answers preflights.
//   - Headers that c.Response().Reset or c.Context().Error wiped are set again, and
//     Vary is completed, once the handler is done.
package corsfiber

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// New returns middleware that applies d's decisions. d must not be nil. It must
// serve one app, or apps of one configuration.
func New(d cors.Decider) fiber.Handler {
	var once sync.Once
	var asWritten bool // header names are kept as the client wrote them
	return func(c *fiber.Ctx) error {
		once.Do(func() { asWritten = c.App().Config().DisableHeaderNormalizing })
		decision := d.Decide(c.UserContext(), request(c, asWritten))
		setHeaders(&c.Response().Header, decision)
		if status := decision.Status(); status != 0 {
			c.Response().SetStatusCode(status)
			c.Response().ResetBody()
			return nil
		}
		// The decision shares memory with the request, which handlers may change.
		if decision.Kind() == cors.Preflight {
			decision = decision.Clone()
		}
		var buf [maxOrigin]byte
		origin := append(buf[:0], c.Response().Header.Peek(allowOrigin)...)
		defer func() { restoreHeaders(&c.Response().Header, decision, origin) }()
		return c.Next()
	}
}

const (
	allowOrigin = "Access-Control-Allow-Origin"
	maxOrigin   = 512 // no Origin that a policy allows is longer
)

// request reads from c what a decision depends on. Its strings share memory with
// the request.
func request(c *fiber.Ctx, asWritten bool) cors.Request {
	h := &c.Request().Header
	peek := h.PeekAll
	if asWritten {
		peek = func(name string) [][]byte { return peekFold(h, name) }
	}
	r := cors.Request{
		Method: c.Method(),
		Origin: line(peek("Origin")),
		Host:   utils.UnsafeString(h.Host()),
		Path:   utils.UnsafeString(c.Request().URI().PathOriginal()),
	}
	if r.Method == http.MethodOptions {
		r.RequestMethod = line(peek("Access-Control-Request-Method"))
		r.RequestHeaders = line(peek("Access-Control-Request-Headers"))
	}
	r.FetchSite = line(peek("Sec-Fetch-Site"))
	return r
}

// peekFold finds every line of the named header, whatever its case.
func peekFold(h *fasthttp.RequestHeader, name string) [][]byte {
	var lines [][]byte
	for key, value := range h.All() {
		if utils.EqualFold(utils.UnsafeString(key), name) {
			lines = append(lines, value)
		}
	}
	return lines
}

// line joins the lines of a header (RFC 9110, section 5.2).
func line(lines [][]byte) string {
	if len(lines) == 1 {
		return utils.UnsafeString(lines[0])
	}
	return string(bytes.Join(lines, []byte(", ")))
}

// setHeaders sets the headers of d in h, and adds to Vary.
func setHeaders(h *fasthttp.ResponseHeader, d cors.Decision) {
	for name, value := range d.Headers() {
		if name != "Vary" {
			h.Del(name) // Set would leave all but the first of several lines
		}
		h.Add(name, value)
	}
}

// restoreHeaders sets again the headers of d that are missing from h. origin is
// what h had as Access-Control-Allow-Origin.
func restoreHeaders(h *fasthttp.ResponseHeader, d cors.Decision, origin []byte) {
	for name, value := range d.Headers() {
		switch {
		case name == "Vary":
			if !hasLine(h, name, value) {
				h.Add(name, value)
			}
		case len(h.Peek(name)) > 0:
		case name == allowOrigin:
			h.SetBytesV(name, origin)
		default:
			h.Set(name, value)
		}
	}
}

func hasLine(h *fasthttp.ResponseHeader, name, value string) bool {
	for _, l := range h.PeekAll(name) {
		if string(l) == value {
			return true
		}
	}
	return false
}
