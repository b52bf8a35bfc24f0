//go:build unix

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// object is a JSON object.
type object map[string]any

// connection carries JSON documents. One goroutine calls read, and only one calls write
// at a time.
type connection interface {
	read() ([]byte, error)
	write(document []byte) error
	close()
}

// protocol sends commands to an engine and receives its answers and events. It supports
// the Chrome DevTools Protocol and WebDriver BiDi, whose messages are similar.
type protocol struct {
	connection connection
	event      func(session, method string, params json.RawMessage)

	mu      sync.Mutex
	last    int
	waiting map[int]chan<- reply // nil after the connection has ended
}

type reply struct {
	result json.RawMessage
	err    error
}

var errEnded = errors.New("the engine has closed its debugging connection")

// newProtocol returns a client. The caller must run its receive. The client calls event
// for each event; event must not wait for an answer.
func newProtocol(c connection, event func(session, method string, params json.RawMessage)) *protocol {
	return &protocol{connection: c, event: event, waiting: make(map[int]chan<- reply)}
}

// message is an answer or an event.
type message struct {
	ID        int
	SessionID string // CDP: the session of the event's target
	Method    string
	Params    json.RawMessage
	Result    json.RawMessage
	Error     json.RawMessage // CDP: an object with a message; BiDi: a code
	Message   string          // BiDi: the message of an error
}

func (m *message) err() error {
	if m.Error == nil {
		return nil
	}
	var object struct{ Message string }
	if json.Unmarshal(m.Error, &object) == nil {
		return errors.New(object.Message)
	}
	return fmt.Errorf("%s: %s", m.Error, m.Message)
}

// receive passes on answers and events until the engine closes the connection.
func (p *protocol) receive() {
	defer func() {
		p.connection.close()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, w := range p.waiting {
			w <- reply{err: errEnded}
		}
		p.waiting = nil
	}()
	for {
		document, err := p.connection.read()
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(document, &m) != nil {
			return
		}
		if m.ID == 0 {
			p.event(m.SessionID, m.Method, m.Params)
			continue
		}
		p.mu.Lock()
		w, ok := p.waiting[m.ID]
		delete(p.waiting, m.ID)
		p.mu.Unlock()
		if ok {
			w <- reply{result: m.Result, err: m.err()}
		}
	}
}

// send sends a command and returns the channel for its answer.
func (p *protocol) send(session, method string, params object) <-chan reply {
	answer := make(chan reply, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		answer <- reply{err: errEnded}
		return answer
	}
	p.last++
	if params == nil {
		params = object{}
	}
	command := object{"id": p.last, "method": method, "params": params}
	if session != "" {
		command["sessionId"] = session
	}
	document, err := json.Marshal(command)
	if err == nil {
		err = p.connection.write(document)
	}
	if err != nil {
		answer <- reply{err: err}
		return answer
	}
	p.waiting[p.last] = answer
	return answer
}

// call sends a command, waits for its answer, and stores it in result.
func (p *protocol) call(ctx context.Context, session, method string, params object, result any) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case r := <-p.send(session, method, params):
		if r.err != nil {
			return fmt.Errorf("%s: %w", method, r.err)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.result, result)
	}
}
