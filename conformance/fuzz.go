package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Fuzz tests an adapter end to end with random requests. It sends them over TCP to the
// framework's own server, under one of several policies.
//
//	func FuzzAdapter(f *testing.F) { conformance.Fuzz(f, start) }
//
// Run it with go test -fuzz=FuzzAdapter -parallel=1. Without -fuzz, go test runs the
// seeds, which include every request of the suite's cases. For each response, Fuzz checks
// that
//
//   - the response allows nothing that the policy does not allow, by rules that do not
//     use package cors; it allows credentials only for named origins; it holds no control
//     characters; and Vary names what the answer depends on;
//   - status, body and header are what the policy decides for the request as the adapter
//     read it, and otherwise what the application sends without the adapter;
//   - the adapter read the request correctly, if it is one that all servers read in the
//     same way.
//
// It starts one server for each policy, some with a guard if the adapter has one; one
// server that records what the adapter reads; and one without the adapter.
func Fuzz(f *testing.F, start Start) {
	f.Helper()
	z := newFuzzer(f, start)
	for _, in := range fuzzSeeds() {
		f.Add(in.policy, in.method, in.target, in.lines, in.stock)
	}
	f.Fuzz(func(t *testing.T, policy byte, method, target, lines string, stock []byte) {
		if err := z.check(fuzzInput{policy, method, target, lines, stock}); err != nil {
			t.Error(err)
		}
	})
}

// fuzzer holds the servers that fuzzed requests are sent to. It uses one connection to
// each for as long as the connection stays open.
type fuzzer struct {
	policies [policyCount]fuzzPolicy
	adapters []*client // as users have it: one for each policy
	watched  *client   // its Decider records what it is asked
	without  *client   // the application alone
	seen     *watch
}

func newFuzzer(tb testing.TB, start Start) *fuzzer {
	tb.Helper()
	z := &fuzzer{policies: fuzzPolicies(), seen: new(watch)}
	serve := func(d cors.Decider, opts ...cors.Option) *client {
		calls := new(atomic.Int64)
		c := &client{server: &server{calls: calls, addr: start(tb, App{Decider: d, Options: opts, Routes: fuzzRoutes(calls)})}}
		tb.Cleanup(c.hangUp) // first, because the server may wait for it when it stops
		return c
	}
	for i, p := range z.policies {
		policy, err := cors.Compile(p.config)
		if err != nil {
			tb.Fatal(err)
		}
		// The application does not touch the headers, so a guard changes nothing.
		z.adapters = append(z.adapters, serve(policy, guardOptions(cors.GuardMode(i%(int(cors.HandlerWins)+1)))...))
		z.seen.policies = append(z.seen.policies, policy)
	}
	z.watched, z.without = serve(z.seen), serve(nil)
	return z
}

// fuzzRoutes returns the routes of the fuzzed application.
func fuzzRoutes(calls *atomic.Int64) []Route {
	var all []Route
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		for _, path := range []string{"/hello", "/headers"} {
			all = append(all, Route{Method: method, Path: path, Status: http.StatusOK, Body: []string{"hello\n"}})
		}
	}
	all = append(all,
		Route{Method: "OPTIONS", Path: "/options", Status: http.StatusOK, Body: []string{"options\n"}},
		Route{Method: "GET", Path: "/stream", Does: Stream, Status: http.StatusOK, Body: []string{"one\n", "two\n"}},
		Route{Method: "GET", Path: "/redirect", Does: Redirect, Status: http.StatusFound, Location: "/hello"},
		Route{Method: "GET", Path: "/denied", Does: Fail, Status: http.StatusForbidden},
		Route{Method: "GET", Path: "/panic", Does: Panic, Status: http.StatusInternalServerError},
		Route{Method: "PUT", Path: "/denied", Does: Fail, Status: http.StatusForbidden},
	)
	for i := range all {
		all[i].runs = calls
	}
	return all
}

// watch is a Decider that records what it was asked.
type watch struct {
	policies []*cors.Policy

	mu     sync.Mutex
	policy int            // the one that decides
	asked  []cors.Request // since policy was set
}

// Decide implements cors.Decider.
func (w *watch) Decide(ctx context.Context, r cors.Request) cors.Decision {
	w.mu.Lock()
	policy := w.policies[w.policy]
	w.asked = append(w.asked, r.Clone())
	w.mu.Unlock()
	return policy.Decide(ctx, r)
}

