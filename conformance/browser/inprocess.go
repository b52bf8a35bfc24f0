package browser

import (
	"net"
	"net/http"
	"sync"
)

// connect returns a connection to a new server in this process that answers with h. The
// server ends when either side closes the connection.
func connect(h http.Handler) net.Conn {
	client, server := net.Pipe()
	l := &single{conn: server, closed: make(chan struct{})}
	s := &http.Server{Handler: h} //nolint:gosec // the client sends its head at once, and its context bounds the rest
	go func() { _ = s.Serve(l) }()
	return client
}

// single is a listener for exactly one connection.
type single struct {
	conn   net.Conn // nil after it is accepted
	closed chan struct{}
	once   sync.Once
}

// Accept returns the connection the first time. The next call waits until the connection
// is closed. Serve calls Accept from one goroutine.
func (l *single) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return &singleConn{Conn: conn, end: l.end}, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *single) end() { l.once.Do(func() { close(l.closed) }) }

// Close does nothing. http.Server calls it when Serve ends.
func (l *single) Close() error { return nil }

// Addr returns an address that no socket has.
func (l *single) Addr() net.Addr { return pipeAddr{} }

// singleConn notifies its listener when it is closed.
type singleConn struct {
	net.Conn
	end func()
}

func (c *singleConn) Close() error {
	defer c.end()
	return c.Conn.Close()
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
