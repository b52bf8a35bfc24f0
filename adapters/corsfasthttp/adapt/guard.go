package adapt

import (
	"bytes"
	"strings"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// enforce makes h hold the headers of d and no other CORS header, and completes Vary. With
// HandlerWins it keeps a set of headers that has one Access-Control-Allow-Origin line.
// Nothing is allocated where h has no trailers.
func enforce(h *fasthttp.ResponseHeader, d *cors.Decision, origin string, mode cors.GuardMode) {
	keepOutOfTrailers(h)
	own := mode == cors.HandlerWins && originLines(h) == 1
	if !own {
		removeOthers(h, d)
	}
	for i := range d.Len() {
		name, value := field(d, i, origin)
		switch lines := h.PeekAll(name); {
		case name == vary:
			if !covers(lines, value) {
				h.Add(name, value)
			}
		case own || len(lines) == 1 && string(lines[0]) == value:
		default:
			h.Del(name) // SetCanonical would keep all but the first of several lines
			h.SetCanonical(bytesOf(name), bytesOf(value))
		}
	}
}

// holds reports whether h has the headers of d as set wrote them and no other CORS header.
// It is the usual case, and one look at h finds it.
func holds(h *fasthttp.ResponseHeader, d *cors.Decision, origin string) bool {
	if len(h.PeekTrailerKeys()) > 0 {
		return false
	}
	next, length := 0, d.Len()
	varies := ""
	if name, value := d.At(length - 1); name == vary { // it is always the last
		varies = value
		length--
	}
	for key, value := range h.All() {
		if varies != "" && string(key) == vary && string(value) == varies {
			varies = ""
		}
		if !isCORS(key) {
			continue
		}
		if next == length {
			return false
		}
		if name, want := field(d, next, origin); string(key) != name || string(value) != want {
			return false
		}
		next++
	}
	return next == length && varies == ""
}

// hasCORS reports whether h has a CORS header.
func hasCORS(h *fasthttp.ResponseHeader) bool {
	for key := range h.All() {
		if isCORS(key) {
			return true
		}
	}
	return false
}

// removeOthers removes the CORS headers that d does not have. fasthttp sends names as they
// are spelled in h, so they are compared by their bytes, and removed so: SetCanonical and
// DisableNormalizing let in spellings that Del does not find.
func removeOthers(h *fasthttp.ResponseHeader, d *cors.Decision) {
	for _, key := range h.PeekKeys() {
		if !isCORS(key) || has(d, key) {
			continue
		}
		if asWritten := h.DisableNormalizing(); asWritten {
			h.DelBytes(key)
		} else {
			h.DelBytes(key)
			h.EnableNormalizing()
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

// keepOutOfTrailers brings CORS headers and Vary back to the head if h announces them as
// trailers, which browsers do not read. An upstream's Trailer header would otherwise take
// the policy's headers along.
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
	if moves { // the names are those that h has accepted before, so there is no error
		_ = h.SetTrailer(strings.Join(keep, ", "))
	}
}

const (
	prefix        = "Access-Control-"
	requestPrefix = "Access-Control-Request-" // of request headers
)

// isCORS reports whether name is a response header of the CORS protocol, of which the
// standard's list may grow.
func isCORS(name []byte) bool {
	return hasPrefixFold(name, prefix) && !hasPrefixFold(name, requestPrefix)
}

func hasPrefixFold(name []byte, prefix string) bool {
	return len(name) >= len(prefix) && name[0]|' ' == prefix[0]|' ' && strings.EqualFold(text(name[:len(prefix)]), prefix)
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
