package site

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http/httputil"
	"strconv"
	"strings"
)

// Request is a request's head as received.
type Request struct {
	Method, Target string
	Fields         [][2]string // names in their original spelling
}

// Get returns the value of a field, and whether it exists. The name is in lower case.
// Several values are joined with " & ".
func (r *Request) Get(name string) (string, bool) {
	var values []string
	for _, f := range r.Fields {
		if strings.ToLower(f[0]) == name {
			values = append(values, f[1])
		}
	}
	return strings.Join(values, " & "), len(values) > 0
}

// preflight reports whether this is a CORS-preflight request.
func (r *Request) preflight() bool {
	_, asks := r.Get("access-control-request-method")
	return r.Method == "OPTIONS" && asks
}

// maxHead is the largest head, in bytes, that a browser may send here.
const maxHead = 1 << 20

// readRequest reads a request and its body. It returns the size of the body.
func readRequest(r *bufio.Reader) (req *Request, body int64, err error) {
	var head []byte
	for {
		line, err := r.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) && len(head) < maxHead {
			head = append(head, line...)
			line, err = r.ReadSlice('\n')
		}
		if err != nil {
			return nil, 0, err
		}
		head = append(head, line...)
		if len(head) > maxHead {
			return nil, 0, errors.New("the request's head is too long")
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 && bytes.HasSuffix(head, []byte("\r\n\r\n")) {
			break
		}
	}
	req, err = parseHead(string(head))
	if err != nil {
		return nil, 0, err
	}
	switch length, _ := req.Get("content-length"); {
	case length != "":
		var n int64
		if n, err = strconv.ParseInt(length, 10, 64); err == nil {
			body, err = io.CopyN(io.Discard, r, n)
		}
	default:
		if coding, _ := req.Get("transfer-encoding"); coding != "" {
			body, err = io.Copy(io.Discard, httputil.NewChunkedReader(r))
			if err == nil {
				_, err = r.ReadSlice('\n') // the empty line after the last chunk
			}
		}
	}
	return req, body, err
}

func parseHead(head string) (*Request, error) {
	lines := strings.Split(strings.TrimSuffix(head, "\r\n\r\n"), "\r\n")
	start := strings.Split(lines[0], " ")
	if len(start) != 3 {
		return nil, errors.New("no request line: " + strconv.Quote(lines[0]))
	}
	req := &Request{Method: start[0], Target: start[1]}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, errors.New("no header field: " + strconv.Quote(line))
		}
		req.Fields = append(req.Fields, [2]string{name, strings.Trim(value, " \t")})
	}
	return req, nil
}
