package corsfiberv3

import (
	"bytes"
	"net/http"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/utils/v2"
	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

const (
	prefix        = "Access-Control-"
	requestPrefix = "Access-Control-Request-" // of request headers
)

// nextGuarded calls the next handler, and then makes the response carry the headers
// of d. origin is the Access-Control-Allow-Origin of d, in memory of its own.
func nextGuarded(c fiber.Ctx, d *cors.Decision, origin []byte, mode cors.GuardMode) error {
	if mode == cors.HandlerWins { // so that what is there later is the handler's
		removeOthers(&c.Response().Header, new(cors.Decision))
	}
	// A panic passes here, too, on its way to a recovery outside.
	defer func() { enforce(leaving(c), d, origin, mode) }()
	err := c.Next()
	if err != nil && c.App().ErrorHandler(c, err) != nil {
		return c.SendStatus(http.StatusInternalServerError) // as the app does
	}
	return nil
}

// enforce makes h hold the headers of d, and no others of the CORS protocol, and
// completes Vary. Under HandlerWins, a set of headers with one Access-Control-Allow-Origin
// line is kept. Nothing is allocated.
func enforce(h *fasthttp.ResponseHeader, d *cors.Decision, origin []byte, mode cors.GuardMode) {
	own := mode == cors.HandlerWins && originLines(h) == 1
	if !own {
		removeOthers(h, d)
	}
	for i := range d.Len() {
		name, value := d.At(i)
		if name == allowOrigin {
			value = utils.UnsafeString(origin)
		}
		switch lines := h.PeekAll(name); {
		case name == "Vary":
			if !covers(lines, value) {
				h.Add(name, value)
			}
		case own || len(lines) == 1 && string(lines[0]) == value:
		default:
			h.Del(name) // SetCanonical would leave all but the first of several lines
			h.SetCanonical(utils.UnsafeBytes(name), utils.UnsafeBytes(value))
		}
	}
}

// removeOthers removes the response headers of the CORS protocol that d does not
// have. With DisableHeaderNormalizing, keys that are not canonical reach the wire
// too, and are found.
func removeOthers(h *fasthttp.ResponseHeader, d *cors.Decision) {
	for _, key := range h.PeekKeys() {
		if isCORS(key) && !has(d, key) {
			h.DelBytes(key)
		}
	}
}

func has(d *cors.Decision, name []byte) bool {
	for i := range d.Len() {
		if n, _ := d.At(i); n == string(name) {
			return true
		}
	}
	return false
}

// isCORS reports whether name is a response header of the CORS protocol, of which
// the standard's list may grow.
func isCORS(name []byte) bool {
	return hasPrefixFold(name, prefix) && !hasPrefixFold(name, requestPrefix)
}

func hasPrefixFold(name []byte, prefix string) bool {
	return len(name) >= len(prefix) && utils.EqualFold(utils.UnsafeString(name[:len(prefix)]), prefix)
}

// originLines returns how many lines of Access-Control-Allow-Origin h has.
func originLines(h *fasthttp.ResponseHeader) (n int) {
	for _, key := range h.PeekKeys() {
		if utils.EqualFold(utils.UnsafeString(key), allowOrigin) {
			n++
		}
	}
	return n
}

// covers reports whether the lines of Vary name each header that list names, or
// "*" (RFC 9110, section 12.5.5).
func covers(lines [][]byte, list string) bool {
	names := utils.UnsafeBytes(list)
	for more := true; more; {
		var name []byte
		name, names, more = bytes.Cut(names, []byte(","))
		found := false
		for _, line := range lines {
			found = found || lists(line, bytes.TrimSpace(name))
		}
		if !found {
			return false
		}
	}
	return true
}

// lists reports whether a line of Vary names a header, or "*".
func lists(line, name []byte) bool {
	for more := true; more; {
		var member []byte
		member, line, more = bytes.Cut(line, []byte(","))
		if member = bytes.TrimSpace(member); string(member) == "*" || bytes.EqualFold(member, name) {
			return true
		}
	}
	return false
}
