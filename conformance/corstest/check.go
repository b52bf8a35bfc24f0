package corstest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// Allowed reports an error unless the script can read the response, whatever its status.
// It returns what the script can read.
func (c Call) Allowed(tb testing.TB, app http.Handler) browser.Verdict {
	tb.Helper()
	v := c.direct(tb, app)
	if !v.Allowed {
		tb.Errorf("%s: is blocked, and should be allowed\n%s", c, v)
	}
	return v.Verdict
}

// Blocked reports an error if the script can read the response, or if the call fails for
// another reason than CORS, such as a handler that panics.
//
// CORS does not block requests: the handler of a blocked call may have run. Use Untouched
// to check that it did not.
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

// Untouched reports an error if the call changes the count that runs returns. This is the
// number of times that the handler ran, or the number of rows that the application wrote.
// For example, use the Load method of an atomic.Int64 that the handler increments:
//
//	corstest.From("https://evil.example").Post("/transfers").Untouched(t, app, transfers.Load)
//
// Parallel tests must not share the count, because their calls change it too. Untouched
// does not check who can read the response.
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

// outcome is the result of a call.
type outcome struct {
	browser.Verdict
	server string // what the application's server logged
}

// String returns what the browser reports, and the requests and responses.
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
