package site

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/url"
)

// tap relays connections to an application, byte by byte. It records each request before
// it passes it on, so that the record has the order of the requests.
func (s *Site) tap(addr string) func(net.Conn) {
	return func(client net.Conn) {
		server, err := net.Dial("tcp", addr)
		if err != nil {
			s.strange(err)
			return
		}
		answered := make(chan struct{})
		go func() { // returns when either end closes the connection
			defer close(answered)
			_, _ = io.Copy(client, server)
			_ = client.Close()
		}()
		var read bytes.Buffer
		r := bufio.NewReader(io.TeeReader(client, &read))
		for {
			req, _, err := readRequest(r)
			if err != nil {
				break // the client has closed the connection
			}
			s.overhear(req)
			if _, err := read.WriteTo(server); err != nil {
				break
			}
		}
		_ = server.Close()
		<-answered
	}
}

// overhear records a request if it names its run. The target of a redirect does not name
// it.
func (s *Site) overhear(req *Request) {
	target, err := url.ParseRequestURI(req.Target)
	if err != nil {
		s.strange(err)
		return
	}
	if run := s.run(target.Query().Get("run")); run != nil {
		run.record(req, "")
	}
}
