package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// The origins of the tests. app is the page's origin. All servers listen on loopback.
const (
	app   = "http://app.example"
	api   = "http://api.example"
	other = "http://other.example:8080"
)

// rig is a browser that finds the same test server at every host. The server answers with
// raw bytes: the entry of routes for "METHOD host/path", or for "* host/path".
type rig struct {
	browser.Client
	mu     sync.Mutex
	routes map[string]string
}

func newRig(t *testing.T, routes map[string]string) *rig {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{routes: routes}
	r.Origin = app
	r.Resolve = func(string) string { return listener.Addr().String() }
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { r.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return r
}

func (r *rig) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	var method, path, host string
	line, err := in.ReadString('\n')
	_, _ = fmt.Sscan(line, &method, &path)
	length := 0
	for err == nil && line != "\r\n" {
		if value, ok := strings.CutPrefix(line, "Host: "); ok {
			host = strings.TrimSpace(value)
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
		line, err = in.ReadString('\n')
	}
	_, _ = io.CopyN(io.Discard, in, int64(length))
	path, _, _ = strings.Cut(path, "?")
	r.mu.Lock()
	answer, ok := r.routes[method+" "+host+path]
	if !ok {
		answer, ok = r.routes["* "+host+path]
	}
	r.mu.Unlock()
	if !ok {
		answer = raw("404 Not Found")
	}
	_, _ = io.WriteString(conn, answer)
}

func (r *rig) route(key, answer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.routes[key] = answer
}

func (r *rig) fetch(t *testing.T, request browser.Request) browser.Verdict {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	v, err := r.Fetch(ctx, request)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// raw returns a response with these lines and a body of two bytes.
func raw(status string, lines ...string) string {
	head := append([]string{"HTTP/1.1 " + status, "Content-Length: 2"}, lines...)
	return strings.Join(head, "\r\n") + "\r\n\r\nok"
}

// Lines of responses.
const (
	acao = "Access-Control-Allow-Origin: "
	acac = "Access-Control-Allow-Credentials: true"
	acam = "Access-Control-Allow-Methods: "
	acah = "Access-Control-Allow-Headers: "
	aceh = "Access-Control-Expose-Headers: "
	acma = "Access-Control-Max-Age: "
)

// expect compares the deciding part of a verdict: "allowed", the code, or the section if
// Chromium has no code for it.
func expect(t *testing.T, v browser.Verdict, want string) {
	t.Helper()
	got := "allowed"
	if !v.Allowed {
		got = string(v.Code)
		if got == "" {
			got = v.Section
		}
	}
	if got != want {
		t.Errorf("got %s (%s: %s), want %s", got, v.Section, v.Console, want)
	}
	if v.Allowed == (v.Section != "") || v.Allowed == (v.Message != "") || v.Allowed == (v.Type == "") {
		t.Errorf("the verdict contradicts itself: %+v", v)
	}
}

// sent lists a verdict's exchanges by method. A preflight for a method is "o METHOD": "o
// PUT, PUT".
func sent(v browser.Verdict) string {
	var log []string
	for _, e := range v.Exchanges {
		if e.Preflight {
			log = append(log, "o "+value(e.Request, "Access-Control-Request-Method"))
			continue
		}
		method, _, _ := strings.Cut(e.Request, " ")
		log = append(log, method)
	}
	return strings.Join(log, ", ")
}

// value returns the values of a request head's lines with this name, joined by " | ".
func value(head, name string) string {
	var values []string
	for line := range strings.SplitSeq(head, "\r\n") {
		if v, ok := strings.CutPrefix(line, name+": "); ok {
			values = append(values, v)
		}
	}
	return strings.Join(values, " | ")
}
