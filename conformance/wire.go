package conformance

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

// patience bounds one exchange. It is for servers that hang; a healthy one takes
// well under a millisecond.
const patience = 10 * time.Second

// Response is what a server sent, with every field line in the order in which it
// came and nothing canonicalised.
type Response struct {
	Head   string // as received, up to and including the empty line
	Status int
	Fields []Field
	Body   string // without its chunked framing
	Ran    bool   // whether a handler of the App ran, on the wire's evidence or in this process
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

// connection is a client's end of one TCP connection. It speaks HTTP/1.1 in bytes,
// because a client library would repair or refuse what the cases are about.
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

// exchange sends a request and reads its response. With last set it then reads on
// until the server closes the connection, and minds every byte that comes.
func (c *connection) exchange(request []byte, last bool) (Response, error) {
	if err := c.SetDeadline(time.Now().Add(c.patience)); err != nil {
		return Response{}, err
	}
	// A server that refuses a request early may close before it has read all:
	// its answer is still there to be read.
	_, writeErr := c.Write(request)
	r, err := c.read(bytes.HasPrefix(request, []byte("HEAD ")))
	if err != nil {
		return r, errors.Join(err, writeErr)
	}
	if !last {
		return r, nil
	}
	rest, err := io.ReadAll(c.in)
	if len(rest) > 0 {
		return r, fmt.Errorf("%d bytes follow the response's end: %q", len(rest), rest)
	}
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return r, errors.New("the server keeps a connection open that the client asked it to close")
	}
	return r, nil
}

// read reads one response (RFC 9112, sections 4 to 6).
func (c *connection) read(toHEAD bool) (Response, error) {
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
			if r.Status, err = parseStatus(content); err != nil {
				return r, err
			}
		case content == "":
			r.Body, err = c.readBody(r, toHEAD)
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

func parseStatus(line string) (int, error) {
	rest, ok := strings.CutPrefix(line, "HTTP/1.1 ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if !ok || err != nil || len(code) != 3 || status < 200 {
		return 0, fmt.Errorf("%q is not the status line of a final HTTP/1.1 response", line)
	}
	return status, nil
}

// readBody reads a body as RFC 9112, section 6.3, delimits it.
func (c *connection) readBody(r Response, toHEAD bool) (string, error) {
	encodings, lengths := r.Lines("Transfer-Encoding"), r.Lines("Content-Length")
	switch {
	case toHEAD || r.Status == 204 || r.Status == 304:
		return "", nil
	case len(encodings) == 1 && strings.EqualFold(encodings[0], "chunked"):
		content, err := io.ReadAll(httputil.NewChunkedReader(c.in))
		if err != nil {
			return string(content), fmt.Errorf("in the chunked body: %w", err)
		}
		line, err := c.in.ReadString('\n') // no trailers: the servers under test send none
		if err == nil && line != "\r\n" {
			err = fmt.Errorf("%q follows the last chunk", line)
		}
		return string(content), err
	case len(encodings) > 0 || len(lengths) > 1:
		return "", fmt.Errorf("cannot tell where the body ends: Transfer-Encoding %q, Content-Length %q", encodings, lengths)
	case len(lengths) == 1:
		n, err := strconv.ParseUint(lengths[0], 10, 31)
		if err != nil {
			return "", fmt.Errorf("Content-Length: %w", err)
		}
		content := make([]byte, n)
		got, err := io.ReadFull(c.in, content)
		if err != nil {
			return string(content[:got]), fmt.Errorf("the body breaks off after %d of %d bytes: %w", got, n, err)
		}
		return string(content), nil
	}
	content, err := io.ReadAll(c.in)
	return string(content), err
}
