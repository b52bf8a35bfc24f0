package browser_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

func TestResponses(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n" + acao + "*\r\n"
	r := newRig(t, map[string]string{})
	for _, test := range []struct{ name, method, answer, body, failure string }{
		{"length", "GET", ok + "Content-Length: 2\r\n\r\nab", "ab", ""},
		{"more than the length", "GET", ok + "Content-Length: 2\r\n\r\nabc", "ab", ""},
		{"the same length twice", "GET", ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", "ab", ""},
		{"until the end", "GET", ok + "\r\nab", "ab", ""},
		{"chunks", "GET", ok + "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\nX: y\r\n\r\n", "ab", ""},
		{"no content", "GET", "HTTP/1.1 204 No Content\r\n" + acao + "*\r\nContent-Length: 2\r\n\r\n", "", ""},
		{"HEAD", "HEAD", ok + "Content-Length: 2\r\n\r\n", "", ""},
		{"HTTP/1.0", "GET", "HTTP/1.0 200\r\n" + acao + "*\r\n\r\nab", "ab", ""},
		{"bare line feeds", "GET", "HTTP/1.1 200 OK\n" + acao + "*\n\nab", "ab", ""},
		{"interim responses", "GET", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + ok + "\r\nab", "ab", ""},
		{"lines that are no fields", "GET", "HTTP/1.1 200 OK\r\n folded\r\nwords\r\nX Y: z\r\n" + acao + "\r\n *\r\n\r\nab", "ab", ""},
		{"255 KiB of head", "GET", ok + "X: " + strings.Repeat("a", 255<<10) + "\r\n\r\nab", "ab", ""},

		{"nothing", "GET", "", "", "breaks off"},
		{"half a head", "GET", ok + "X: y", "", "breaks off"},
		{"another protocol", "GET", "HTTP/2 200 OK\r\n\r\n", "", "not the status line"},
		{"no status", "GET", "HTTP/1.1 OK\r\n\r\n", "", "not the status line"},
		{"four digits", "GET", "HTTP/1.1 2000 OK\r\n\r\n", "", "not the status line"},
		{"an upgrade", "GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "", "switches protocols"},
		{"NUL in the head", "GET", ok + "X: \x00\r\n\r\n", "", "NUL"},
		{"256 KiB of head", "GET", ok + "X: " + strings.Repeat("a", 256<<10) + "\r\n\r\n", "", "longer than 256 KiB"},
		{"half a body", "GET", ok + "Content-Length: 4\r\n\r\nab", "", "after 2 bytes"},
		{"half a chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nab", "", "breaks off"},
		{"two lengths", "GET", ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nab", "", "Content-Length"},
		{"a length that is no number", "GET", ok + "Content-Length: +2\r\n\r\nab", "", "Content-Length"},
		{"an unknown encoding", "GET", ok + "Transfer-Encoding: gzip\r\n\r\nab", "", "Transfer-Encoding"},
	} {
		r.route(test.method+" api.example/", test.answer)
		v := r.fetch(t, browser.Request{URL: api, Method: test.method})
		if test.failure == "" {
			if !v.Allowed || v.Body != test.body {
				t.Errorf("%s: got %q, %+v", test.name, v.Body, v.Failure)
			}
			continue
		}
		if v.Allowed || v.Code != "" || v.Section != "HTTP-network fetch" || !strings.Contains(v.Message, test.failure) {
			t.Errorf("%s: got %+v, want %q", test.name, v.Failure, test.failure)
		}
	}
}

// A head that is too long is refused, also in a preflight's answer.
func TestHeadLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		engine browser.Engine
		KiB    int
	}{
		{"the standard", browser.Engine{}, 256},
		{"Chromium", browser.Chromium(), 256},
		{"Firefox", browser.Firefox(), 384},
		{"WebKit", browser.WebKit(), 64},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := func(KiB int) *rig {
				r := preflighting(t, acam+"PUT", "X-Long: "+strings.Repeat("a", KiB<<10))
				r.Engine = test.engine
				return r
			}
			expect(t, answer(test.KiB-1).fetch(t, put), "allowed")
			v := answer(test.KiB).fetch(t, put)
			expect(t, v, "HTTP-network fetch")
			if want := fmt.Sprintf("longer than %d KiB", test.KiB); !strings.Contains(v.Message, want) {
				t.Errorf("got %q, want %q in it", v.Message, want)
			}
		})
	}
}

func TestPreflightThatBreaksOff(t *testing.T) {
	t.Parallel()
	v := newRig(t, map[string]string{"OPTIONS api.example/": "HTTP/1.1 200"}).fetch(t, put)
	expect(t, v, "HTTP-network fetch")
	if v.Exchanges[0].Response != "HTTP/1.1 200" || !v.Exchanges[0].Preflight {
		t.Errorf("got %+v", v.Exchanges)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		_, _ = w.Write([]byte(r.Host))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	var asked string
	c := browser.Client{Origin: app, Resolve: func(hostPort string) string {
		asked = hostPort
		return server.Listener.Addr().String()
	}}
	v, err := c.Fetch(t.Context(), browser.Request{URL: "https://example.com"})
	if err != nil || v.Section != "HTTP-network fetch" || !strings.Contains(v.Message, "certificate") {
		t.Errorf("without its CA: %+v, %v", v, err)
	}
	c.TLS = &tls.Config{RootCAs: roots}
	v, err = c.Fetch(t.Context(), browser.Request{URL: "https://example.com"})
	if err != nil || !v.Allowed || v.Body != "example.com" || asked != "example.com:443" {
		t.Errorf("got %+v, %v; asked for %s", v, err, asked)
	}
	c.TLS.ServerName = "another.example"
	if v, _ := c.Fetch(t.Context(), browser.Request{URL: "https://example.com"}); v.Allowed {
		t.Error("ServerName is ignored")
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	c := browser.Client{Origin: app}
	v, err := c.Fetch(t.Context(), browser.Request{URL: "http://" + address})
	if err != nil || v.Allowed || v.Section != "HTTP-network fetch" || len(v.Exchanges) != 1 || v.Exchanges[0].Response != "" {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestContextEndsAFetch(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"before the head": "",
		"in the body":     "HTTP/1.1 200 OK\r\n" + acao + "*\r\nContent-Length: 9\r\n\r\nab",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = listener.Close() }()
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				buffer := make([]byte, 1024)
				_, err = conn.Read(buffer)
				_, _ = conn.Write([]byte(answer))
				cancel()
				for err == nil { // until the browser closes the connection
					_, err = conn.Read(buffer)
				}
				_ = conn.Close()
			}()
			c := browser.Client{Origin: app}
			v, err := c.Fetch(ctx, browser.Request{URL: "http://" + listener.Addr().String()})
			if err != nil || v.Allowed || v.Section != "HTTP-network fetch" || !strings.Contains(v.Message, context.Canceled.Error()) {
				t.Errorf("got %+v, %v", v, err)
			}
		})
	}
}

// Without Now, the clock is time.Now.
func TestDefaultClock(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"PUT", acma+"3600")
	if got := sent(r.fetch(t, put)) + "; " + sent(r.fetch(t, put)); got != "o PUT, PUT; PUT" {
		t.Errorf("sent %s", got)
	}
	r.Now = func() time.Time { return time.Now().Add(time.Hour) }
	if got := sent(r.fetch(t, put)); got != "o PUT, PUT" {
		t.Errorf("an hour later: sent %s", got)
	}
}
