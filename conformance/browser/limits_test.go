package browser_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/internal/rawserver"
)

// No answer of a server may cost more than linear work: twice the lines cost about twice
// the allocations. The test uses many names, many lines of one name, and lists.
func TestWorkIsLinear(t *testing.T) { // not parallel: it counts allocations
	many := func(n int, line func(i int) browser.Field) []browser.Field {
		header := []browser.Field{{Name: "Access-Control-Allow-Origin", Value: app}, {Name: "Access-Control-Expose-Headers", Value: "x-a"}}
		for i := range n {
			header = append(header, line(i))
		}
		return header
	}
	for name, line := range map[string]func(i int) browser.Field{
		"names": func(i int) browser.Field { return browser.Field{Name: fmt.Sprintf("X-%d", i), Value: "a"} },
		"lines": func(int) browser.Field { return browser.Field{Name: "X-A", Value: "a"} },
		"exposed": func(i int) browser.Field {
			return browser.Field{Name: "Access-Control-Expose-Headers", Value: fmt.Sprintf("x-%d", i)}
		},
		"allowed": func(i int) browser.Field {
			return browser.Field{Name: "Access-Control-Allow-Headers", Value: fmt.Sprintf("x-%d", i)}
		},
		"methods": func(i int) browser.Field {
			return browser.Field{Name: "Access-Control-Allow-Methods", Value: fmt.Sprintf("X%d", i)}
		},
	} {
		work := func(n int) float64 {
			header := many(n, line)
			var asked []browser.Field
			for i := range n {
				asked = append(asked, browser.Field{Name: fmt.Sprintf("x-%d", i), Value: "a"})
			}
			return testing.AllocsPerRun(1, func() {
				browser.Readable(browser.CORS, browser.Omit, header)
				_ = browser.CheckCORS(app, browser.Omit, header)
				_ = browser.CheckPreflight(browser.Preflighted{Origin: app, Method: "GET", Header: asked}, 204, header, false, browser.Engine{})
			})
		}
		if small, large := work(500), work(4000); large > 10*small {
			t.Errorf("%s: %.0f allocations for 500, %.0f for 4,000", name, small, large)
		}
	}
}

// The largest heads that an engine accepts must not take long, even in the most expensive
// shapes. The test passes if it ends.
func TestLargestHeads(t *testing.T) {
	t.Parallel()
	const size = 380 << 10
	for name, line := range map[string]string{
		"one name":      "a:b\r\n",
		"folded":        " b\r\n",
		"not fields":    "b\r\n",
		"exposed":       "Access-Control-Expose-Headers:a,b,c\r\n",
		"empty exposed": "Access-Control-Expose-Headers:,,,,,,,,,\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			head := "HTTP/1.1 200 OK\r\n" + acao + "*\r\nX: y\r\n" + strings.Repeat(line, size/len(line)) + "\r\n"
			r := newRig(t, map[string]string{"GET api.example/": head})
			r.Engine = browser.Firefox()
			expect(t, r.fetch(t, browser.Request{URL: api}), "allowed")
		})
	}
}

// A page gets its response without waiting for an endless body, and the client keeps no
// more of the body than its limit.
func TestBodiesHaveALimit(t *testing.T) {
	t.Parallel()
	endless := rawserver.Start(t, "HTTP/1.1 200 OK\r\n"+acao+"*\r\n\r\n", strings.Repeat("a", 1<<16))
	for limit, want := range map[int]int{0: 1 << 20, 10: 10, 100_000: 100_000, -1: 0} {
		c := browser.Client{Origin: app, BodyLimit: limit}
		v, err := c.Fetch(t.Context(), browser.Request{URL: endless})
		if err != nil || !v.Allowed || len(v.Body) != want || !v.BodyCut {
			t.Errorf("limit %d: %d bytes, %t, %+v, %v", limit, len(v.Body), v.BodyCut, v.Failure, err)
		}
	}
	r := newRig(t, map[string]string{"GET api.example/": raw("200", acao+"*")})
	r.BodyLimit = 2
	if v := r.fetch(t, browser.Request{URL: api}); v.Body != "ok" || v.BodyCut {
		t.Errorf("a body of just the limit: %q, %t", v.Body, v.BodyCut)
	}
}

// If a server never answers, the client's own time limit ends the fetch.
func TestTimeout(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }() // the kernel accepts connections, and nothing answers
	c := browser.Client{Origin: app, Timeout: 10 * time.Millisecond}
	v, err := c.Fetch(context.Background(), browser.Request{URL: "http://" + listener.Addr().String()})
	if err != nil || v.Allowed || !strings.Contains(v.Message, context.DeadlineExceeded.Error()) {
		t.Errorf("got %+v, %v", v, err)
	}
}

// Queries, including those in a server's Location, are sent in the encoding of browsers.
func TestQueriesAreEncoded(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{
		"GET api.example/":     raw("302", acao+"*", "Location: /next?\xc2\x9b31m\"<'é b"),
		"GET api.example/next": raw("200", acao+"*"),
	})
	v := r.fetch(t, browser.Request{URL: api + "/?a b"})
	expect(t, v, "allowed")
	for i, want := range []string{"GET /?a%20b HTTP/1.1", "GET /next?%C2%9B31m%22%3C%27%C3%A9%20b HTTP/1.1"} {
		if got, _, _ := strings.Cut(v.Exchanges[i].Request, "\r\n"); got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}
