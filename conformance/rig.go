package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
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
	file string // name of the file that they serve
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
	if c.aborts() { // a handler may outlive the case: it must not be taken for one of the next
		r = NewRig(r.tb, r.start)
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
	if c.conn == pipelined {
		return c.checkPipelined(withCORS, without)
	}
	var exchanges []Exchange
	for i, s := range c.steps {
		err := replacePolicy(live, s.store)
		if err == nil && s.abort != "" {
			if err = errors.Join(withCORS.leave(s.request, s.abort), without.leave(s.request, s.abort)); err == nil {
				continue
			}
		}
		if err != nil {
			return exchanges, fmt.Errorf("%s: %w", c.Name, err)
		}
		e := Exchange{Request: s.request, By: s.want.by}
		err = e.run(withCORS, without, c.conn == separate)
		if err = c.judge(i, &e, err); err != nil {
			return append(exchanges, e), err
		}
		exchanges = append(exchanges, e)
	}
	return exchanges, nil
}

// checkPipelined checks a case whose requests are sent at once.
func (c Case) checkPipelined(withCORS, without *client) ([]Exchange, error) {
	var requests [][]byte
	for _, s := range c.steps {
		requests = append(requests, s.request)
	}
	responses, err := withCORS.askAll(requests)
	baselines, baseErr := without.askAll(requests)
	if baseErr != nil {
		baseErr = fmt.Errorf("without CORS: %w", baseErr)
	}
	if err := errors.Join(err, baseErr); err != nil {
		whole := Exchange{Request: bytes.Join(requests, nil)}
		return nil, c.judge(0, &whole, err)
	}
	var exchanges []Exchange
	for i, s := range c.steps {
		e := Exchange{Request: s.request, Response: responses[i], Baseline: baselines[i], By: s.want.by}
		if err := c.judge(i, &e, nil); err != nil {
			return append(exchanges, e), err
		}
		exchanges = append(exchanges, e)
	}
	return exchanges, nil
}

// judge returns what is wrong with the exchange of step i, if anything is. err is
// what kept the exchange from coming to its end.
func (c Case) judge(i int, e *Exchange, err error) error {
	problem := ""
	if err != nil {
		problem = fmt.Sprintf("    ! %v\n", err)
	} else {
		if c.mayRefuse && e.refused() {
			e.By = ByServer
		}
		problem = c.steps[i].want.problems(*e)
	}
	if problem == "" {
		return nil
	}
	return c.failure(i, *e, problem)
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
	if c.aborts() {
		return nil
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
	if c.setup.kind == "live" || c.aborts() {
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
	if r.file == "" {
		r.file = filepath.Join(files(r.tb), fileName)
	}
	started := &server{calls: calls, addr: r.start(r.tb, App{Decider: d, Routes: routes(calls, r.file)})}
	if live == nil {
		r.apps[s] = started
	}
	return started, live, nil
}

// client asks one server, on one connection as long as that stays open.
type client struct {
	*server
	conn *connection
	left bool // it left before an answer was complete
}

// ask sends a request and returns the response. With last set the connection is
// closed after it.
func (c *client) ask(request []byte, last bool) (Response, error) {
	if err := c.dial(); err != nil {
		return Response{}, err
	}
	before := c.calls.Load()
	response, err := c.conn.exchange(request, last)
	// Where the client left, the handler of another request may still be running.
	response.Ran = response.Ran || !c.left && c.calls.Load() > before
	if last {
		c.hangUp()
	}
	return response, err
}

// askAll sends requests at once, on a connection that ends with them. Which of them
// had a handler run is seen on the wire alone.
func (c *client) askAll(requests [][]byte) ([]Response, error) {
	if err := c.dial(); err != nil {
		return nil, err
	}
	return c.conn.askAll(requests)
}

// leave asks, and hangs up before there is an answer.
func (c *client) leave(request []byte, where abort) error {
	if err := c.dial(); err != nil {
		return err
	}
	err := c.conn.leave(request, where)
	c.conn, c.left = nil, true
	return err
}

func (c *client) dial() (err error) {
	if c.conn == nil {
		c.conn, err = dial(c.addr)
	}
	return err
}

func (c *client) hangUp() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is left to be sent
		c.conn = nil
	}
}
