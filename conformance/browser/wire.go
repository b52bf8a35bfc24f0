package browser

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// maxHead is the default of Engine.HeadLimit, maxBody that of Client.BodyLimit.
const (
	maxHead = 256 << 10
	maxBody = 1 << 20
)

// response is a server's response: its head, and its body, which can be read while the
// connection is open.
type response struct {
	status int
	header []Field // every line, as received

	conn   net.Conn
	in     *bufio.Reader
	noBody bool
	close  func()
}

// send makes one exchange on its own connection, up to the response's head. It records
// the exchange in f.exchanges, even if the exchange fails, but not if Local Network
// Access blocks it before it is sent.
func (f *fetch) send(method string, header []Field, body string, preflight bool) (*response, *Failure) {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, f.url.RequestURI(), f.url.Host)
	for _, field := range header {
		fmt.Fprintf(&head, "%s: %s\r\n", field.Name, field.Value)
	}
	head.WriteString("\r\n")
	f.exchanges = append(f.exchanges, Exchange{Preflight: preflight, URL: f.url.String(), Request: head.String()})

	conn, err := f.client.dial(f.ctx, f.url)
	if err != nil {
		return nil, f.networkError(err)
	}
	if refusal := f.refuseLocal(conn.RemoteAddr()); refusal != nil {
		f.exchanges = f.exchanges[:len(f.exchanges)-1]
		_ = conn.Close()
		return nil, refusal
	}
	stop := context.AfterFunc(f.ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	r := &response{conn: conn, in: bufio.NewReader(conn), close: func() {
		stop()
		_ = conn.Close()
	}}
	// A server may answer and close the connection before it has read everything. Its answer
	// can still be read.
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, head.String()+body)
		written <- err
	}()
	record := &f.exchanges[len(f.exchanges)-1]
	record.Response, err = r.readHead(cmp.Or(f.client.Engine.HeadLimit, maxHead))
	record.Status, record.Header = r.status, r.header
	if err != nil {
		r.close()
		return nil, f.networkError(errors.Join(err, <-written))
	}
	r.noBody = method == "HEAD" || r.status == 204 || r.status == 304
	return r, nil
}

// localhost reports whether a name is of this machine: browsers do not ask DNS for such
// names (RFC 6761, section 6.3).
func localhost(host string) bool {
	host = strings.TrimSuffix(asciiLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Dial connects as a fetch does: to Handler if it is set, else to the address from
// Resolve if Permit allows it. Permit is asked about the address that a name resolves to.
// Use Dial to send requests that a page cannot send. The connection is not encrypted yet,
// and a connection to a Handler never is.
func (c *Client) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if c.Handler != nil {
		return connect(c.Handler), nil
	}
	if c.Resolve != nil {
		address = c.Resolve(address)
	}
	if host, port, err := net.SplitHostPort(address); err == nil && localhost(host) {
		address = net.JoinHostPort("localhost", port)
	}
	d := &net.Dialer{Timeout: 10 * time.Second}
	if c.Permit != nil {
		d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			return c.Permit(at.Addr().Unmap())
		}
	}
	return d.DialContext(ctx, network, address)
}

func (c *Client) dial(ctx context.Context, u *url.URL) (net.Conn, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := c.Dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil || u.Scheme == "http" || c.Handler != nil {
		return conn, err
	}
	config := c.TLS.Clone()
	if config == nil {
		config = new(tls.Config)
	}
	if config.ServerName == "" {
		config.ServerName = u.Hostname()
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// readHead reads the status line and the fields of the final response, as leniently as
// browsers do. It returns the bytes of the head, and an error if the head reaches limit
// bytes.
func (r *response) readHead(limit int) (head string, err error) {
	left := limit
	for {
		var received strings.Builder
		var folded foldedField
		r.status, r.header = 0, nil
		for {
			line, err := r.readLine(&left, limit)
			received.WriteString(line)
			if err != nil {
				return received.String(), fmt.Errorf("the response's head breaks off: %w", err)
			}
			content := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			if r.status == 0 {
				if r.status, err = parseStatus(content); err != nil {
					return received.String(), err
				}
				continue
			}
			if content == "" {
				r.header = folded.end(r.header)
				break
			}
			r.header = folded.add(r.header, content)
		}
		if r.status >= 200 {
			return received.String(), nil
		}
		if r.status == 101 {
			return received.String(), errors.New("the server switches protocols")
		}
	}
}

// readLine reads a line including its line end, and subtracts its length from left, the
// rest of limit.
func (r *response) readLine(left *int, limit int) (string, error) {
	var line []byte
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return string(line), err
		}
		line = append(line, c)
		switch *left--; {
		case *left <= 0:
			return string(line), fmt.Errorf("it is longer than %d KiB", limit>>10)
		case c == 0:
			return string(line), errors.New("it holds a NUL byte")
		case c == '\n':
			return string(line), nil
		}
	}
}

// foldedField is the field that is being read: a first line, and the folded lines that
// continue it (RFC 9112, section 5.2).
type foldedField struct {
	name  string
	lines []string
}

// add reads one more line. If the line begins a new field, add appends the previous field
// to header. Like browsers, it ignores lines that are not field lines.
func (f *foldedField) add(header []Field, line string) []Field {
	if line[0] == ' ' || line[0] == '\t' {
		if f.lines != nil {
			f.lines = append(f.lines, trimOWS(line))
		}
		return header
	}
	name, value, colon := strings.Cut(line, ":")
	if !colon || !isToken(name) {
		return header
	}
	header = f.end(header)
	f.name, f.lines = name, []string{trimOWS(value)}
	return header
}

// end appends the field to header, if there is one.
func (f *foldedField) end(header []Field) []Field {
	if f.lines == nil {
		return header
	}
	header = append(header, Field{f.name, trimOWS(strings.Join(f.lines, " "))})
	f.lines = nil
	return header
}

func parseStatus(line string) (int, error) {
	version, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if !strings.HasPrefix(version, "HTTP/1.") || err != nil || len(code) != 3 || status < 100 {
		return 0, fmt.Errorf("%q is not the status line of an HTTP/1 response", line)
	}
	return status, nil
}

// body reads at most limit bytes of the response's body, by the framing rules of RFC
// 9112, section 6.3, and reports whether there is more. With a negative limit it reads
// nothing.
func (r *response) body(limit int) (content string, cut bool, err error) {
	encoding, _ := get(r.header, "Transfer-Encoding")
	lengths := lines(r.header, "Content-Length")
	var from io.Reader = r.in
	want := int64(-1)
	switch {
	case r.noBody:
		return "", false, nil
	case asciiLower(encoding) == "chunked":
		from = httputil.NewChunkedReader(r.in) // does not read the trailer, which does not matter here
	case encoding != "":
		return "", false, fmt.Errorf("the body has an unknown Transfer-Encoding: %q", encoding)
	case lengths != nil:
		n, err := strconv.ParseUint(lengths[0], 10, 63)
		if err != nil || len(slices.Compact(lengths)) > 1 {
			return "", false, fmt.Errorf("the body has an invalid Content-Length: %q", lengths)
		}
		want = int64(n)
		from = io.LimitReader(r.in, want)
	}
	if limit < 0 {
		return "", true, nil
	}
	all, err := io.ReadAll(io.LimitReader(from, int64(limit)+1))
	if len(all) > limit {
		return string(all[:limit]), true, nil
	}
	if err == nil && want > int64(len(all)) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", false, fmt.Errorf("the body breaks off after %d bytes: %w", len(all), err)
	}
	return string(all), false, nil
}
