package peers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// fetch is what a page does when a profile is compared: one fetch, or the same fetch
// twice.
type fetch struct {
	origin  string // the page's origin
	method  string
	path    string
	header  string // the name of a header that the script sets, or ""
	include bool   // the credentials mode is "include", else "omit"

	// again is the time after which the page repeats the fetch, to see whether the
	// preflight's answer is cached. 0 means never.
	again time.Duration
}

func (f fetch) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s from %s", f.method, f.path, f.origin)
	switch {
	case f.header != "" && f.include:
		b.WriteString(" with " + f.header + " and credentials")
	case f.header != "":
		b.WriteString(" with " + f.header)
	case f.include:
		b.WriteString(" with credentials")
	}
	if f.again != 0 {
		fmt.Fprintf(&b, ", and again after %s", f.again)
	}
	return b.String()
}

// origins returns the pages' origins: some that most profiles allow, some that no profile
// should allow, and some that matchers confuse with allowed ones.
func origins() []string {
	return []string{
		"https://app.example.com",
		"https://admin.example.com",
		"https://example.com",
		"https://deep.app.example.com",
		"https://app.example.com:8443",
		"http://app.example.com",
		"https://evilexample.com",
		"https://app.example.com.evil.test",
		"https://other.test",
		"http://localhost:3000",
		"null",
	}
}

// requests returns the fetches of the origin's page in each credentials mode. Some
// origins get all fetches that tell policies apart; the others only those that tell
// origins apart.
func requests(origin string) []fetch {
	few := []fetch{
		{method: "GET", path: "/items"},
		{method: "GET", path: "/items", header: "X-Requested-With"},
		{method: "POST", path: "/items"},
		{method: "PUT", path: "/items", header: "Content-Type"},
		{method: "GET", path: "/missing"},
	}
	if origin != origins()[0] && origin != "null" {
		return few
	}
	return append(few, []fetch{
		{method: "GET", path: "/items", header: "Authorization"},
		{method: "GET", path: "/items", header: "X-Unlisted"},
		{method: "HEAD", path: "/items"},
		{method: "POST", path: "/items", header: "Content-Type"},
		{method: "DELETE", path: "/items"},
		{method: "PATCH", path: "/items"},  // the application has no PATCH: 405, or 404
		{method: "REPORT", path: "/items"}, // the application has no REPORT, and few lists name it
		{method: "GET", path: "/missing", header: "X-Requested-With"},
		{method: "GET", path: "/error"},
		{method: "PUT", path: "/error"}, // 405 for a method that other routes use
	}...)
}

// ages returns the times after which a page fetches again: just before and after the ages
// that the profiles and their peers' defaults set, and the 5 seconds of the standard.
func ages() []time.Duration {
	return []time.Duration{
		4 * time.Second, 6 * time.Second, 299 * time.Second, 301 * time.Second, 599 * time.Second, 601 * time.Second,
		12*time.Hour - time.Second, 12*time.Hour + time.Second,
	}
}

// fetches returns all fetches. They test without credentials how long answers are cached,
// because every profile answers these.
func fetches() []fetch {
	var all []fetch
	for _, include := range []bool{false, true} {
		for _, origin := range origins() {
			for _, f := range requests(origin) {
				f.origin, f.include = origin, include
				all = append(all, f)
			}
		}
	}
	for _, age := range ages() {
		for _, f := range []fetch{
			{method: "PUT", path: "/items", header: "Content-Type"},
			{method: "GET", path: "/items", header: "X-Requested-With"},
		} {
			f.origin, f.again = origins()[0], age
			all = append(all, f)
		}
	}
	return all
}

// headerValue returns the value of a header that scripts set.
func headerValue(name string) string {
	switch name {
	case "Content-Type":
		return "application/json"
	case "Authorization":
		return "Bearer token"
	}
	return "1"
}

// outcome returns what the page sees: whether it gets the response, and which of the
// application's own headers it can read. The status is left out, because it belongs to
// the framework.
func (f fetch) outcome(ctx context.Context, addr string) (string, error) {
	var late time.Duration
	start := time.Unix(0, 0)
	client := &browser.Client{
		Origin:  f.origin,
		Cookie:  "session=1",
		Resolve: func(string) string { return addr },
		Now:     func() time.Time { return start.Add(late) },
	}
	request := browser.Request{Method: f.method, URL: "http://api.test" + f.path, Credentials: browser.Omit}
	if f.include {
		request.Credentials = browser.Include
	}
	if f.header != "" {
		request.Header = []browser.Field{{Name: f.header, Value: headerValue(f.header)}}
	}
	result, _, err := f.once(ctx, client, request)
	if err != nil || f.again == 0 {
		return result, err
	}
	late = f.again
	result, preflights, err := f.once(ctx, client, request)
	if preflights > 0 && result != blocked {
		result += ", after another preflight"
	}
	return result, err
}

const blocked = "blocked"

func (f fetch) once(ctx context.Context, client *browser.Client, request browser.Request) (result string, preflights int, err error) {
	verdict, err := client.Fetch(ctx, request)
	if err != nil {
		return "", 0, err
	}
	if !verdict.Allowed {
		if verdict.Code == "" {
			return "", 0, fmt.Errorf("the fetch fails for another reason than CORS: %s", verdict.Message)
		}
		return blocked, verdict.Preflights(), nil
	}
	readable := []string{"allowed"}
	for _, name := range []string{"X-Request-Id", "X-Total-Count"} {
		if _, ok := verdict.Get(name); ok {
			readable = append(readable, name)
		}
	}
	slices.Sort(readable[1:])
	return strings.Join(readable, " "), verdict.Preflights(), nil
}
