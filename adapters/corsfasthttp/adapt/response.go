package adapt

import (
	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

const (
	allowOrigin = "Access-Control-Allow-Origin"
	vary        = "Vary"
)

// set sets the headers of d in h and adds to Vary. h must not have these CORS headers yet. If
// all is false, it only adds to Vary. It returns d's Access-Control-Allow-Origin, or "". The
// names are canonical, so fasthttp need not normalize them.
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

// keeps reports whether h still has the headers of d. It checks only the last of them.
func keeps(h *fasthttp.ResponseHeader, d *cors.Decision) bool {
	last, value := d.At(d.Len() - 1)
	return string(h.PeekCanonical(bytesOf(last))) == value
}

// restore sets the headers of d again if h has lost them all, and completes Vary. It keeps
// changes that handlers made to single headers. origin is the Access-Control-Allow-Origin
// that was set.
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

// field returns header i of d. The value of Access-Control-Allow-Origin is origin.
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
