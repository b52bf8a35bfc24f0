package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// GuardCase is one way in which code inside an adapter tampers with the headers of the
// response to GET /.
type GuardCase struct {
	Name   string
	Status int
	Body   string // a text that the response's body must hold

	// Keeps are header names that the application puts into Vary. The guard must keep them.
	Keeps []string

	// Right says why the headers are also right without a guard. If it is empty, they must
	// be wrong without a guard. This proves that the case tests something.
	Right string

	// Start serves the application with an adapter that is made with d and the options. See
	// the type Start.
	Start func(tb testing.TB, d cors.Decider, opts ...cors.Option) (addr string)
}

const (
	guardOrigin = "https://app.example.com"
	guardPolicy = `{"allowOrigins": ["` + guardOrigin + `"], "allowCredentials": true, "exposeHeaders": ["x-own"]}`
)

// ownFields are the CORS fields of guardPolicy for an allowed origin.
var ownFields = []string{
	"Access-Control-Allow-Credentials: true",
	"Access-Control-Allow-Origin: " + guardOrigin,
	"Access-Control-Expose-Headers: x-own",
}

// Check checks the case with the guard, and checks that the headers are wrong without it.
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

// guardWant describes the response that the guard must produce.
type guardWant struct {
	status int
	body   string   // part of it
	fields []string // all fields of the CORS protocol, sorted
	vary   []string // names that Vary must have
	lines  []string // additional field lines of the request
	early  bool     // send the head before the adapter runs, if the server can do that
}

// check checks the response to GET path.
func (w guardWant) check(t *testing.T, addr, path, origin string) {
	t.Helper()
	r := w.ask(t, addr, path, origin)
	if problems := w.problems(r); problems != "" {
		t.Errorf("%s%s", problems, quoted(r.Head))
	}
}

// checkUnguarded checks that the headers are wrong without a guard, or right if the text
// right says why.
func (w guardWant) checkUnguarded(t *testing.T, addr, path, origin, right string) {
	t.Helper()
	r := w.ask(t, addr, path, origin)
	switch problems := w.problems(r); {
	case problems == "" && right == "":
		t.Errorf("without the guard the headers are right too, so the case tests nothing:\n%s", quoted(r.Head))
	case problems != "" && right != "":
		t.Errorf("without the guard the headers should be right (%s):\n%s%s", right, problems, quoted(r.Head))
	}
}

// ask returns the response to GET path. It fails the test if status or body are wrong.
func (w guardWant) ask(t *testing.T, addr, path, origin string) Response {
	t.Helper()
	conn, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // nothing is left to send
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

// problems returns a line for each wrong header, or an empty string.
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

// guardOptions returns the options for an adapter with that mode.
func guardOptions(mode cors.GuardMode) []cors.Option {
	if mode == unguarded {
		return nil
	}
	return []cors.Option{cors.Guard(mode)}
}

// GuardOption changes what RunGuard expects.
type GuardOption func(right map[string]string)

// AlreadyRight tells RunGuard that the headers of a scenario are right without a guard
// too, and why. RunGuard fails if they are wrong.
func AlreadyRight(scenario, why string) GuardOption {
	return func(right map[string]string) { right[scenario] = why }
}

// RunGuard checks an adapter's guard. Handlers tamper with headers in many ways, each a
// subtest. start must make the adapter with App.Options, which may hold cors.Guard.
// RunGuard also runs each scenario without the guard, where the headers must be wrong.
// This proves that the scenario tests something.
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
		t.Errorf("AlreadyRight names %q, but there is no such scenario", name)
	}
}
