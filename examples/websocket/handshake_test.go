package websocket_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/websocket"
)

// serve serves h on a loopback port until the end of the test. Then every handler must
// return, including those of upgraded connections.
func serve(t *testing.T, h http.Handler) (url string) {
	t.Helper()
	var handlers sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.Close()
		handlers.Wait()
	})
	return server.URL
}

// clients make a handshake with an address as each library does, with a header. After an
// upgrade they check that a message comes back, and close. They return the response's
// status and header.
var clients = map[string]func(t *testing.T, url string, header http.Header) (int, http.Header){
	"gorilla": func(t *testing.T, url string, header http.Header) (int, http.Header) {
		t.Helper()
		conn, resp, err := gorilla.DefaultDialer.DialContext(t.Context(), url, header)
		if err != nil {
			require.ErrorIs(t, err, gorilla.ErrBadHandshake)
			require.NoError(t, resp.Body.Close())
			return resp.StatusCode, resp.Header
		}
		require.NoError(t, conn.WriteMessage(gorilla.TextMessage, []byte("hello")))
		_, message, err := conn.ReadMessage()
		require.NoError(t, err)
		assert.Equal(t, "hello", string(message))
		require.NoError(t, conn.Close())
		return resp.StatusCode, resp.Header
	},
	"coder": func(t *testing.T, url string, header http.Header) (int, http.Header) {
		t.Helper()
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		options := &coder.DialOptions{HTTPHeader: header, HTTPClient: &http.Client{Transport: transport}}
		conn, resp, err := coder.Dial(t.Context(), url, options)
		if err != nil {
			require.NotNil(t, resp, err)
			return resp.StatusCode, resp.Header
		}
		require.NoError(t, conn.Write(t.Context(), coder.MessageText, []byte("hello")))
		_, message, err := conn.Read(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "hello", string(message))
		require.NoError(t, conn.Close(coder.StatusNormalClosure, ""))
		return resp.StatusCode, resp.Header
	},
}

func origins(lines ...string) http.Header {
	if lines == nil {
		return nil
	}
	return http.Header{"Origin": lines}
}

// handshakes are for websocket.Config; %HOST% stands for the server's address.
var handshakes = []struct {
	name   string
	lines  []string
	status int
}{
	{"a listed origin", []string{"https://shop.example.org"}, 101},
	{"a subdomain", []string{"https://app.example.com"}, 101},
	{"a subdomain of a subdomain", []string{"https://a.b.example.com"}, 101},
	{"the domain of the subdomains", []string{"https://example.com"}, 403},
	{"another origin", []string{"https://other.example.net"}, 403},
	{"another scheme", []string{"http://shop.example.org"}, 403},
	{"another port", []string{"https://shop.example.org:8443"}, 403},
	{"a domain that ends alike", []string{"https://evilexample.com"}, 403},
	{"a domain that begins alike", []string{"https://shop.example.org.evil.test"}, 403},
	{"an empty label", []string{"https://.example.com"}, 403},
	{"a path", []string{"https://evil.test/.example.com"}, 403},
	{"null", []string{"null"}, 403},
	{"upper case", []string{"HTTPS://SHOP.EXAMPLE.ORG"}, 403},
	{"an upper-case subdomain", []string{"https://APP.example.com"}, 403},
	{"two lines, the first listed", []string{"https://shop.example.org", "https://evil.test"}, 403},
	{"two lines, the last listed", []string{"https://evil.test", "https://shop.example.org"}, 403},
	{"twice the same", []string{"https://shop.example.org", "https://shop.example.org"}, 403},
	{"two in one line", []string{"https://shop.example.org, https://evil.test"}, 403},
	{"an empty line", []string{""}, 403},
	{"the server's own, not listed", []string{"http://%HOST%"}, 403},
	{"no Origin", nil, 403},
}

func TestHandshakesAreForThePolicysOriginsAlone(t *testing.T) {
	t.Parallel()
	live := new(cors.Live)
	live.Store(cors.MustCompile(websocket.Config()))
	url := serve(t, websocket.Site(live))
	host := strings.TrimPrefix(url, "http://")

	for client, shake := range clients {
		for _, server := range []string{"gorilla", "coder"} {
			for _, c := range handshakes {
				t.Run(client+" to "+server+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					var lines []string
					for _, line := range c.lines {
						lines = append(lines, strings.ReplaceAll(line, "%HOST%", host))
					}
					status, header := shake(t, "ws://"+host+"/"+server, origins(lines...))
					assert.Equal(t, c.status, status)
					if c.status == 403 {
						assert.Empty(t, header["Upgrade"])
						assert.Empty(t, header["Sec-Websocket-Accept"])
					}
				})
			}
		}
	}
}

