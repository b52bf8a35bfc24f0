package matrix

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// cost is a denial of service by Access-Control-Request-Headers.
type cost struct {
	ids        []string
	value      string
	vulnerable func(value string) []string // reads the list as the vulnerable library did
}

func costs() []cost {
	return []cost{
		{
			ids:        []string{"GO-2024-2883", "go-chi/cors-commas"},
			value:      strings.Repeat(",", 60000),
			vulnerable: func(value string) []string { return strings.Split(value, ",") },
		},
		{
			ids:        []string{"CVE-2026-69207"},
			value:      "a" + strings.Repeat(" ", 10000) + ",b",
			vulnerable: splitBacktracking,
		},
	}
}

// splitBacktracking splits at /\s*,\s*/ as a backtracking engine does: from each of n
// spaces it looks at all following ones. It returns one string for every thousand looks,
// so that the allocations show the work.
func splitBacktracking(value string) []string {
	var work []string
	looks := 0
	for from := 0; from < len(value) && value[from] != ','; from++ {
		for at := from; at < len(value) && value[at] == ' '; at++ {
			if looks++; looks%1000 == 0 {
				work = append(work, value[at:])
			}
		}
	}
	return work
}

// TestRecordCost checks that the middleware's work for a preflight does not grow with the
// requested list. It measures allocated bytes and compares them with the same application
// without the middleware, so that it does not depend on time. It runs alone, because it
// counts the allocations of the whole process.
func TestRecordCost(t *testing.T) {
	const bound = 64 << 10
	d := listing(listed)
	for _, c := range costs() {
		request := "OPTIONS /x HTTP/1.1\r\nHost: a\r\nOrigin: " + listed +
			"\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: " + c.value + "\r\n\r\n"
		for _, id := range c.ids {
			t.Run(id, func(t *testing.T) {
				plain := allocates(t, serveBehind(t, func(next http.Handler) http.Handler { return next }), request)
				mutant := allocates(t, serveBehind(t, preflighting(func(_ http.Header, r *http.Request) {
					runtime.KeepAlive(c.vulnerable(r.Header.Get("Access-Control-Request-Headers")))
				})), request)
				assert.Greater(t, mutant, plain+bound, "the mutant allocates no more than the application")
				for _, a := range adapters() {
					without := allocates(t, a.start(t, conformance.App{Routes: recordRoutes()}), request)
					addr, with := a.start(t, conformance.App{Decider: d, Routes: recordRoutes()}), ^uint64(0)
					for try := 0; with >= without+bound && try < 20; try++ {
						with = min(with, allocates(t, addr, request))
					}
					assert.Less(t, with, without+bound, a.name)
				}
				// Over 8 KiB, the policy does not read the list, whatever it contains.
				decision := d.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: listed, RequestMethod: "GET", RequestHeaders: c.value})
				assert.Equal(t, cors.HeadersTooLong, decision.Reason())
			})
		}
	}
}

// allocates returns the smallest allocation of several exchanges. A server that is still
// busy with an exchange has not returned its buffers, and allocates more for the next
// one. On a busy machine that can happen to all of them.
func allocates(t *testing.T, addr, request string) uint64 {
	t.Helper()
	least := ^uint64(0)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := conformance.Send(addr, []byte(request))
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

func sharedIDs() []string {
	return []string{"rs/cors#198", "gin-contrib/cors-race", "jub0bs/cors#14"}
}

// TestRecordShared checks that no header slice is shared between requests. One request
// waits in its handler, which has added to Vary, while another request adds to its own
// Vary.
func TestRecordShared(t *testing.T) {
	t.Parallel()
	shared := make([]string, 1, 2)
	shared[0] = "Origin"
	mutant := setting(func(h http.Header, _ *http.Request) { h["Vary"] = shared })
	for _, id := range sharedIDs() {
		t.Run(id, func(t *testing.T) {
			assert.Error(t, crossing(t, serveBehind(t, mutant)), "the mutant's requests do not cross")
			for _, a := range adapters() {
				assert.NoError(t, crossing(t, a.start(t, conformance.App{Decider: listing(listed), Routes: recordRoutes()})), a.name)
			}
		})
	}
}

// crossing returns an error if a request gets what another request's handler has added.
// The 100 (Continue), which reading the body causes, shows that the first request is in
// its handler.
func crossing(t *testing.T, addr string) error {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, time.Minute)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }() // nothing is left to send
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = conn.Write([]byte("POST /a HTTP/1.1\r\nHost: a\r\nOrigin: " + listed + "\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"))
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, " 100 ")
	other, err := send(addr, "GET /b", "Origin: "+listed)
	require.NoError(t, err)
	_, err = conn.Write([]byte("a"))
	require.NoError(t, err)
	_, err = in.ReadString('\n') // that of the 100's head
	require.NoError(t, err)
	r, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	defer func() { _ = r.Body.Close() }()
	first, second := strings.Join(r.Header["Vary"], ","), strings.Join(other.Lines("Vary"), ",")
	if !strings.Contains(first, "A") || strings.Contains(first, "B") || strings.Contains(second, "A") {
		return fmt.Errorf("the first Vary is %s, the second %s", first, second)
	}
	return nil
}

// logID is a vulnerability of flask-cors, which wrote requests unescaped into its log.
const logID = "CVE-2024-1681"

// logbook is a log.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) add(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(text + "\n")
}

// forged reports whether a line of the log comes from the attacker.
func (l *logbook) forged() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains("\n"+l.text.String(), "\nINFO: forged")
}

// TestRecordLog checks that the texts about a request from Observe and Explain contain no
// line that the request wrote.
func TestRecordLog(t *testing.T) {
	t.Parallel()
	t.Run(logID, func(t *testing.T) {
		const target = "/x%0aINFO:%20forged"
		careless := new(logbook)
		addr := serveBehind(t, setting(func(_ http.Header, r *http.Request) { careless.add("request for " + r.URL.Path) }))
		_, err := send(addr, "GET "+target, "Origin: "+evil)
		require.NoError(t, err)
		assert.True(t, careless.forged(), "the mutant's log must be forged")

		p := cors.MustCompile(cors.Config{AllowOrigins: []string{listed}, AllowCredentials: true})
		for _, a := range adapters() {
			log := new(logbook)
			observed := cors.Observe(p, func(r cors.Request, d cors.Decision) {
				log.add(r.Path + " " + d.Reason().String() + "\n" + p.Explain(context.Background(), r).String())
			})
			_, err := send(a.start(t, conformance.App{Decider: observed, Routes: recordRoutes()}), "GET "+target, "Origin: "+evil)
			require.NoError(t, err)
			assert.False(t, log.forged(), "%s: %s", a.name, log.text.String())
		}
		// These requests cannot pass a server. Their values must stay out of the text as well.
		for _, r := range []cors.Request{
			{Method: "GET", Origin: "x\nINFO: forged"},
			{Method: "OPTIONS", Origin: listed, RequestMethod: "PUT\nINFO: forged"},
			{Method: "OPTIONS", Origin: listed, RequestMethod: "PUT", RequestHeaders: "x\nINFO: forged"},
		} {
			log := new(logbook)
			log.add(p.Explain(t.Context(), r).String())
			assert.False(t, log.forged(), log.text.String())
		}
	})
}
