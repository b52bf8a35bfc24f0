package wire

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// start serves h behind a tap and returns its address and its log.
func start(t *testing.T, h http.Handler) (string, *Log, *cors.Live) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	live := new(cors.Live)
	live.Store(cors.MustCompile(cors.Config{AllowOrigins: []string{"https://a.example"}}))
	log := NewLog(func(cors.Request) (*cors.Policy, string) { return live.Load(), "/group" })
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(Tap(l, log.Record))
	}()
	t.Cleanup(func() {
		assert.NoError(t, s.Close())
		<-done
	})
	return l.Addr().String(), log, live
}

func TestEveryExchangeOfAConnectionIsRecorded(t *testing.T) {
	t.Parallel()
	addr, log, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Path", r.URL.Path)
		// The body is longer than a server's buffer, and contains what looks like the end
		// of a head.
		fmt.Fprint(w, strings.Repeat("body\r\n\r\n", 2000))
	}))
	c, err := net.Dial("tcp4", addr)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	br := bufio.NewReader(c)
	exchange := func(parts ...string) {
		t.Helper()
		for _, part := range parts {
			_, err := io.WriteString(c, part)
			require.NoError(t, err)
		}
		resp, err := http.ReadResponse(br, nil)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
	}
	// A body that itself looks like a request must not be taken for one.
	trap := "GET /trap?run=trap HTTP/1.1\r\nHost: h\r\n\r\n"
	exchange("PUT /one?run=a HTTP/1.1\r\nHost: h:1\r\nOrigin: https://a.example\r\n",
		fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(trap), trap[:7]), trap[7:])
	exchange("GET /two?run=a HTTP/1.1\r\nHost: h:1\r\nOrigin: https://a.example\r\n" +
		"Origin: https://b.example\r\nSec-Fetch-Site: cross-site\r\n\r\n")
	exchange("GET /three HTTP/1.1\r\nHost: h:1\r\n\r\n")

	got := log.Exchanges("a")
	require.Len(t, got, 2)
	assert.Equal(t, cors.Request{Method: "PUT", Origin: "https://a.example", Host: "h:1", Path: "/one"}, got[0].Request)
	assert.Equal(t, cors.Request{
		Method: "GET", Origin: "https://a.example, https://b.example", Host: "h:1", Path: "/two", FetchSite: "cross-site",
	}, got[1].Request)
	for i, path := range []string{"/one", "/two"} {
		assert.True(t, strings.HasPrefix(got[i].ResponseHead, "HTTP/1.1 200 OK\r\n"), got[i].ResponseHead)
		assert.Contains(t, got[i].ResponseHead, "X-Path: "+path+"\r\n")
		assert.True(t, strings.HasSuffix(got[i].ResponseHead, "\r\n\r\n"))
		assert.NotContains(t, got[i].ResponseHead, "body")
	}
	assert.Empty(t, log.Exchanges("trap"))
	assert.Empty(t, log.Exchanges(""))
}

func TestAnInterimResponseIsNotTheResponse(t *testing.T) {
	t.Parallel()
	addr, log, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server now sends 100 Continue
		w.WriteHeader(http.StatusTeapot)
	}))
	c, err := net.Dial("tcp4", addr)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(c, "PUT /?run=b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	require.NoError(t, err)
	br := bufio.NewReader(c)
	line, err := br.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	_, err = io.WriteString(c, "{}")
	require.NoError(t, err)
	_, err = br.ReadString('\n')
	require.NoError(t, err)
	resp, err := http.ReadResponse(br, nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusTeapot, resp.StatusCode)
	got := log.Exchanges("b")
	require.Len(t, got, 1)
	assert.True(t, strings.HasPrefix(got[0].ResponseHead, "HTTP/1.1 418 "), got[0].ResponseHead)
}

func TestWhatIsNotFollowedStillWorks(t *testing.T) {
	t.Parallel()
	addr, log, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		_, _ = w.Write(body)
	}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+addr+"/?run=chunked",
		io.MultiReader(strings.NewReader("chunks")))
	require.NoError(t, err)
	req.ContentLength = -1
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "chunks", string(body))
	// The head is recorded; the requests after it are not followed.
	assert.Len(t, log.Exchanges("chunked"), 1)
}

func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	log := NewLog(func(cors.Request) (*cors.Policy, string) { return nil, "" })
	for i := range maxRuns + 10 {
		for range maxExchanges + 2 {
			log.Record(fmt.Sprintf("GET /?run=%d HTTP/1.1\r\nHost: h\r\n\r\n", i), "HTTP/1.1 200 OK\r\n\r\n")
		}
	}
	assert.Empty(t, log.Exchanges("9"))
	assert.Len(t, log.Exchanges("10"), maxExchanges)
	assert.Len(t, log.runs, maxRuns)
	assert.Len(t, log.order, maxRuns)
}

func TestAnExchangeKeepsThePolicyThatDecidedIt(t *testing.T) {
	t.Parallel()
	addr, log, live := start(t, http.NotFoundHandler())
	before := live.Load()
	resp, err := http.Get("http://" + addr + "/?run=p")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	live.Store(cors.MustCompile(cors.AllowAll()))
	got := log.Exchanges("p")
	require.Len(t, got, 1)
	assert.Same(t, before, got[0].Policy)
	assert.Equal(t, "/group", got[0].Group)
	d := got[0].Policy.Decide(t.Context(), got[0].Request)
	assert.Equal(t, cors.NotCORS, d.Kind())
}
