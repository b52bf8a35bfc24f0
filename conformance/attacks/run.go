package attacks

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// Run sends every request of the corpus to an adapter, and logs the number of requests.
//
// If the server itself refuses a request and its response has no CORS header, the attack
// has failed, and Run counts the request as refused. If a case's handler tampers with the
// headers, Run uses the adapter with its guard.
func Run(t *testing.T, start conformance.Start) {
	t.Helper()
	cases := Cases(t)
	serve := func(opts ...cors.Option) site {
		live := new(cors.Live)
		return site{live: live, addr: start(t, conformance.App{Decider: live, Options: opts, Routes: routes(cases)})}
	}
	plain, guarded := serve(), serve(cors.Guard(cors.PolicyWins))
	var n tally
	for _, c := range cases {
		p, err := cors.Compile(c.Config())
		switch {
		case c.Kind == Config:
			continue
		case err != nil:
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		s := plain
		if len(c.Sent.HandlerSets) > 0 {
			s = guarded
		}
		s.live.Store(p)
		for _, ask := range c.Asks() {
			if c.Transport == "api" || !ask.onWire() {
				n.kept++
				continue
			}
			if err := s.check(c, ask, &n); err != nil {
				t.Errorf("%v\nthe request: %.400q", err, ask.Bytes())
			}
		}
	}
	t.Log(n)
}

// site is a server whose policy can be replaced.
type site struct {
	live *cors.Live
	addr string
}

// tally counts requests.
type tally struct{ answered, refused, kept int }

func (n tally) String() string {
	return fmt.Sprintf("%d requests answered, %d refused by the server itself, %d that cannot be sent over HTTP", n.answered, n.refused, n.kept)
}

// check sends a request and judges the answer.
func (s site) check(c Case, ask Ask, n *tally) error {
	r, err := conformance.Send(s.addr, ask.Bytes())
	if err != nil {
		// A server that stops reading closes the connection, and its answer may be lost (RFC
		// 9112, section 9.6).
		if c.MayRefuse == "" || r.Status != 0 {
			return fmt.Errorf("%s: %w", c.ID, err)
		}
		n.refused++
		return nil
	}
	if refused(r) {
		n.refused++
		if c.Must.grants() && c.MayRefuse == "" {
			return fmt.Errorf("%s: %s: the server refuses a request with %d that must be granted", c.ID, c.Why, r.Status)
		}
		return nil
	}
	n.answered++
	if err := c.Judge(r); err != nil {
		return fmt.Errorf("%w\nthe response: %d, %q", err, r.Status, r.Fields)
	}
	if c.Kind == Origin {
		return judgeRefusal(c, ask, r)
	}
	return nil
}

// refused reports whether the server answered by itself, without the adapter.
func refused(r conformance.Response) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge}, r.Status) && !r.Ran &&
		!slices.ContainsFunc(r.Fields, func(f conformance.Field) bool {
			name := strings.ToLower(f.Name)
			return name == "vary" || strings.HasPrefix(name, "access-control-")
		})
}

// judgeRefusal checks how an origin is refused. Its actual request must reach the
// handler, because CORS does not block requests. Its preflight must not reach the
// handler, and must fail.
func judgeRefusal(c Case, ask Ask, r conformance.Response) error {
	preflight := ask.Method == http.MethodOptions && ask.Request().Origin != ""
	wrong := ""
	switch {
	case preflight && (r.Ran || r.Status != http.StatusForbidden):
		wrong = "the preflight of a refused origin"
	case !preflight && !r.Ran:
		wrong = "the actual request of a refused origin"
	default:
		return nil
	}
	return fmt.Errorf("%s: %s gets status %d, and the handler ran: %t", c.ID, wrong, r.Status, r.Ran)
}

// routes returns the routes of the corpus's server: /x for every method that cases use,
// and a handler for each case that needs its own.
func routes(cases []Case) []conformance.Route {
	var all []conformance.Route
	add := func(path string, status int, sets [][2]text) {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			r := conformance.Route{Method: method, Path: path, Status: status}
			for _, f := range sets {
				r.Set = append(r.Set, conformance.Field{Name: string(f[0]), Value: string(f[1])})
			}
			all = append(all, r)
		}
	}
	add("/x", http.StatusOK, nil)
	for _, c := range cases {
		if path := c.path(); path != "/x" {
			status := c.Sent.HandlerStatus
			if status == 0 {
				status = http.StatusOK
			}
			add(path, status, c.Sent.HandlerSets)
		}
	}
	return all
}
