package corstest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// Allowed reports an error unless the script gets to read the response, whatever its
// status. It returns what the script can read.
func (c Call) Allowed(tb testing.TB, app http.Handler) browser.Verdict {
	tb.Helper()
	v := c.direct(tb, app)
	if !v.Allowed {
		tb.Errorf("%s: is blocked, and should be allowed\n%s", c, v)
	}
	return v.Verdict
}

// Blocked reports an error if the script gets to read the response, and if something
// other than CORS keeps it from that, such as a handler that panics.
//
// CORS does not block requests: the handler of a blocked call may have run. Untouched
// checks that it did not.
func (c Call) Blocked(tb testing.TB, app http.Handler) browser.Verdict {
	tb.Helper()
	v := c.direct(tb, app)
	switch {
	case v.Allowed:
		tb.Errorf("%s: is allowed, and should be blocked\n%s", c, v)
	case v.Code == "":
		tb.Errorf("%s: fails, but not by CORS\n%s", c, v)
	}
	return v.Verdict
}

// Untouched reports an error if the call changes the count that runs returns: how often
// the handler ran, or how many rows the application wrote. The Load method of an
// atomic.Int64 that the handler adds to is such a function:
//
//	corstest.From("https://evil.example").Post("/transfers").Untouched(t, app, transfers.Load)
//
// The count must be this test's own: calls of parallel tests change it too. It says
// nothing about who can read the response.
func (c Call) Untouched(tb testing.TB, app http.Handler, runs func() int64) browser.Verdict {
	tb.Helper()
	if runs == nil {
		tb.Fatalf("%s: there is no count; pass a function that returns how often the handler ran, such as the Load method of an atomic.Int64", c)
	}
	before := runs()
	v := c.direct(tb, app)
	after := runs()
	switch {
	case after != before:
		tb.Errorf("%s: the handler ran (the count went from %d to %d), and should not\n%s", c, before, after, v)
	case !v.Allowed && v.Code == "":
		tb.Errorf("%s: fails, but not by CORS\n%s", c, v)
	}
	return v.Verdict
}

// outcome is how a call ended.
type outcome struct {
	browser.Verdict
	server string // what the application's server logged
}

// String tells what the browser says and what went over the wire.
func (o outcome) String() string {
	var b strings.Builder
	if o.Console != "" {
		fmt.Fprintf(&b, "browser: %s\n", o.Console)
	}
	if o.server != "" {
		fmt.Fprintf(&b, "server: %s\n", o.server)
	}
	for _, e := range o.Exchanges {
		prefixed(&b, "> ", e.Request)
		prefixed(&b, "< ", e.Response)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// prefixed writes the lines of a head.
func prefixed(b *strings.Builder, prefix, head string) {
	for line := range strings.Lines(head) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			fmt.Fprintf(b, "%s%s\n", prefix, line)
		}
	}
	b.WriteByte('\n')
}
