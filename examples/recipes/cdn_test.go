package recipes_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

// cdn is a shared cache in front of a server. It stores one copy for each key. Its operator
// chooses which headers are in the key.
type cdn struct {
	origin string // of the server
	key    func(r *http.Request, vary []string) string

	mu     sync.Mutex
	vary   map[string][]string
	copies map[string]*kept
}

type kept struct {
	status int
	header http.Header
	body   []byte
}

// honoursVary makes keys by RFC 9111, section 4.1.
func honoursVary(r *http.Request, vary []string) string {
	key := r.URL.Path
	for _, name := range vary {
		key += "\n" + strings.Join(r.Header.Values(name), ",")
	}
	return key
}

// ignoresVary makes keys as several CDNs do by default.
func ignoresVary(r *http.Request, _ []string) string { return r.URL.Path }

// keysByOrigin makes keys as these CDNs do if Origin is in their cache key.
func keysByOrigin(r *http.Request, _ []string) string {
	return r.URL.Path + "\n" + r.Header.Get("Origin")
}

func (c *cdn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.copies[c.key(r, c.vary[r.URL.Path])]
	if found == nil || r.Method != http.MethodGet {
		out := r.Clone(r.Context())
		out.URL.Scheme, out.URL.Host, out.RequestURI = "http", c.origin, ""
		response, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close() // it has been read
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		found = &kept{response.StatusCode, response.Header, body}
		if r.Method == http.MethodGet {
			c.vary[r.URL.Path] = response.Header.Values("Vary")
			c.copies[c.key(r, c.vary[r.URL.Path])] = found
		}
	}
	for name, values := range found.header {
		w.Header()[name] = values
	}
	w.WriteHeader(found.status)
	_, _ = w.Write(found.body) // the client is gone if this fails
}

func TestBehindCDN(t *testing.T) {
	t.Parallel()
	routes, err := recipes.BehindCDN()
	require.NoError(t, err)
	server := behind(t, routes)
	// A request without an Origin comes first, then two pages. This order causes the
	// problem.
	for _, test := range []struct {
		name, path string
		key        func(*http.Request, []string) string
		app, admin bool // whether their pages may read
	}{
		{"Vary honoured", "/api/items", honoursVary, true, true},
		{"Vary ignored", "/api/items", ignoresVary, false, false},
		{"Origin in the key", "/api/items", keysByOrigin, true, true},
		{"the same for all, Vary honoured", "/assets/font.woff2", honoursVary, true, true},
		{"the same for all, Vary ignored", "/assets/font.woff2", ignoresVary, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			edge := &cdn{origin: server, key: test.key, vary: map[string][]string{}, copies: map[string]*kept{}}
			addr := listen(t, edge)
			ask(t, addr, "GET", test.path, http.Header{})
			request := browser.Request{URL: test.path}
			assert.Equal(t, test.app, visit(t, addr, app, request).Allowed)
			assert.Equal(t, test.admin, visit(t, addr, admin, request).Allowed)
		})
	}
	for _, header := range []http.Header{{}, {"Origin": {app}}, {"Origin": {other}}} {
		assert.Equal(t, []string{"Origin"}, ask(t, server, "GET", "/api/items", header).Header.Values("Vary"))
		public := ask(t, server, "GET", "/assets/font.woff2", header).Header
		assert.Empty(t, public.Values("Vary"))
		assert.Equal(t, []string{"*"}, public.Values("Access-Control-Allow-Origin"))
	}
}

// A single copy with `*` serves all origins, but only if the server sends `*` to all.
func TestOneCopyForAll(t *testing.T) {
	t.Parallel()
	server := behind(t, compiled(t, cors.Config{AllowOrigins: []string{"*"}}))
	edge := &cdn{origin: server, key: honoursVary, vary: map[string][]string{}, copies: map[string]*kept{}}
	addr := listen(t, edge)
	for _, origin := range []string{app, admin, other} {
		assert.True(t, visit(t, addr, origin, get).Allowed)
	}
	edge.mu.Lock()
	defer edge.mu.Unlock()
	assert.Len(t, edge.copies, 1)
}

// With credentials for one origin and a public answer for the others, a cache keeps the two
// apart, in any order of requests.
func TestFirstBehindCDN(t *testing.T) {
	t.Parallel()
	first := cors.First(
		compiled(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true}),
		compiled(t, cors.Config{AllowOrigins: []string{"*"}}),
	)
	server := behind(t, first)
	signedOf := browser.Request{URL: "/items", Credentials: browser.Include}
	for _, order := range [][]string{{"", app, other}, {"", other, app}, {app, other, ""}, {other, "", app}, {app, "", other}, {other, app, ""}} {
		edge := &cdn{origin: server, key: honoursVary, vary: map[string][]string{}, copies: map[string]*kept{}}
		addr := listen(t, edge)
		for _, origin := range slices.Concat(order, order) { // from the server, then from the cache
			if origin == "" {
				ask(t, addr, "GET", "/items", http.Header{})
				continue
			}
			assert.True(t, visit(t, addr, origin, browser.Request{URL: "/items"}).Allowed, "%v: %s", order, origin)
			assert.Equal(t, origin == app, visit(t, addr, origin, signedOf).Allowed, "%v: %s, with credentials", order, origin)
		}
		edge.mu.Lock()
		assert.Len(t, edge.copies, 3, "%v", order)
		edge.mu.Unlock()
	}
	corstest.From(app).WithCookies().Get("/items").Cacheable(t, corshttp.New(first)(http.HandlerFunc(hello)), other, admin)
}
