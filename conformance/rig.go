package conformance

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Rig checks cases against one Start. It starts each distinct App once and keeps
// it for the cases that follow, until its test is over. A Rig checks one case at a
// time, so that it knows whose handler ran.
type Rig struct {
	tb    testing.TB
	start Start

	mu   sync.Mutex
	apps map[setup]*server
}

// server is an App that is being served.
type server struct {
	addr  string
	calls *atomic.Int64
}

// NewRig returns a Rig whose servers live as long as tb.
func NewRig(tb testing.TB, start Start) *Rig {
	return &Rig{tb: tb, start: start, apps: make(map[setup]*server)}
}

// Check is Case.Check on servers that are kept. It also returns what went over
// the wire, up to the step that failed.
func (r *Rig) Check(c Case) ([]Exchange, error) {
	r.tb.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.err != nil {
		return nil, c.err
	}
	app, live, err := r.app(c.setup)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	baseline, _, err := r.app(noCORS())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	withCORS, without := &client{server: app}, &client{server: baseline}
	defer withCORS.hangUp()
	defer without.hangUp()

	var exchanges []Exchange
	for i, s := range c.steps {
		if err := replacePolicy(live, s.store); err != nil {
			return exchanges, fmt.Errorf("%s: %w", c.Name, err)
		}
		e := Exchange{Request: s.request, By: s.want.by}
		problem := ""
		if err := e.run(withCORS, without, !c.keepAlive); err != nil {
			problem = fmt.Sprintf("    ! %v\n", err)
		} else {
			if c.mayRefuse && e.refused() {
				e.By = ByServer
			}
			problem = s.want.problems(e)
		}
		exchanges = append(exchanges, e)
		if problem != "" {
			return exchanges, c.failure(i, e, problem)
		}
	}
	return exchanges, nil
}

// replacePolicy puts the policy of a JSON configuration into force, if there is one.
func replacePolicy(live *cors.Live, config string) error {
	switch {
	case config == "":
		return nil
	case live == nil:
		return errors.New("only a live policy can be replaced")
	}
	p, err := compile(config, "")
	if err == nil {
		live.Store(p)
	}
	return err
}

// run sends e's request to both applications.
func (e *Exchange) run(withCORS, without *client, last bool) error {
	var corsErr, baseErr error
	e.Response, corsErr = withCORS.ask(e.Request, last)
	if e.Baseline, baseErr = without.ask(e.Request, last); baseErr != nil {
		baseErr = fmt.Errorf("without CORS: %w", baseErr)
	}
	return errors.Join(corsErr, baseErr)
}

// noCORS is the setup of the baseline.
func noCORS() setup { return setup{kind: "policy", text: "none"} }

// prepare starts what c needs and can share with other cases. A Start may end the
// test that it is given, which only that test's own goroutine can do: Run calls
// this one there, and not in a subtest.
func (r *Rig) prepare(c Case) error {
	r.tb.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	if _, _, err := r.app(noCORS()); err != nil || c.setup.kind == "live" {
		return err
	}
	_, _, err := r.app(c.setup)
	return err
}

// checkFor checks a case that was prepared, in a subtest.
func (r *Rig) checkFor(tb testing.TB, c Case) error {
	tb.Helper()
	if c.setup.kind == "live" {
		return c.Check(tb, r.start)
	}
	_, err := r.Check(c)
	return err
}

// app returns a server for the setup. One with a live policy, which the case will
// change, is never shared.
func (r *Rig) app(s setup) (*server, *cors.Live, error) {
	r.tb.Helper()
	if kept := r.apps[s]; kept != nil {
		return kept, nil, nil
	}
	d, live, err := s.build()
	if err != nil {
		return nil, nil, err
	}
	calls := new(atomic.Int64)
	started := &server{calls: calls, addr: r.start(r.tb, App{Decider: d, Routes: routes(calls)})}
	if live == nil {
		r.apps[s] = started
	}
	return started, live, nil
}

// client asks one server, on one connection as long as that stays open.
type client struct {
	*server
	conn *connection
}

// ask sends a request and returns the response. With last set the connection is
// closed after it.
func (c *client) ask(request []byte, last bool) (Response, error) {
	if c.conn == nil {
		conn, err := dial(c.addr)
		if err != nil {
			return Response{}, err
		}
		c.conn = conn
	}
	before := c.calls.Load()
	response, err := c.conn.exchange(request, last)
	response.Ran = response.Ran || c.calls.Load() > before
	if last {
		c.hangUp()
	}
	return response, err
}

func (c *client) hangUp() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is left to be sent
		c.conn = nil
	}
}
