//go:build unix

package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// object is a JSON object.
type object map[string]any

// cdp speaks the Chrome DevTools Protocol over a pair of pipes: JSON documents, each
// followed by a NUL.
type cdp struct {
	in    io.WriteCloser
	out   io.ReadCloser
	event func(session, method string, params json.RawMessage)

	mu      sync.Mutex
	last    int
	waiting map[int]chan<- reply // nil once the connection has ended
}

type reply struct {
	result json.RawMessage
	err    error
}

var errEnded = errors.New("the engine has closed its debugging pipe")

// newCDP returns a client that writes to in and, in read, reads from out. event is
// called with each event, and must not wait for an answer.
func newCDP(in io.WriteCloser, out io.ReadCloser, event func(session, method string, params json.RawMessage)) *cdp {
	return &cdp{in: in, out: out, event: event, waiting: make(map[int]chan<- reply)}
}

// read hands out answers and events until the engine closes its end.
func (c *cdp) read() {
	defer func() {
		_, _ = c.in.Close(), c.out.Close()
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, w := range c.waiting {
			w <- reply{err: errEnded}
		}
		c.waiting = nil
	}()
	r := bufio.NewReader(c.out)
	for {
		document, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			ID        int
			SessionID string
			Method    string
			Params    json.RawMessage
			Result    json.RawMessage
			Error     *struct{ Message string }
		}
		if json.Unmarshal(document[:len(document)-1], &m) != nil {
			return
		}
		if m.ID == 0 {
			c.event(m.SessionID, m.Method, m.Params)
			continue
		}
		c.mu.Lock()
		w, ok := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if !ok {
			continue
		}
		answer := reply{result: m.Result}
		if m.Error != nil {
			answer.err = errors.New(m.Error.Message)
		}
		w <- answer
	}
}

// send sends a command and returns where its answer will come.
func (c *cdp) send(session, method string, params object) <-chan reply {
	answer := make(chan reply, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		answer <- reply{err: errEnded}
		return answer
	}
	c.last++
	command := object{"id": c.last, "method": method}
	if params != nil {
		command["params"] = params
	}
	if session != "" {
		command["sessionId"] = session
	}
	document, err := json.Marshal(command)
	if err == nil {
		_, err = c.in.Write(append(document, 0))
	}
	if err != nil {
		answer <- reply{err: err}
		return answer
	}
	c.waiting[c.last] = answer
	return answer
}

// call sends a command and waits for its answer, to be stored in result.
func (c *cdp) call(ctx context.Context, session, method string, params object, result any) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r := <-c.send(session, method, params):
		if r.err != nil {
			return fmt.Errorf("%s: %w", method, r.err)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.result, result)
	}
}
