package corshttp

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

// guarded is New with a guard.
func guarded(d cors.Decider, mode cors.GuardMode) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var decision cors.Decision
			Decide(&decision, d, r)
			if status := decision.Status(); status != 0 {
				SetHeaders(w.Header(), &decision)
				Enforce(w.Header(), &decision, cors.PolicyWins) // against what was set outside
				w.WriteHeader(status)
				return
			}
			if decision.Len() == 0 { // no policy
				next.ServeHTTP(w, r)
				return
			}
			wrapped, g := Wrap(w, &decision, mode)
			// Without a Write the server commits the headers later, and after a panic
			// so does a recovery outside.
			defer func() { g.Finish(w.Header()) }()
			next.ServeHTTP(wrapped, r)
		})
	}
}

// Guarded is the guard of one response. It serves adapters of frameworks that are
// built on net/http.
type Guarded struct {
	decision  cors.Decision
	mode      cors.GuardMode
	committed bool
}

// NewGuarded returns the guard of a response with header h, and prepares h for the
// handler: it holds the headers of d, or under HandlerWins no CORS headers, so that what
// is there later is the handler's.
func NewGuarded(h http.Header, d *cors.Decision, mode cors.GuardMode) Guarded {
	switch {
	case mode == cors.PolicyWins:
		SetHeaders(h, d)
	case len(h) > 0:
		removeOthers(h, new(cors.Decision))
		if name, value := d.At(d.Len() - 1); name == "Vary" && h[name] != nil {
			addVary(h, value) // as SetHeaders does; where there is none it can wait
		}
	}
	return Guarded{decision: *d, mode: mode}
}

// Commit is to be called just before h is committed by a call of WriteHeader with
// the given status; for a Write that is http.StatusOK. The headers of an
// informational response are left alone: others follow.
func (g *Guarded) Commit(h http.Header, status int) {
	if g.committed || status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	g.committed = true
	Enforce(h, &g.decision, g.mode)
}

// Finish is to be called once the handler is done. If it has not committed h, the
// server or middleware outside will.
func (g *Guarded) Finish(h http.Header) {
	if !g.committed {
		Enforce(h, &g.decision, g.mode)
	}
}

// Enforce makes h hold the headers of d, and no others of the CORS protocol, and
// completes Vary. Under HandlerWins, a set of headers with one Access-Control-Allow-Origin
// line is kept. It allocates once, or not at all where h is right.
func Enforce(h http.Header, d *cors.Decision, mode cors.GuardMode) {
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
			h[name] = values[i : i+1 : i+1] // as in SetHeaders
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
