package adapt

import (
	"bytes"
	"strings"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// enforce gives h the headers of d and no other CORS headers, and completes Vary. With
// HandlerWins it keeps the CORS headers of h if they have exactly one
// Access-Control-Allow-Origin line. It allocates only if h has trailers.
func enforce(h *fasthttp.ResponseHeader, d *cors.Decision, origin string, mode cors.GuardMode) {
	own := false
	found, varies := compare(h, d, origin)
	switch found {
	case same:
		if !varies {
			addVary(h, d)
		}
		return
	case differs:
		keepOutOfTrailers(h)
		if own = mode == cors.HandlerWins && originLines(h) == 1; !own {
			removeCORS(h)
		}
	}
	for i := range d.Len() {
		if name, value := field(d, i, origin); name != vary && !own {
			h.SetCanonical(bytesOf(name), bytesOf(value))
		}
	}
	if !varies {
		addVary(h, d)
	}
}

// difference says how the CORS headers of a response differ from those of a decision.
type difference uint8

const (
	differs difference = iota
	absent             // the response has no CORS header
	same               // the response has exactly the headers that set wrote
)

// compare finds the usual cases in one pass over h. varies is true if h has d's line of
// Vary, or if d has none. It may be false although other lines cover it.
func compare(h *fasthttp.ResponseHeader, d *cors.Decision, origin string) (found difference, varies bool) {
	next, length := 0, d.Len()
	last, list := d.At(length - 1)
	if varies = last != vary; !varies { // it is always the last
		length--
	}
	if len(h.PeekTrailerKeys()) > 0 {
		return differs, varies
	}
	for key, value := range h.All() {
		switch {
		case !isCORS(key):
			varies = varies || string(key) == vary && string(value) == list
		case next >= length:
			next = length + 1 // too many CORS headers
		default:
			name, want := field(d, next, origin)
			if next++; string(key) != name || string(value) != want {
				next = length + 1
			}
		}
	}
	switch next {
	case length:
		return same, varies
	case 0:
		return absent, varies
	default:
		return differs, varies
	}
}

// addVary adds the Vary of d to h, unless it is covered.
func addVary(h *fasthttp.ResponseHeader, d *cors.Decision) {
	name, list := d.At(d.Len() - 1)
	if name != vary {
		return
	}
	switch lines := h.PeekAll(vary); {
	case len(lines) == 0:
		h.SetCanonical(bytesOf(vary), bytesOf(list))
	case !covers(lines, list):
		h.Add(vary, list)
	}
}

// removeCORS removes the CORS headers, and reports whether there were any. It removes names
// by their bytes: fasthttp sends names as they are spelled in h, and SetCanonical and
// DisableNormalizing allow spellings that Del does not find.
func removeCORS(h *fasthttp.ResponseHeader) (found bool) {
	for _, key := range h.PeekKeys() {
		if !isCORS(key) {
			continue
		}
		found = true
		if asWritten := h.DisableNormalizing(); asWritten {
			h.DelBytes(key)
		} else {
			h.DelBytes(key)
			h.EnableNormalizing()
		}
	}
	return found
}

// keepOutOfTrailers moves CORS headers and Vary back to the head if h announces them as
// trailers, which browsers do not read. Otherwise an upstream's Trailer header would move
// the policy's headers too.
func keepOutOfTrailers(h *fasthttp.ResponseHeader) {
	var keep []string
	moves := false
	for _, key := range h.PeekTrailerKeys() {
		if isCORS(key) || strings.EqualFold(text(key), vary) {
			moves = true
		} else {
			keep = append(keep, string(key))
		}
	}
	if moves { // h has accepted these names before, so there is no error
		_ = h.SetTrailer(strings.Join(keep, ", "))
	}
}

const (
	prefix        = "Access-Control-"
	requestPrefix = "Access-Control-Request-" // of request headers
)

// isCORS reports whether name is a response header of the CORS protocol. It compares the
// prefix, because the standard may add headers.
func isCORS(name []byte) bool {
	return len(name) >= len(prefix) && name[0]|' ' == 'a' &&
		hasPrefixFold(name, prefix) && !hasPrefixFold(name, requestPrefix)
}

func hasPrefixFold(name []byte, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(text(name[:len(prefix)]), prefix)
}

// originLines returns how many lines of Access-Control-Allow-Origin h has.
func originLines(h *fasthttp.ResponseHeader) (n int) {
	for _, key := range h.PeekKeys() {
		if strings.EqualFold(text(key), allowOrigin) {
			n++
		}
	}
	return n
}

// covers reports whether the lines of Vary name each header that list names, or "*"
// (RFC 9110, section 12.5.5).
func covers(lines [][]byte, list string) bool {
	names := bytesOf(list)
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
