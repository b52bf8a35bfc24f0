package policydiff

import (
	"context"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// answer is what a page may do with a request and its response.
type answer struct {
	reads       bool     // its script may read the response (Fetch, "CORS check")
	credentials bool     // it may read the response even if the request had credentials
	served      bool     // the server does not refuse the request
	preflight   bool     // the browser may send the request that a preflight asks for
	exposed     []string // response headers that its script may read
}

// ask returns the policy's answer to r.
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

// gains reports whether next lets a page do something that a does not.
func (a answer) gains(next answer) bool {
	more := func(before, after bool) bool { return after && !before }
	return more(a.reads, next.reads) || more(a.credentials, next.credentials) || more(a.served, next.served) ||
		more(a.preflight, next.preflight) || next.reads && slices.ContainsFunc(next.exposed, func(name string) bool {
		return !slices.Contains(a.exposed, name) && !slices.Contains(a.exposed, "*")
	})
}
