// Package wire records requests and responses as they were on the connection, for any
// framework. So the playground shows the CORS headers that a browser really received, not
// those that a framework or middleware reports.
package wire

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"strings"
	"sync"
)

// maxHead bounds, in bytes, the heads that are recorded. A connection whose
// heads are longer goes on working, unrecorded.
const maxHead = 16 << 10

var headEnd = []byte("\r\n\r\n")

// Tap returns a listener whose connections report each exchange: the heads of a request and
// its response, as they were on the wire. The report comes before the last byte of the
// response's head is sent, so a client that has the response can rely on it.
func Tap(l net.Listener, report func(requestHead, responseHead string)) net.Listener {
	return &listener{Listener: l, report: report}
}

type listener struct {
	net.Listener
	report func(requestHead, responseHead string)
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, report: l.report}, nil
}

// conn parses the heads of HTTP/1.1 in both directions. It has a lock, because a server may
// read and write at the same time.
type conn struct {
	net.Conn
	report func(requestHead, responseHead string)

	mu      sync.Mutex
	in      []byte   // the part of a request's head that has arrived
	skip    int64    // bytes of a request's body still to come
	waiting []string // heads of requests that have no response yet
	out     []byte   // the part of a response's head that was sent
	off     bool     // the connection's protocol is not followed
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received(p[:n])
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	c.sent(p)
	return c.Conn.Write(p)
}

func (c *conn) received(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(p) > 0 && !c.off {
		if c.skip > 0 {
			n := min(c.skip, int64(len(p)))
			c.skip -= n
			p = p[n:]
			continue
		}
		c.in = append(c.in, p...)
		end := bytes.Index(c.in, headEnd)
		if end < 0 {
			c.off = len(c.in) > maxHead
			return
		}
		head := string(c.in[:end+len(headEnd)])
		p = bytes.Clone(c.in[len(head):])
		c.in = c.in[:0]
		c.waiting = append(c.waiting, head)
		c.skip, c.off = bodyLength(head)
	}
}

// bodyLength says how many bytes of body follow the head of a request. Bodies of
// unknown length are not followed: browsers send none over HTTP/1.1.
func bodyLength(head string) (n int64, unknown bool) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
	if err != nil || r.ContentLength < 0 {
		return 0, true
	}
	return r.ContentLength, false
}

// sent collects the head of the response to the oldest waiting request. Bytes written while
// no request waits are the body of a reported response: a browser sends its next request
// only when that is complete.
func (c *conn) sent(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return
	}
	c.out = append(c.out, p...)
	for {
		end := bytes.Index(c.out, headEnd)
		if end < 0 {
			if len(c.out) > maxHead {
				c.off, c.waiting, c.out = true, nil, nil
			}
			return
		}
		head := string(c.out[:end+len(headEnd)])
		if isInterim(head) { // 100 Continue: the final response follows
			c.out = c.out[len(head):]
			continue
		}
		c.out = c.out[:0]
		request := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.report(request, head)
		return
	}
}

func isInterim(head string) bool {
	_, status, _ := strings.Cut(head, " ")
	return strings.HasPrefix(status, "1")
}
