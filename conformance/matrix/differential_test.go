package matrix

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// site is one adapter's server, and a server of the same application without the adapter.
type site struct {
	name           string
	addr, baseline string
}

// sites starts every adapter with a policy that can be replaced.
func sites(t *testing.T, live *cors.Live) []site {
	t.Helper()
	routes := []conformance.Route{
		{Method: "GET", Path: "/", Body: []string{"hello\n"}, Set: []conformance.Field{{Name: "Etag", Value: `"1"`}, {Name: "X-Total", Value: "42"}}},
		{Method: "POST", Path: "/", Body: []string{"hello\n"}},
		{Method: "PUT", Path: "/", Body: []string{"hello\n"}},
		{Method: "DELETE", Path: "/", Body: []string{"hello\n"}},
		{Method: "GET", Path: "/vary", Body: []string{"hello\n"}, Add: []conformance.Field{{Name: "Vary", Value: "Accept"}}},
		// Frameworks handle HEAD of a GET route differently.
		{Method: "HEAD", Path: "/vary", Add: []conformance.Field{{Name: "Vary", Value: "Accept"}}},
		{Method: "GET", Path: "/stream", Does: conformance.Stream, Body: []string{"one\n", "two\n"}},
		{Method: "PUT", Path: "/fail", Does: conformance.Fail, Status: http.StatusForbidden},
		{Method: "PUT", Path: "/panic", Does: conformance.Panic, Status: http.StatusInternalServerError},
	}
	for i := range routes {
		if routes[i].Status == 0 {
			routes[i].Status = http.StatusOK
		}
	}
	var all []site
	for _, a := range adapters() {
		all = append(all, site{
			name:     a.name,
			addr:     a.start(t, conformance.App{Decider: live, Routes: routes}),
			baseline: a.start(t, conformance.App{Routes: routes}),
		})
	}
	return all
}

// TestAdaptersAgree compares the adapters under random policies and random requests. The
// policies are replaced while the adapters serve. Many of the requests are such that no
// browser sends them.
func TestAdaptersAgree(t *testing.T) {
	t.Parallel()
	var live cors.Live
	all := sites(t, &live)
	m := new(matrix)
	rapid.Check(t, func(t *rapid.T) {
		config := configs().Draw(t, "config")
		config.PassPreflight = rapid.Bool().Draw(t, "passPreflight")
		config.Enforce = rapid.SampledFrom([]cors.Enforcement{cors.EnforceNone, cors.EnforceNone, cors.EnforceUnsafe, cors.EnforceAll}).Draw(t, "enforce")
		if config.Enforce == cors.EnforceAll && slices.Contains(config.AllowOrigins, "*") {
			config.Enforce = cors.EnforceUnsafe // EnforceAll would refuse every page, and does not compile
		}
		policy, err := cors.Compile(config)
		require.NoError(t, err)
		live.Store(policy)
		for range rapid.IntRange(1, 4).Draw(t, "requests") {
			request, decision := requests(t, policy)
			each := make(map[string]conformance.Exchange)
			for _, s := range all {
				e := conformance.Exchange{Request: request, By: conformance.ByApp}
				if decision.Status() != 0 {
					e.By = conformance.ByAdapter
				}
				e.Response, err = conformance.Send(s.addr, request)
				require.NoError(t, err, "%s, of %q", s.name, request)
				e.Baseline, err = conformance.Send(s.baseline, request)
				require.NoError(t, err, "%s without CORS, of %q", s.name, request)
				if e.By == conformance.ByAdapter {
					assert.Equal(t, decision.Status(), e.Response.Status, "%s, of %q", s.name, request)
				}
				each[s.name] = e
			}
			m.compareRequest(t, fmt.Sprintf("%q", request), each, new(summary))
		}
	})
}

// requests generates a request that servers do not refuse, and the policy's decision
// about it.
func requests(t *rapid.T, policy *cors.Policy) ([]byte, cors.Decision) {
	var lines []string
	add := func(name string, values []string) string {
		for _, v := range values {
			lines = append(lines, name+": "+v)
		}
		return strings.Join(values, ", ")
	}
	some := func(label string, most int, g *rapid.Generator[string]) []string {
		return rapid.SliceOfN(g, 0, most).Draw(t, label)
	}
	names := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(append(headerNames(), "x-unknown", "", "*", "é", "X-A")), 0, 4).Draw(t, "names"),
			rapid.SampledFrom([]string{",", ", ", " ,"}).Draw(t, "comma"))
	})
	r := cors.Request{Method: methods().Draw(t, "method"), Host: "127.0.0.1"}
	path := rapid.SampledFrom([]string{"/", "/vary", "/stream", "/fail", "/panic", "/none"}).Draw(t, "path")
	r.Path = path
	r.Origin = add("Origin", some("origins", 2, rawOrigins()))
	r.RequestMethod = add("Access-Control-Request-Method", some("requestMethods", 2, rapid.OneOf(methods(), rapid.SampledFrom([]string{"", "patch", "BREW", "TRACE"}))))
	r.RequestHeaders = add("Access-Control-Request-Headers", some("requestHeaders", 2, names))
	r.FetchSite = add("Sec-Fetch-Site", some("fetchSite", 1, rapid.SampledFrom([]string{"cross-site", "same-site", "same-origin", "none"})))
	add(conformance.OuterVary, some("outer", 1, rapid.SampledFrom([]string{"Accept-Encoding", "origin"})))
	head := append([]string{r.Method + " " + path + " HTTP/1.1", "Host: " + r.Host, "Connection: close"}, lines...)
	if r.Method == "POST" || r.Method == "PUT" {
		head = append(head, "Content-Length: 0")
	}
	return []byte(strings.Join(head, "\r\n") + "\r\n\r\n"), policy.Decide(context.Background(), r)
}
