package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// load sends one request again and again over connections that stay open. Each connection
// waits for its response before it sends the next request. All responses to a request are
// equal except for their Date, so load reads them by their length and does not parse
// them. The generator should need as little of the machine as possible.
type load struct {
	request []byte
	conns   []*loadConn
}

type loadConn struct {
	net.Conn
	response  []byte // a buffer for one response
	latencies []time.Duration
}

const (
	statusOK = "HTTP/1.1 200 OK\r\n"
	ending   = "\r\n\r\nok" // the end of each response: the handler's body
)

// dialLoad opens n connections to addr. It checks on each that the handler answers the
// request with the given Access-Control-Allow-Origin.
func dialLoad(addr string, n int, request []byte, allowOrigin string) (*load, error) {
	l := &load{request: request}
	for range n {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return nil, errors.Join(err, l.close())
		}
		c := &loadConn{Conn: conn}
		l.conns = append(l.conns, c)
		if err := c.first(request, allowOrigin); err != nil {
			return nil, errors.Join(err, l.close())
		}
	}
	return l, nil
}

// first sends the request once, and records the length of its response.
func (c *loadConn) first(request []byte, allowOrigin string) error {
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := c.Write(request); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	for !bytes.HasSuffix(c.response, []byte(ending)) {
		n, err := c.Read(buf)
		if err != nil {
			return fmt.Errorf("after %q: %w", c.response, err)
		}
		c.response = append(c.response, buf[:n]...)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(c.response)), nil)
	if err != nil {
		return err
	}
	if got := response.Header.Get("Access-Control-Allow-Origin"); response.StatusCode != http.StatusOK || got != allowOrigin {
		return fmt.Errorf("answered with status %d and Access-Control-Allow-Origin %q, not %q", response.StatusCode, got, allowOrigin)
	}
	return response.Body.Close()
}

// run sends requests for the given time. It returns the number of answers per second, and
// the 99th percentile of their times.
func (l *load) run(d time.Duration) (perSecond float64, p99 time.Duration, err error) {
	began := time.Now()
	errs := make([]error, len(l.conns))
	var wg sync.WaitGroup
	for i, c := range l.conns {
		wg.Go(func() { errs[i] = c.run(l.request, began.Add(d)) })
	}
	wg.Wait()
	took := time.Since(began)
	if err := errors.Join(errs...); err != nil {
		return 0, 0, err
	}
	var all []time.Duration
	for _, c := range l.conns {
		all = append(all, c.latencies...)
	}
	slices.Sort(all)
	return float64(len(all)) / took.Seconds(), all[len(all)*99/100], nil
}

// run sends requests until end, and at least one.
func (c *loadConn) run(request []byte, end time.Time) error {
	if err := c.SetDeadline(end.Add(30 * time.Second)); err != nil {
		return err
	}
	c.latencies = c.latencies[:0]
	for before := time.Now(); ; {
		if _, err := c.Write(request); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, c.response); err != nil {
			return err
		}
		if !bytes.HasPrefix(c.response, []byte(statusOK)) || !bytes.HasSuffix(c.response, []byte(ending)) {
			return fmt.Errorf("an unexpected response: %q", c.response)
		}
		now := time.Now()
		c.latencies = append(c.latencies, now.Sub(before))
		if before = now; now.After(end) {
			return nil
		}
	}
}

func (l *load) close() error {
	var errs []error
	for _, c := range l.conns {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
