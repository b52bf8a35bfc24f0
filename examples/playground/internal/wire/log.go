package wire

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"sync"

	cors "github.com/crossgate/cors/core"
)

// Bounds of a Log: a page's table needs some seventy runs, of one to three
// exchanges each.
const (
	maxRuns      = 1000
	maxExchanges = 8
)

// Exchange is one request and its response.
type Exchange struct {
	RequestHead  string // request line and header fields, as received
	ResponseHead string // status line and header fields, as sent
	Request      cors.Request
	Policy       *cors.Policy // the policy in force there when the response was sent
	Group        string       // the prefix of the group whose policy it is, or ""
}

// Lookup returns the policy that is in force for a request, and the prefix of its group, or
// "" for the policy of the whole API.
type Lookup func(cors.Request) (p *cors.Policy, group string)

// Log keeps the latest exchanges by run. The run is the query parameter "run" of a request's
// URL; a page sets it, so that it can ask later what the server saw. A Log is safe for
// concurrent use.
type Log struct {
	lookup Lookup

	mu    sync.Mutex
	runs  map[string][]Exchange
	order []string // the runs, oldest first
}

// NewLog returns an empty log, of exchanges under the policies that lookup returns.
func NewLog(lookup Lookup) *Log {
	return &Log{lookup: lookup, runs: make(map[string][]Exchange)}
}

// Record adds an exchange. Requests without a run are not kept.
func (l *Log) Record(requestHead, responseHead string) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(requestHead)))
	if err != nil {
		return
	}
	run := r.URL.Query().Get("run")
	if run == "" {
		return
	}
	x := Exchange{
		RequestHead:  requestHead,
		ResponseHead: responseHead,
		Request:      request(r),
	}
	x.Policy, x.Group = l.lookup(x.Request)
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.runs[run]
	if !ok {
		l.order = append(l.order, run)
		if len(l.order) > maxRuns {
			delete(l.runs, l.order[0])
			l.order = l.order[1:]
		}
	}
	if len(known) < maxExchanges {
		l.runs[run] = append(known, x)
	}
}

// Exchanges returns the exchanges of a run, in the order of their responses.
func (l *Log) Exchanges(run string) []Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.runs[run])
}

// request reads the parts of a head that a CORS decision depends on.
func request(r *http.Request) cors.Request {
	lines := func(name string) string { return strings.Join(r.Header.Values(name), ", ") }
	return cors.Request{
		Method:         r.Method,
		Origin:         lines("Origin"),
		RequestMethod:  lines("Access-Control-Request-Method"),
		RequestHeaders: lines("Access-Control-Request-Headers"),
		Host:           r.Host,
		Path:           r.URL.EscapedPath(),
		FetchSite:      lines("Sec-Fetch-Site"),
	}
}
