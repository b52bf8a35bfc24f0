package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// GuardCase is one way in which something inside an adapter tampers with the headers of
// the response to GET /.
type GuardCase struct {
	Name   string
	Status int
	Body   string // what the response's body must hold

	// Keeps are header names that the application puts into Vary, to be kept there.
	Keeps []string

	// Right says why the headers are right without a guard, too. Where it is empty
	// they must be wrong there, so that the case is known to test something.
	Right string

	// Start serves the application with an adapter that is made with d and the
	// options. See Start.
	Start func(tb testing.TB, d cors.Decider, opts ...cors.Option) (addr string)
}

const (
	guardOrigin = "https://app.example.com"
	guardPolicy = `{"allowOrigins": ["` + guardOrigin + `"], "allowCredentials": true, "exposeHeaders": ["x-own"]}`
)

// ownFields are the fields that guardPolicy wants where it allows the origin.
var ownFields = []string{
	"Access-Control-Allow-Credentials: true",
	"Access-Control-Allow-Origin: " + guardOrigin,
	"Access-Control-Expose-Headers: x-own",
}

// Check checks the case with the guard, and that without it the headers are wrong.
func (c GuardCase) Check(t *testing.T) {
	t.Helper()
	p, err := compile(guardPolicy, "")
	if err != nil {
		t.Fatal(err)
	}
	w := guardWant{status: c.Status, body: c.Body, fields: ownFields, vary: append([]string{"Origin"}, c.Keeps...)}
	w.checkUnguarded(t, c.Start(t, p), "/", guardOrigin, c.Right)
	w.check(t, c.Start(t, p, cors.Guard(cors.PolicyWins)), "/", guardOrigin)
}

// guardWant is what a guarded response must be.
type guardWant struct {
	status int
	body   string   // part of it
	fields []string // all of the CORS protocol, sorted
	vary   []string // names that Vary must have
	lines  []string // more field lines of the request
	early  bool     // the head is sent before the adapter runs, if the server can do that
}

// check checks the response to GET path.
func (w guardWant) check(t *testing.T, addr, path, origin string) {
	t.Helper()
	r := w.ask(t, addr, path, origin)
	if problems := w.problems(r); problems != "" {
		t.Errorf("%s%s", problems, quoted(r.Head))
	}
}

// checkUnguarded checks that headers are wrong without a guard, or right if right
// says why.
func (w guardWant) checkUnguarded(t *testing.T, addr, path, origin, right string) {
	t.Helper()
	r := w.ask(t, addr, path, origin)
	switch problems := w.problems(r); {
	case problems == "" && right == "":
		t.Errorf("without the guard nothing is wrong, so the case tests nothing:\n%s", quoted(r.Head))
	case problems != "" && right != "":
		t.Errorf("without the guard the headers should be right (%s):\n%s%s", right, problems, quoted(r.Head))
	}
}

// ask returns the response to GET path, whose status and body must be right.
func (w guardWant) ask(t *testing.T, addr, path, origin string) Response {
	t.Helper()
	conn, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // nothing is left to be sent
	lines := []string{"GET " + path}
	if origin != "" {
		lines = append(lines, "Origin: "+origin)
	}
	lines = append(lines, w.lines...)
	r, err := conn.exchange(request(lines, "", true), true)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != w.status || !strings.Contains(r.Body, w.body) {
		t.Fatalf("status %d, want %d; body %q, want %q:\n%s", r.Status, w.status, r.Body, w.body, quoted(r.Head))
	}
	return r
}

// problems returns a line for each wrong header, or nothing.
func (w guardWant) problems(r Response) string {
	if w.early && r.Lines(OuterEarly) != nil {
		w.fields, w.vary = nil, nil
	}
	var p problemList
	var got []string
	for _, f := range r.Fields {
		if name := strings.ToLower(f.Name); strings.HasPrefix(name, "access-control-") {
			got = append(got, f.String())
		}
	}
	for _, f := range r.Trailers {
		if isCORSField(f.Name) {
			p.add("! %s is in the trailers", f)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, w.fields) {
		p.add("! CORS fields %q, want %q", got, w.fields)
	}
	names := strings.Split(strings.ReplaceAll(strings.Join(r.Lines("Vary"), ","), " ", ""), ",")
	for _, name := range w.vary {
		if !slices.Contains(names, name) {
			p.add("! Vary lacks %s", name)
		}
	}
	return p.String()
}

// unguarded is the mode of an adapter without a guard.
const unguarded cors.GuardMode = 0

// guardOptions are the options of an adapter with that mode.
func guardOptions(mode cors.GuardMode) []cors.Option {
	if mode == unguarded {
		return nil
	}
	return []cors.Option{cors.Guard(mode)}
}

// GuardOption changes how RunGuard judges.
type GuardOption func(right map[string]string)

// AlreadyRight tells RunGuard that the headers of a scenario are right without a
// guard too, and why. If they are not, RunGuard fails.
func AlreadyRight(scenario, why string) GuardOption {
	return func(right map[string]string) { right[scenario] = why }
}

// RunGuard checks an adapter's guard against what handlers do to headers, each a
// subtest. start makes the adapter with App.Options, of which cors.Guard may be one. Each scenario is also played without the guard,
// where the headers must be wrong: so it is known to test something.
func RunGuard(t *testing.T, start Start, opts ...GuardOption) {
	t.Helper()
	right := make(map[string]string)
	for _, opt := range opts {
		opt(right)
	}
	policy, err := compile(guardPolicy, "")
	if err != nil {
		t.Fatal(err)
	}
	all := guardScenarios()
	routes := make([]Route, 0, len(all))
	for i, s := range all {
		r := s.route
		r.Method, r.Path, r.Status = "GET", fmt.Sprintf("/guard/%d", i), s.want.status
		routes = append(routes, r)
	}
	var addrs [cors.HandlerWins + 1]string
	for mode := range addrs {
		addrs[mode] = start(t, App{Decider: policy, Routes: routes, Options: guardOptions(cors.GuardMode(mode))})
	}
	for i, s := range all {
		why := right[s.name]
		delete(right, s.name)
		t.Run(s.name, func(t *testing.T) {
			if s.right != "" {
				why = s.right
			}
			s.want.checkUnguarded(t, addrs[unguarded], routes[i].Path, s.origin, why)
			if s.bare != nil {
				bare := guardWant{status: s.want.status, fields: s.bare, lines: s.want.lines}
				bare.check(t, addrs[unguarded], routes[i].Path, s.origin)
			}
			s.want.check(t, addrs[s.guard], routes[i].Path, s.origin)
		})
	}
	for name := range right {
		t.Errorf("AlreadyRight names %q, and there is no such scenario", name)
	}
}
