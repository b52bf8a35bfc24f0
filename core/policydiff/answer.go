package policydiff

import (
	"context"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// answer is what a page gets for a request, by the response's headers.
type answer struct {
	reads       bool     // its script may read the response (Fetch, "CORS check")
	credentials bool     // also if it was made with credentials
	served      bool     // the server does not refuse the request
	preflight   bool     // the request that a preflight asks for may be sent
	exposed     []string // response headers that its script may read
}

// ask asks the real policy.
func ask(p *cors.Policy, r cors.Request) (a answer) {
	d := p.Decide(context.Background(), r)
	for name, value := range d.Headers() {
		switch name {
		case "Access-Control-Allow-Origin":
			a.reads = value == "*" || value == r.Origin
		case "Access-Control-Allow-Credentials":
			a.credentials = value == "true"
		case "Access-Control-Expose-Headers":
			a.exposed = strings.Split(value, ", ")
		}
	}
	a.credentials = a.credentials && a.reads
	if d.Kind() == cors.Preflight {
		a.preflight = a.reads && d.Reason() == cors.Allowed
	} else {
		a.served = d.Status() == 0
	}
	return a
}

// gains reports whether a page may do something by next that it may not by a.
func (a answer) gains(next answer) bool {
	more := func(before, after bool) bool { return after && !before }
	return more(a.reads, next.reads) || more(a.credentials, next.credentials) || more(a.served, next.served) ||
		more(a.preflight, next.preflight) || next.reads && slices.ContainsFunc(next.exposed, func(name string) bool {
		return !slices.Contains(a.exposed, name) && !slices.Contains(a.exposed, "*")
	})
}
