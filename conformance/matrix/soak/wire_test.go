package soak

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"time"
)

// patience limits the time of one batch of requests. It is for servers that hang, not for
// busy machines.
const patience = 2 * time.Minute

// connection is the client side of a connection. It reads responses strictly, because a
// client library would repair what this test looks for.
type connection struct {
	net.Conn
	in   *bufio.Reader
	head []byte // the head of the last response, as received
	body []byte
}

func dial(addr string) (*connection, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return &connection{Conn: c, in: bufio.NewReader(c)}, c.SetDeadline(time.Now().Add(patience))
}

// harmless reports whether a response may have the field in addition to the judged
// fields. Its value must not hold a text of another request.
func harmless(name []byte) bool {
	switch string(name) {
	case "date", "content-length", "content-type", "server", "connection", "allow", "transfer-encoding",
		"x-content-type-options", "location", "cache-control":
		return true
	}
	return false
}

// read reads the response to r, and returns the judged part of it.
func (c *connection) read(r *request) (answer, error) {
	c.head, c.body = c.head[:0], c.body[:0]
	status, err := c.line()
	if err != nil {
		return answer{}, fmt.Errorf("no status line: %w", err)
	}
	var a answer
	if rest, ok := bytes.CutPrefix(status, []byte("HTTP/1.1 ")); !ok || len(rest) < 3 {
		return a, fmt.Errorf("%q is not a status line", status)
	} else if a.status, err = strconv.Atoi(string(rest[:3])); err != nil {
		return a, err
	}
	length, chunked := -1, false
	for {
		line, err := c.line()
		if err != nil {
			return a, fmt.Errorf("the head breaks off: %w", err)
		}
		if len(line) == 0 {
			break
		}
		name, value, ok := bytes.Cut(line, []byte(": "))
		if !ok {
			return a, fmt.Errorf("%q is not a field line", line)
		}
		lower(name) // in c.in's buffer
		switch string(name) {
		case "content-length":
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return a, fmt.Errorf("Content-Length: %q", value)
			}
		case "transfer-encoding":
			chunked = true
		}
		if !a.take(name, value) && !harmless(name) {
			return a, fmt.Errorf("an unexpected field %q", line)
		}
	}
	a.vary = sorted(a.vary)
	switch {
	case r.kind.method == "HEAD" || a.status == 204:
	case chunked:
		err = c.chunks()
	case length < 0:
		err = errors.New("cannot find the end of the body")
	default:
		c.body = slices.Grow(c.body, length)[:length]
		_, err = io.ReadFull(c.in, c.body)
	}
	return a, err
}

// line reads a line of the head, without its line end. The line is valid until the next
// read.
func (c *connection) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	c.head = append(c.head, line...)
	if err != nil {
		return nil, err
	}
	content, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok {
		return nil, fmt.Errorf("line %q does not end in CRLF", line)
	}
	return content, nil
}

func (c *connection) chunks() error {
	var err error
	var b bytes.Buffer
	if _, err = b.ReadFrom(httputil.NewChunkedReader(c.in)); err != nil {
		return err
	}
	c.body = append(c.body, b.Bytes()...)
	end, err := c.in.ReadSlice('\n')
	if err == nil && string(end) != "\r\n" {
		err = fmt.Errorf("%q follows the last chunk", end)
	}
	return err
}

// take stores a field in a if it is one of the judged fields. name is in lower case.
func (a *answer) take(name, value []byte) bool {
	switch string(name) {
	case "access-control-allow-origin":
		add(&a.cors.origin, value)
	case "access-control-allow-credentials":
		add(&a.cors.credentials, value)
	case "access-control-expose-headers":
		add(&a.cors.expose, value)
	case "access-control-allow-methods":
		add(&a.cors.methods, value)
	case "access-control-allow-headers":
		add(&a.cors.headers, value)
	case "access-control-max-age":
		add(&a.cors.maxAge, value)
	case "vary":
		if a.vary != "" {
			a.vary += ", "
		}
		a.vary += string(value)
	case "conformance-handler":
		a.handled = true
	default:
		return false
	}
	return true
}

func add(lines *string, value []byte) {
	if *lines != "" {
		*lines += "\n"
	}
	*lines += string(value)
}

func lower(name []byte) {
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			name[i] = c + 'a' - 'A'
		}
	}
}

// sorted sorts the names in Vary, because frameworks choose the order of the lines.
func sorted(vary string) string {
	if !strings.Contains(vary, ",") {
		return vary
	}
	names := strings.Split(vary, ", ")
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// end checks that the server closes the connection and sends nothing before.
func (c *connection) end() error {
	switch _, err := c.in.ReadByte(); {
	case err == nil:
		return errors.New("bytes follow the last answer")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}
