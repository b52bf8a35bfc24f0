package main

import (
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy is a network between an instance and NATS that the test can interrupt. What is sent
// during an interruption arrives after it, and neither side gets an error.
type proxy struct {
	listener net.Listener
	to       string
	running  sync.WaitGroup

	mu          sync.Mutex
	whole       chan struct{} // closed while the network is whole
	connections []net.Conn
	closed      bool
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: l, to: to, whole: make(chan struct{})}
	close(p.whole)
	p.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(client) })
		}
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// serve connects a client with NATS.
func (p *proxy) serve(client net.Conn) {
	if !p.keep(client) {
		return
	}
	p.wait()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = client.Close()
		return
	}
	if !p.keep(server) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pipe(client, server) })
	both.Go(func() { p.pipe(server, client) })
	both.Wait()
}

// keep records a connection so that close can end it, and reports whether it may continue.
func (p *proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = c.Close()
		return false
	}
	p.connections = append(p.connections, c)
	return true
}

func (p *proxy) pipe(to, from net.Conn) {
	defer func() {
		_ = to.Close()
		_ = from.Close()
	}()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.wait()
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

// wait waits until the network is whole.
func (p *proxy) wait() {
	p.mu.Lock()
	whole := p.whole
	p.mu.Unlock()
	<-whole
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.whole = make(chan struct{})
}

func (p *proxy) join() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.whole)
}

// close ends all connections, and waits for that. The network must be whole.
func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	for _, c := range p.connections {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}
