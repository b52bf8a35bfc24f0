package adapt

import (
	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

const (
	allowOrigin = "Access-Control-Allow-Origin"
	vary        = "Vary"
)

// set sets the headers of d in h, which has no CORS header of the same name, and adds to
// Vary. Without all it does so to Vary alone. It returns the value of
// Access-Control-Allow-Origin, or "". The names are in canonical form, so fasthttp need not
// make them so.
func set(h *fasthttp.ResponseHeader, d *cors.Decision, all bool) (allowed string) {
	for i := range d.Len() {
		name, value := d.At(i)
		switch {
		case name == vary:
			if h.PeekCanonical(bytesOf(vary)) != nil {
				h.Add(vary, value)
				continue
			}
		case name == allowOrigin:
			if allowed = value; !all {
				continue
			}
		case !all:
			continue
		}
		h.SetCanonical(bytesOf(name), bytesOf(value))
	}
	return allowed
}

// keeps reports whether h has the headers of d, which shows in the last of them.
func keeps(h *fasthttp.ResponseHeader, d *cors.Decision) bool {
	last, value := d.At(d.Len() - 1)
	return string(h.PeekCanonical(bytesOf(last))) == value
}

// restore sets again the headers of d if h has lost them, and completes Vary. It keeps what
// handlers did to single headers. origin is what h had as Access-Control-Allow-Origin.
func restore(h *fasthttp.ResponseHeader, d *cors.Decision, origin string) {
	last, value := d.At(d.Len() - 1)
	switch found := h.PeekCanonical(bytesOf(last)); {
	case found != nil && last == vary:
		if !hasLine(h, value) {
			h.Add(last, value)
		}
	case found != nil:
		return
	}
	for i := range d.Len() {
		name, value := field(d, i, origin)
		if key := bytesOf(name); h.PeekCanonical(key) == nil {
			h.SetCanonical(key, bytesOf(value))
		}
	}
}

// field returns header i of d, with origin as its Access-Control-Allow-Origin.
func field(d *cors.Decision, i int, origin string) (name, value string) {
	if name, value = d.At(i); name == allowOrigin {
		value = origin
	}
	return name, value
}

// hasLine reports whether h has a Vary line with the given value.
func hasLine(h *fasthttp.ResponseHeader, value string) bool {
	for _, line := range h.PeekAll(vary) {
		if string(line) == value {
			return true
		}
	}
	return false
}
