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

// Guard checks the headers of one response when they are committed.
type Guard struct {
	decision  cors.Decision
	mode      cors.GuardMode
	committed bool
}

// Guard returns the guard of a response with header h, and prepares h for the handler. h
// then holds the headers of d, or under HandlerWins no CORS headers, so that those that
// are there later are the handler's.
func (l Layer) Guard(h http.Header, d *cors.Decision) Guard {
	switch {
	case l.guard == cors.PolicyWins:
		setHeaders(h, d)
	case len(h) > 0:
		removeOthers(h, new(cors.Decision))
		if name, value := d.At(d.Len() - 1); name == "Vary" && h[name] != nil {
			addVary(h, value) // as setHeaders does; where there is none it can wait
		}
	}
	return Guard{decision: *d, mode: l.guard}
}

// Commit makes h right. Call it just before a call of WriteHeader with that status
// commits h; for a Write the status is http.StatusOK. It does nothing for an
// informational response, which other headers follow.
func (g *Guard) Commit(h http.Header, status int) {
	if g.committed || status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	g.committed = true
	enforce(h, &g.decision, g.mode)
}

// Finish makes h right unless Commit has. Call it when the handler is done: the server,
// or middleware outside, then commits h.
func (g *Guard) Finish(h http.Header) {
	if !g.committed {
		enforce(h, &g.decision, g.mode)
	}
}

// enforce makes h hold the headers of d, and no others of the CORS protocol, and
// completes Vary. Under HandlerWins, a set of headers with one Access-Control-Allow-Origin
// line is kept. It allocates once, or not at all where h is right.
func enforce(h http.Header, d *cors.Decision, mode cors.GuardMode) {
	own := mode == cors.HandlerWins && originLines(h) == 1
	if !own {
		removeOthers(h, d)
	}
	var values []string
	for i := range d.Len() {
		name, value := d.At(i)
		switch others := h[name]; {
		case name != "Vary" && (own || others != nil), name == "Vary" && covers(others, value):
		case others != nil:
			addVary(h, value)
		default:
			if values == nil {
				values = make([]string, d.Len())
			}
			values[i] = value
			h[name] = values[i : i+1 : i+1] // as in setHeaders
		}
	}
}

// addVary adds a line to those that h has, and writes into no array of theirs.
func addVary(h http.Header, value string) {
	others := h["Vary"]
	h["Vary"] = append(others[:len(others):len(others)], value)
}

// removeOthers removes the response headers of the CORS protocol that are not as in
// d. Keys that are not canonical reach the wire too, and are found.
func removeOthers(h http.Header, d *cors.Decision) {
	for name, values := range h {
		if isCORS(name) && !holds(d, name, values) {
			delete(h, name)
		}
	}
}

// holds reports whether name has in d what values say.
func holds(d *cors.Decision, name string, values []string) bool {
	if len(values) != 1 {
		return false
	}
	for i := range d.Len() {
		if n, value := d.At(i); n == name {
			return value == values[0]
		}
	}
	return false
}

// isCORS reports whether name is a response header of the CORS protocol, of which
// the standard's list may grow.
func isCORS(name string) bool {
	return hasPrefixFold(name, prefix) && !hasPrefixFold(name, requestPrefix)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// originLines returns how many lines of Access-Control-Allow-Origin h has.
func originLines(h http.Header) (n int) {
	for name, values := range h {
		if strings.EqualFold(name, allowOrigin) {
			n += len(values)
		}
	}
	return n
}

// covers reports whether the lines of Vary name each header that list names, or
// "*" (RFC 9110, section 12.5.5).
func covers(lines []string, list string) bool {
	for more := true; more; {
		var name string
		name, list, more = strings.Cut(list, ",")
		found := false
		for _, line := range lines {
			found = found || lists(line, strings.TrimSpace(name))
		}
		if !found {
			return false
		}
	}
	return true
}

// lists reports whether a line of Vary names a header, or "*".
func lists(line, name string) bool {
	for more := true; more; {
		var member string
		member, line, more = strings.Cut(line, ",")
		if member = strings.TrimSpace(member); member == "*" || strings.EqualFold(member, name) {
			return true
		}
	}
	return false
}
