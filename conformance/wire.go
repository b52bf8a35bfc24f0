package conformance

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

// patience is the time limit of one exchange. It is for servers that hang; a healthy
// server needs well under a millisecond.
const patience = 10 * time.Second

// Response is what a server sent: every field line in the order of arrival, with nothing
// canonicalised.
type Response struct {
	Head     string // as received, up to and including the empty line, after the head of a 100 (Continue)
	Status   int
	Fields   []Field
	Hints    []Field // of an earlier 103 (Early Hints); nil without one
	Trailers []Field // of a chunked body
	Body     string  // without its chunked framing; after a 101, the bytes that follow on the connection
	Ran      bool    // whether a handler of the App ran: the wire or this process shows it
}

// Lines returns the values of the fields named name, in order.
func (r Response) Lines(name string) []string {
	var values []string
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// connection is the client side of one TCP connection. It sends and reads HTTP/1.1 as
// bytes, because a client library would repair or refuse the cases' requests.
type connection struct {
	net.Conn
	in       *bufio.Reader
	patience time.Duration // for one exchange
}

func dial(addr string) (*connection, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return &connection{Conn: c, in: bufio.NewReader(c), patience: patience}, nil
}

// exchange sends a request and reads its response. If last is set, it then reads until
// the server closes the connection, and reports every byte that follows.
func (c *connection) exchange(request []byte, last bool) (Response, error) {
	if err := c.SetDeadline(time.Now().Add(c.patience)); err != nil {
		return Response{}, err
	}
	r, err := c.ask(request)
	// A client that asks for another protocol has not asked to close the connection.
	stays := r.Status != http.StatusSwitchingProtocols && bytes.Contains(request, []byte("\r\nConnection: Upgrade\r\n"))
	if err != nil || !last || stays {
		return r, err
	}
	return r, c.end()
}

// ask sends a request and reads its response. If the request has an Expect field, its
// content waits for an interim response (RFC 9110, section 10.1.1).
func (c *connection) ask(request []byte) (Response, error) {
	head, content := cutHead(request)
	if !bytes.Contains(head, []byte("\r\nExpect: 100-continue\r\n")) {
		// A server that refuses a request early may close the connection before it has read
		// everything. Its answer can still be read.
		_, writeErr := c.Write(request)
		r, err := c.read(head)
		if err != nil {
			err = errors.Join(err, writeErr)
		}
		return r, err
	}
	if _, err := c.Write(head); err != nil {
		return Response{}, err
	}
	interim, err := c.read(head)
	if err != nil || interim.Status != http.StatusContinue {
		return interim, err
	}
	if _, err := c.Write(content); err != nil {
		return interim, err
	}
	r, err := c.read(head)
	r.Head = interim.Head + r.Head
	return r, err
}

// askAll sends all requests at once and reads their responses, which come in the
// same order (RFC 9112, section 9.3.2), and the end of the connection.
func (c *connection) askAll(requests [][]byte) ([]Response, error) {
	if err := c.SetDeadline(time.Now().Add(c.patience)); err != nil {
		return nil, err
	}
	if _, err := c.Write(bytes.Join(requests, nil)); err != nil {
		return nil, err
	}
	responses := make([]Response, 0, len(requests))
	for i, request := range requests {
		head, _ := cutHead(request)
		r, err := c.read(head)
		if err != nil {
			return nil, fmt.Errorf("in the response to request %d: %w", i+1, err)
		}
		responses = append(responses, r)
	}
	return responses, c.end()
}

// end reads until the server closes the connection.
func (c *connection) end() error {
	rest, err := io.ReadAll(c.in)
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes follow the response's end: %s", len(rest), visible(string(rest)))
	}
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("the server keeps a connection open that the client asked it to close")
	}
	return nil
}

// The points at which a client can disconnect.
const (
	inHead    abort = "in the head"    // before it has sent the whole head
	inContent abort = "in the content" // halfway through the request's content
	inAnswer  abort = "in the answer"  // after the first byte of the answer
)

// leave sends a request, or a part of it, and closes the connection.
func (c *connection) leave(request []byte, where abort) error {
	head, content := cutHead(request)
	part := request
	switch where {
	case inHead:
		part = head[:len(head)-len("\r\n")]
	case inContent:
		part = request[:len(head)+len(content)/2]
	}
	err := c.SetDeadline(time.Now().Add(c.patience))
	if err == nil {
		_, err = c.Write(part)
	}
	if err == nil && where == inAnswer {
		_, err = c.in.ReadByte()
	}
	return errors.Join(err, c.Close())
}

