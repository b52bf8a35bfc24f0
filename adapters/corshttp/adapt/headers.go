package adapt

import (
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

const (
	allowOrigin   = "Access-Control-Allow-Origin"
	prefix        = "Access-Control-"
	requestPrefix = "Access-Control-Request-" // of request headers
)

// setHeaders sets the headers of d in h, and adds to Vary. It allocates once, so that
// requests do not share values.
func setHeaders(h http.Header, d *cors.Decision) {
	n := d.Len()
	if n == 0 {
		return
	}
	empty := len(h) == 0
	values := make([]string, n)
	for i := range values {
		name, value := d.At(i)
		if !empty && name == "Vary" && h[name] != nil {
			addVary(h, value)
			continue
		}
		values[i] = value
		// The capacity is cut, so that appending to one header cannot reach the next.
		h[name] = values[i : i+1 : i+1]
	}
}

// wipe removes the CORS headers that an earlier pass or outer middleware has set.
func wipe(h http.Header) {
	for name := range h {
		if isCORS(name) {
			delete(h, name)
		}
	}
}

// addVary adds a line to Vary. It does not write into the array of the existing lines.
func addVary(h http.Header, list string) {
	others := h["Vary"]
	h["Vary"] = append(others[:len(others):len(others)], list)
}

// isCORS reports whether name, in any case, is a response header of the CORS protocol. It
// compares the prefix, because the standard may add headers. Servers send names that are not
// canonical too.
func isCORS(name string) bool {
	return len(name) > len(prefix) && name[0]|0x20 == 'a' &&
		strings.EqualFold(name[:len(prefix)], prefix) && !hasPrefixFold(name, requestPrefix)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// covers reports whether the lines of Vary name each header that list names, or "*"
// (RFC 9110, section 12.5.5).
func covers(lines []string, list string) bool {
	if len(lines) == 1 && lines[0] == list {
		return true
	}
	for more := true; more; {
		var name string
		name, list, more = strings.Cut(list, ",")
		found := false
		for _, line := range lines {
			found = found || names(line, strings.TrimSpace(name))
		}
		if !found {
			return false
		}
	}
	return true
}

// names reports whether a line of Vary names a header, or "*".
func names(line, name string) bool {
	for more := true; more; {
		var member string
		member, line, more = strings.Cut(line, ",")
		if member = strings.TrimSpace(member); member == "*" || strings.EqualFold(member, name) {
			return true
		}
	}
	return false
}

// The CORS headers and Vary must not be trailers (RFC 9110, section 6.5), where they could
// contradict the head.

// isTrailer reports whether the key makes a server send a CORS header or Vary as a trailer.
func isTrailer(key string) bool {
	name, found := strings.CutPrefix(key, http.TrailerPrefix)
	return found && (isCORS(name) || strings.EqualFold(name, "Vary"))
}

// keepFromTrailer removes CORS headers and Vary from the Trailer header, which announces
// trailers.
func keepFromTrailer(h http.Header, lines []string) {
	var kept []string
	cut := false
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); isCORS(name) || strings.EqualFold(name, "Vary") {
				cut = true
			} else {
				kept = append(kept, name)
			}
		}
	}
	switch {
	case cut && len(kept) == 0:
		delete(h, "Trailer")
	case cut:
		h["Trailer"] = []string{strings.Join(kept, ", ")}
	}
}
