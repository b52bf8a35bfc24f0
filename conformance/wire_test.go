package conformance

import (
	"bufio"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// scripted answers every connection with the same bytes.
func scripted(t *testing.T, answer string, keepOpen bool) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = conn.Write([]byte(answer))
			if keepOpen {
				_, _ = conn.Read(make([]byte, 1)) // until the client hangs up
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String()
}

const (
	getRequest     = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	upgradeRequest = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: b\r\n\r\n"
	expectRequest  = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"
)

func TestExchangeReadsResponses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, request, answer, body string }{
		{"content length", getRequest, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"},
		{"until the end", getRequest, "HTTP/1.1 200 OK\r\n\r\nab", "ab"},
		{"chunks", getRequest, "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "ab"},
		{"no content", getRequest, "HTTP/1.1 204 No Content\r\n\r\n", ""},
		{"HEAD", "HEAD" + getRequest[3:], "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", ""},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nab", "ab"},
		{"HTTP/1.1 to HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nab", "ab"},
		{"upgrade", upgradeRequest, "HTTP/1.1 101 Switching Protocols\r\n\r\nab", "ab"},
		{"no upgrade", upgradeRequest, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nab", "ab"},
		{"continue", expectRequest, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"},
		{"no continue", expectRequest, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := askOnce(t, scripted(t, test.answer, false), test.request)
			if err != nil {
				t.Fatal(err)
			}
			if r.Body != test.body || r.Head+r.Body == "" {
				t.Errorf("body %q, want %q; head %q", r.Body, test.body, r.Head)
			}
		})
	}
}

func TestExchangeKeepsEveryLine(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nvary:Origin\r\nVary: \tAccept \r\nX: é\r\nVARY:\r\nContent-Length: 0\r\n\r\n"
	r, err := askOnce(t, scripted(t, head, false), getRequest)
	if err != nil {
		t.Fatal(err)
	}
	if r.Head != head {
		t.Errorf("head %q", r.Head)
	}
	if got := strings.Join(r.Lines("Vary"), "|"); got != "Origin|Accept|" {
		t.Errorf("Vary lines %q", got)
	}
	if r.Fields[0] != (Field{"vary", "Origin"}) || r.Fields[2] != (Field{"X", "é"}) {
		t.Errorf("fields %q", r.Fields)
	}
}

func TestExchangeRefusesWhatIsNoResponse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, answer, says string }{
		{"nothing", "", "breaks off"},
		{"another protocol", "HTTP/1.0 200 OK\r\n\r\n", "not the status line"},
		{"an interim response", "HTTP/1.1 100 Continue\r\n\r\n", "not the status line"},
		{"an upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "not the status line"},
		{"no status", "HTTP/1.1 OK\r\n\r\n", "not the status line"},
		{"half a head", "HTTP/1.1 200 OK\r\nVary: Ori", "breaks off"},
		{"a bare LF", "HTTP/1.1 200 OK\nVary: Origin\n\n", "CRLF"},
		{"no colon", "HTTP/1.1 200 OK\r\nVary\r\n\r\n", "not a field line"},
		{"a space before the colon", "HTTP/1.1 200 OK\r\nVary : Origin\r\n\r\n", "not a field line"},
		{"a folded line", "HTTP/1.1 200 OK\r\nVary:\r\n Origin\r\n\r\n", "not a field line"},
		{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", "after 2 of 4 bytes"},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab", "cannot tell"},
		{"a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", "Content-Length"},
		{"an unknown encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", "cannot tell"},
		{"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab", "chunked body"},
		{"no end of chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", "follows the last chunk"},
		{"a body with a 204", "HTTP/1.1 204 No Content\r\n\r\nab", "2 bytes follow"},
		{"more than the length", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\nForbidden", "9 bytes follow"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := askOnce(t, scripted(t, test.answer, false), getRequest)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want an error that says %q", err, test.says)
			}
		})
	}
}

// A server that hangs must fail its case, not the whole run.
func TestExchangeIsBounded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, answer, says string }{
		{"no answer", "", "timeout"},
		{"an open connection", "HTTP/1.1 204 No Content\r\n\r\n", "keeps a connection open"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := dial(scripted(t, test.answer, true))
			if err != nil {
				t.Fatal(err)
			}
			c.patience = time.Second // the time limit for the answer
			_, err = c.exchange([]byte(getRequest), true)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want an error that says %q", err, test.says)
			}
			_ = c.Close()
		})
	}
}

func askOnce(t *testing.T, addr, request string) (Response, error) {
	t.Helper()
	c, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.exchange([]byte(request), true)
}

// The client must send each part when the case says so.
func TestRequestsAreSentInParts(t *testing.T) {
	t.Parallel()
	const interim, final = "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"
	for _, test := range []struct {
		name   string
		client func(*connection) error
		server []string // the parts that it sends, each after it has received something
		sent   []string // what it received before each part, and until the end
	}{
		{"content when the server asks for it", func(c *connection) error {
			_, err := c.exchange([]byte(expectRequest), true)
			return err
		}, []string{interim, final}, []string{expectRequest[:len(expectRequest)-2], "ab"}},
		{"no content if the server does not ask", func(c *connection) error {
			_, err := c.exchange([]byte(expectRequest), true)
			return err
		}, []string{final}, []string{expectRequest[:len(expectRequest)-2]}},
		{"requests at once", func(c *connection) error {
			_, err := c.askAll([][]byte{[]byte(getRequest), []byte(expectRequest)})
			return err
		}, []string{final + final}, []string{getRequest + expectRequest}},
		{"half a head", func(c *connection) error { return c.leave([]byte(expectRequest), inHead) },
			nil, []string{expectRequest[:len(expectRequest)-4]}},
		{"half of the content", func(c *connection) error { return c.leave([]byte(expectRequest), inContent) },
			nil, []string{expectRequest[:len(expectRequest)-1]}},
		{"a whole request, and no patience", func(c *connection) error { return c.leave([]byte(expectRequest), inAnswer) },
			[]string{final}, []string{expectRequest}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := net.Pipe()
			received := make(chan []string, 1)
			go func() { received <- play(theirs, test.server) }()
			if err := test.client(&connection{Conn: ours, in: bufio.NewReader(ours), patience: patience}); err != nil {
				t.Error(err)
			}
			_ = ours.Close()
			if got := <-received; !slices.Equal(got, test.sent) {
				t.Errorf("the server received %q, want %q", got, test.sent)
			}
		})
	}
}

// play receives something, answers with the first of answers, and so on. It closes the
// connection after the last answer, and returns what it received.
func play(conn net.Conn, answers []string) []string {
	var received []string
	buf := make([]byte, 4096)
	for i := 0; ; i++ {
		n, err := conn.Read(buf)
		if n > 0 {
			received = append(received, string(buf[:n]))
		}
		if err != nil || i >= len(answers) {
			break
		}
		_, _ = conn.Write([]byte(answers[i])) // fails if the client has disconnected
		if i == len(answers)-1 {
			break
		}
	}
	_ = conn.Close()
	return received
}