// read reads one response (RFC 9112, sections 4 to 6) to the request with the given
// head.
func (c *connection) read(request []byte) (Response, error) {
	var r Response
	for {
		line, err := c.in.ReadString('\n')
		r.Head += line
		if err != nil {
			return r, fmt.Errorf("the response's head breaks off: %w", err)
		}
		content, crlf := strings.CutSuffix(line, "\r\n")
		switch {
		case !crlf:
			return r, fmt.Errorf("line %q does not end in CRLF", line)
		case r.Status == 0:
			if r.Status, err = parseStatus(content, request); err != nil {
				return r, err
			}
		case content == "" && r.Status == http.StatusEarlyHints:
			r.Hints, r.Fields, r.Status = append(r.Hints, r.Fields...), nil, 0
		case content == "":
			err = c.readBody(&r, request)
			r.Ran = r.Lines(ranField) != nil
			return r, err
		default:
			name, value, colon := strings.Cut(content, ":")
			if !colon || name == "" || strings.ContainsAny(name, " \t") {
				return r, fmt.Errorf("line %q is not a field line", line)
			}
			r.Fields = append(r.Fields, Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
}

// parseStatus reads a status line. Only a request in HTTP/1.0 may get an HTTP/1.0
// response, and only a request with Expect may get an interim response.
func parseStatus(line string, request []byte) (int, error) {
	version, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	ok := version == "HTTP/1.1" || version == "HTTP/1.0" && bytes.Contains(request, []byte(" HTTP/1.0\r\n"))
	switch status {
	case http.StatusContinue:
		ok = ok && bytes.Contains(request, []byte("\r\nExpect: "))
	case http.StatusEarlyHints:
		ok = ok && bytes.Contains(request, []byte("\r\n"+hintsField+": "))
	case http.StatusSwitchingProtocols:
		ok = ok && bytes.Contains(request, []byte("\r\nUpgrade: "))
	default:
		ok = ok && status >= 200
	}
	if !ok || err != nil || len(code) != 3 {
		return 0, fmt.Errorf("%q is not the status line of an HTTP/1.1 response to this request", line)
	}
	return status, nil
}

// readBody reads a body by the framing rules of RFC 9112, section 6.3.
func (c *connection) readBody(r *Response, request []byte) (err error) {
	encodings, lengths := r.Lines("Transfer-Encoding"), r.Lines("Content-Length")
	switch {
	case bytes.HasPrefix(request, []byte("HEAD ")) || r.Status == 100 || r.Status == 204 || r.Status == 304:
		return nil
	case len(encodings) == 1 && strings.EqualFold(encodings[0], "chunked"):
		content, err := io.ReadAll(httputil.NewChunkedReader(c.in))
		if r.Body = string(content); err != nil {
			return fmt.Errorf("in the chunked body: %w", err)
		}
		return c.readTrailers(r, bytes.Contains(request, []byte("\r\nTE: trailers\r\n")))
	case len(encodings) > 0 || len(lengths) > 1:
		return fmt.Errorf("cannot tell where the body ends: Transfer-Encoding %q, Content-Length %q", encodings, lengths)
	case len(lengths) == 1:
		n, err := strconv.ParseUint(lengths[0], 10, 31)
		if err != nil {
			return fmt.Errorf("Content-Length: %w", err)
		}
		content := make([]byte, n)
		got, err := io.ReadFull(c.in, content)
		if r.Body = string(content[:got]); err != nil {
			return fmt.Errorf("the body breaks off after %d of %d bytes: %w", got, n, err)
		}
		return nil
	}
	content, err := io.ReadAll(c.in)
	r.Body = string(content)
	return err
}

// readTrailers reads the fields after the last chunk, up to the empty line. Only a
// request that asked for trailers may get any (RFC 9110, section 6.5.1).
func (c *connection) readTrailers(r *Response, asked bool) error {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return fmt.Errorf("after the last chunk: %w", err)
		}
		name, value, colon := strings.Cut(strings.TrimSuffix(line, "\r\n"), ":")
		switch {
		case line == "\r\n":
			return nil
		case !asked || !colon:
			return fmt.Errorf("%q follows the last chunk", line)
		}
		r.Trailers = append(r.Trailers, Field{Name: name, Value: strings.Trim(value, " \t")})
	}
}
