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

// Rig checks cases against one Start. It starts each distinct App once and reuses it for
// later cases, until its test ends. A Rig checks one case at a time, so that it knows
// which request a handler ran for.
type Rig struct {
	tb    testing.TB
	start Start

	mu   sync.Mutex
	apps map[setup]*server
	file string // name of the file that the servers serve
}

// server is a running App.
type server struct {
	addr  string
	calls *atomic.Int64
}

// NewRig returns a Rig whose servers live as long as tb.
func NewRig(tb testing.TB, start Start) *Rig {
	return &Rig{tb: tb, start: start, apps: make(map[setup]*server)}
}

// Check is Case.Check on servers that are reused. It also returns the exchanges up to the
// step that failed.
func (r *Rig) Check(c Case) ([]Exchange, error) {
	r.tb.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.err != nil {
		return nil, c.err
	}
	if c.aborts() { // a handler may still run after the case: it must not be counted for the next one
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

// checkPipelined checks a case that sends all its requests at once.
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

// judge returns the problem with the exchange of step i, or nil. err is the error that
// ended the exchange early.
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

// replacePolicy installs the policy of a JSON configuration, if there is one.
func replacePolicy(live *cors.Live, config string) error {
	switch {
	case config == "":
		return nil
	case live == nil:
		return errors.New("only the policy of a line «live:» can be replaced")
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

// prepare starts what c needs and can share with other cases. A Start may end the test
// that it is given, and only that test's own goroutine can do so. Run therefore calls
// prepare there, and not in a subtest.
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

// checkFor checks a prepared case in a subtest.
func (r *Rig) checkFor(tb testing.TB, c Case) error {
	tb.Helper()
	if c.setup.kind == "live" || c.aborts() {
		return c.Check(tb, r.start)
	}
	_, err := r.Check(c)
	return err
}

// app returns a server for the setup. A server with a live policy is never shared,
// because the case changes the policy.
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

// client talks to one server, and uses one connection for as long as it stays open.
type client struct {
	*server
	conn *connection
	left bool // it disconnected before an answer was complete
}

// ask sends a request and returns the response. If last is set, the connection is closed
// after it.
func (c *client) ask(request []byte, last bool) (Response, error) {
	if err := c.dial(); err != nil {
		return Response{}, err
	}
	before := c.calls.Load()
	response, err := c.conn.exchange(request, last)
	// If the client has disconnected early, the handler of an earlier request may still be
	// running.
	response.Ran = response.Ran || !c.left && c.calls.Load() > before
	if last {
		c.hangUp()
	}
	return response, err
}

// askAll sends requests at once on a connection, and closes it after them. Only the wire
// shows which of them had a handler run.
func (c *client) askAll(requests [][]byte) ([]Response, error) {
	if err := c.dial(); err != nil {
		return nil, err
	}
	return c.conn.askAll(requests)
}

// leave sends a request and disconnects before the answer is complete.
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
		_ = c.conn.Close() // nothing is left to send
		c.conn = nil
	}
}
