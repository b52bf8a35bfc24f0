package adapt

import (
	"net/http"
	"reflect"

	cors "github.com/crossgate/cors/core"
)

// A writer without Unwrap hides an outer pass from an inner one. The passes then tell each
// other by marks in the header, which they share. A mark is a header without a value, which
// servers do not send. Its name is not a token (RFC 9110, section 5.1), so net/http does not
// send it either if middleware outside copies headers by Get and Set, which gives it an empty
// value. A mark with a value would reach the wire where a server does not check names, such
// as that of quic-go/http3.
//
// Middleware may read the first value of each header, and then a mark makes it panic. So
// passes set marks only where a writer may hide something.
const (
	passed = "Crossgate: passed" // by an inner pass: it has decided
	lost   = "Crossgate: lost"   // by a route that does not find its pass: its request has another context
)

// decideLate makes the decision of a Mount. It is now known which route has served.
func (g *Guard) decideLate(h http.Header, status int) {
	x := g.exchange
	if x.finished { // outer middleware or an error handler sends the head
		x.pass.Commit(status)
		return
	}
	g.decision = x.pass.Commit(status)
	if x.finished = status >= 300; !x.finished {
		g.exchange = nil
	}
	if len(h) == 0 && !x.hidden {
		return
	}
	if _, found := h[lost]; found {
		delete(h, lost)
		g.close()
		x.mount.sayLost(x)
	}
	if x.Again {
		if _, decided := h[passed]; decided {
			g.decision = new(cors.Decision)
			if !x.hidden {
				delete(h, passed)
			}
			return
		}
	}
	if x.hidden {
		h[passed] = nil
	}
}

// servers has the types of the writers that servers make. Nothing is around them.
var servers = map[string]bool{
	"net/http.response":                               true,
	"net/http.http2responseWriter":                    true,
	"golang.org/x/net/http2.responseWriter":           true,
	"github.com/quic-go/quic-go/http3.responseWriter": true,
}

// hides reports whether w, or a writer that it unwraps to, may hide an outer pass: the
// innermost writer is not known to be a server's.
func hides(w http.ResponseWriter) bool {
	for range 64 { // as in GuardOf
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = wrapper.Unwrap()
	}
	t := reflect.TypeOf(w)
	if t == nil || t.Kind() != reflect.Pointer {
		return true
	}
	t = t.Elem()
	return !servers[t.PkgPath()+"."+t.Name()]
}
