package site

import (
	"bufio"
	"fmt"
	"net"
	"strings"

	"github.com/crossgate/cors/conformance/browsers/cases"
)

// rawBody is the body of every response that may have a body.
const rawBody = "ok"

// serveRaw answers the requests of raw cases until the connection ends.
func (s *Site) serveRaw(conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		req, _, err := readRequest(r)
		if err != nil {
			return
		}
		head, err := s.answer(req)
		if err != nil {
			s.strange(err)
			return
		}
		if _, err := conn.Write(head); err != nil {
			return
		}
	}
}

// answer records a request of a raw run, and returns the response for it.
func (s *Site) answer(req *Request) ([]byte, error) {
	id, at, _ := strings.Cut(strings.TrimPrefix(req.Target, "/"), "/")
	if at != "" {
		at = "/" + at
	}
	at, _, _ = strings.Cut(at, "?")
	id, _, _ = strings.Cut(id, "?")
	run := s.run(id)
	if run == nil || run.Adapter != "" {
		return nil, fmt.Errorf("the raw server got an unexpected request: %s %s", req.Method, req.Target)
	}
	resource, ok := run.Case.Resources[at]
	if !ok {
		return nil, fmt.Errorf("%s: there is no %q", run.Case.Name, at)
	}
	heads, kind := resource.Responses, "response"
	if req.preflight() {
		heads, kind = resource.Preflights, "preflight"
	}
	n := run.record(req, kind+at)
	if len(heads) == 0 {
		heads = []cases.Head{{Status: 404}}
	}
	head := heads[min(n, len(heads)-1)]

	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d -\r\n", head.Status)
	for _, line := range head.Lines {
		line, err := cases.Bytes(line, run.names)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", run.Case.Name, err)
		}
		b.WriteString(line + "\r\n")
	}
	switch {
	case head.Status == 204 || head.Status == 304:
		b.WriteString("\r\n")
	case req.Method == "HEAD":
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(rawBody))
	default:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(rawBody), rawBody)
	}
	return []byte(b.String()), nil
}