func (w *watch) reset(policy int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.policy, w.asked = policy, nil
}

func (w *watch) requests() []cors.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

// check sends the request that in describes to all servers, and returns an error if
// the adapter breaks a promise.
func (z *fuzzer) check(in fuzzInput) error {
	request := in.request()
	at := int(in.policy) % len(z.policies)
	z.seen.reset(at)
	watched, err := z.watched.fuzz(request)
	response, err2 := z.adapters[at].fuzz(request)
	baseline, baseErr := z.without.fuzz(request)
	if failed := errors.Join(err, err2); failed != nil || baseErr != nil {
		if err != nil && err2 != nil && baseErr != nil {
			return nil // the server itself does not answer this request
		}
		if failed == nil {
			failed = errors.New("without CORS: " + baseErr.Error())
		}
		return fmt.Errorf("not all servers answer: %w\n%s", failed, quoted(string(request.raw)))
	}
	var problem string
	e := Exchange{Request: request.raw, Response: response, Baseline: baseline, By: ByApp}
	w := want{}
	switch asked := z.seen.requests(); {
	case len(asked) > 1:
		problem = fmt.Sprintf("    ! the policy is asked %d times\n", len(asked))
	case len(asked) == 1:
		problem = z.policies[at].violations(request, response)
		decision := z.seen.policies[at].Decide(context.Background(), asked[0])
		w = wantOf(decision)
		e.By = w.by
		if request.clean {
			if should := wantOf(z.seen.policies[at].Decide(context.Background(), request.reads)); !should.equal(w) {
				problem += fmt.Sprintf("    ! the adapter read %+v\n      instead of       %+v\n", asked[0], request.reads)
			}
		}
	case baseline.Ran:
		problem = "    ! a handler runs, and the policy was not asked\n"
	case request.clean && slices.ContainsFunc(fuzzRoutes(nil), func(r Route) bool {
		return request.reads.Method == "OPTIONS" && r.Path == request.reads.Path
	}):
		problem = "    ! the policy was not asked about OPTIONS at the path of a route\n"
	}
	// What the application puts into Vary stays.
	w.fields = append(w.fields, keep(baseline.Fields, func(f Field) bool { return isCORSField(f.Name) })...)
	problem += w.problems(e)
	e.Response = watched
	if more := w.problems(e); more != "" && problem == "" {
		problem = "    ! under a Decider that wraps the policy:\n" + more
	}
	if problem == "" {
		return nil
	}
	return fmt.Errorf("under %+v, the request\n%sis answered\n%sand without CORS\n%sdifference:\n%s",
		z.policies[at].config, quoted(string(request.raw)), quoted(response.Head+response.Body), quoted(baseline.Head+baseline.Body), problem)
}

// wantOf returns the response that follows from a decision.
func wantOf(d cors.Decision) want {
	var w want
	for name, value := range d.Headers() {
		w.fields = append(w.fields, Field{name, strings.Trim(value, " \t")})
	}
	if w.by = ByApp; d.Status() != 0 {
		w.by, w.status = ByAdapter, d.Status()
	}
	return w
}

func (w want) equal(v want) bool {
	return w.by == v.by && w.status == v.status && slices.Equal(w.fields, v.fields)
}

// fuzz sends a request. It reuses a connection only if the server keeps it open and all
// servers read the last request in the same way.
func (c *client) fuzz(request fuzzRequest) (Response, error) {
	reused := c.conn != nil
	r, err := c.ask(request.raw, false)
	if err != nil && reused { // the server may have closed it in the meantime
		c.hangUp()
		r, err = c.ask(request.raw, false)
	}
	closing := slices.ContainsFunc(r.Lines("Connection"), func(v string) bool { return strings.EqualFold(v, "close") })
	if err != nil || closing || !request.clean {
		c.reset()
	}
	return r, err
}

// reset closes the connection without leaving its port in TIME_WAIT: there are fewer
// ports than requests.
func (c *client) reset() {
	if c.conn == nil {
		return
	}
	if tcp, ok := c.conn.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // if this fails, the port is only blocked for longer
	}
	c.hangUp()
}