// TestTheClientsSendSeveralLines checks that the clients send what the cases above say.
func TestTheClientsSendSeveralLines(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Origin-Lines", strconv.Itoa(len(r.Header["Origin"])))
		w.WriteHeader(http.StatusForbidden)
	}))
	for name, shake := range clients {
		for n, lines := range [][]string{nil, {"https://a.test"}, {"https://a.test", "https://b.test"}} {
			_, header := shake(t, strings.Replace(url, "http", "ws", 1), origins(lines...))
			assert.Equal(t, strconv.Itoa(n), header.Get("Origin-Lines"), name)
		}
	}
}

func TestProgramsConnectWhereTheGateSaysSo(t *testing.T) {
	t.Parallel()
	policy := cors.MustCompile(websocket.Config())
	gate := websocket.Gate{AllowsOrigin: policy.AllowsOrigin, NonBrowsers: true}
	for server, h := range map[string]http.Handler{"gorilla": websocket.Gorilla(gate), "coder": websocket.Coder(gate)} {
		url := strings.Replace(serve(t, h), "http", "ws", 1)
		for client, shake := range clients {
			status, _ := shake(t, url, nil)
			assert.Equal(t, 101, status, "%s to %s, no Origin", client, server)
			status, _ = shake(t, url, origins("https://evilexample.com"))
			assert.Equal(t, 403, status, "%s to %s, another origin", client, server)
		}
	}
}

// Several lines are refused even with "*", although the policy allows any origin.
func TestSeveralLinesAreRefusedUnderAnyPolicy(t *testing.T) {
	t.Parallel()
	policy := cors.MustCompile(cors.AllowAll())
	url := strings.Replace(serve(t, websocket.Coder(websocket.Gate{AllowsOrigin: policy.AllowsOrigin})), "http", "ws", 1)
	for name, shake := range clients {
		status, _ := shake(t, url, origins("https://a.test"))
		assert.Equal(t, 101, status, name)
		status, _ = shake(t, url, origins("https://a.test", "https://b.test"))
		assert.Equal(t, 403, status, name)
	}
}

func TestHandshakesFollowALivePolicy(t *testing.T) {
	t.Parallel()
	live := new(cors.Live)
	url := strings.Replace(serve(t, websocket.Site(live)), "http", "ws", 1)
	check := func(when string, shop, other int) {
		for _, server := range []string{"gorilla", "coder"} {
			for client, shake := range clients {
				status, _ := shake(t, url+"/"+server, origins("https://shop.example.org"))
				assert.Equal(t, shop, status, "%s: %s to %s", when, client, server)
				status, _ = shake(t, url+"/"+server, origins("https://other.example.net"))
				assert.Equal(t, other, status, "%s: %s to %s", when, client, server)
			}
		}
	}
	check("no policy yet", 403, 403)
	live.Store(cors.MustCompile(websocket.Config()))
	check("the site's policy", 101, 403)
	live.Store(cors.MustCompile(cors.Config{AllowOrigins: []string{"https://other.example.net"}}))
	check("another policy", 403, 101)
	live.Store(nil)
	check("no policy any more", 403, 403)
}

// Coder's documentation explains Accept's own check: with patterns that look like the
// policy's origins, it allows origins that the policy does not.
func TestOriginPatternsAreAnotherLanguage(t *testing.T) {
	t.Parallel()
	options := &coder.AcceptOptions{OriginPatterns: websocket.Config().AllowOrigins}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := coder.Accept(w, r, options)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		kind, reader, err := conn.Reader(ctx)
		if err != nil {
			return
		}
		message, err := io.ReadAll(reader)
		if err != nil || conn.Write(ctx, kind, message) != nil {
			return
		}
		_, _, _ = conn.Read(ctx) // the close
	}))
	host := strings.TrimPrefix(url, "http://")
	more := map[string]bool{}
	for _, c := range handshakes {
		var lines []string
		for _, line := range c.lines {
			lines = append(lines, strings.ReplaceAll(line, "%HOST%", host))
		}
		if status, _ := clients["coder"](t, "ws://"+host, origins(lines...)); status != c.status {
			assert.Equal(t, 101, status, c.name)
			more[c.name] = true
		}
	}
	assert.Equal(t, map[string]bool{
		"an empty label":               true,
		"upper case":                   true,
		"an upper-case subdomain":      true,
		"two lines, the first listed":  true,
		"twice the same":               true,
		"an empty line":                true,
		"the server's own, not listed": true,
		"no Origin":                    true,
	}, more)
}
