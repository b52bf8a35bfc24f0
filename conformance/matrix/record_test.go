package matrix

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// regression is a published vulnerability of CORS middleware, and a test whether this
// project has it.
type regression struct {
	ids  []string // the published ids; each is a subtest's name
	what string

	vulnerable middleware    // behaves as published, so the attack succeeds
	refused    []cors.Config // configurations with that mistake, which Compile must refuse
	deciders   []cors.Decider
	attack     func(addr string) error // returns an error if the attack succeeds
}

type middleware func(http.Handler) http.Handler

// TestRecord attacks a mutant that behaves as published, where the attack must succeed,
// and every adapter over sockets, where it must fail.
func TestRecord(t *testing.T) {
	t.Parallel()
	for _, r := range record() {
		for _, id := range r.ids {
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				assert.Error(t, r.attack(serveBehind(t, r.vulnerable)), "the attack must succeed against the vulnerable mutant: %s", r.what)
				require.NotEmpty(t, r.deciders)
				for _, config := range r.refused {
					_, err := cors.Compile(config)
					assert.Error(t, err, "%+v", config)
				}
				for _, a := range adapters() {
					for _, d := range r.deciders {
						addr := a.start(t, conformance.App{Decider: d, Routes: recordRoutes()})
						assert.NoError(t, r.attack(addr), "%s: %s", a.name, r.what)
					}
				}
			})
		}
	}
}

// TestRecordIsComplete compares the table with the list of published vulnerabilities.
func TestRecordIsComplete(t *testing.T) {
	t.Parallel()
	published := strings.Fields(`
		CVE-2017-20146 CVE-2018-20744 labstack/echo#2400 CVE-2023-49803 CVE-2026-54290 CVE-2018-8014
		CVE-2024-25124 gofiber/fiber-2.52.1
		CVE-2019-25211 CVE-2024-27302 zeromicro/go-zero-1.9.0
		GHSA-vhxv-fg4m-p2w8
		CVE-2024-6839 CVE-2024-6844 CVE-2024-6866
		CVE-2024-6221 CVE-2024-1681
		GO-2024-2883 go-chi/cors-commas CVE-2026-69207
		rs/cors#198 gin-contrib/cors-race jub0bs/cors#14
		rs/cors-two-lines jub0bs/cors-1.0.2-trace jub0bs/cors-1.0.2-echo jub0bs/cors-1.0.2-path
		go-restful-empty-list
		CVE-2022-4147 quarkus#29542
		CVE-2019-9580
		CVE-2025-24010 CVE-2026-32815`)
	var tested []string
	for _, r := range record() {
		tested = append(tested, r.ids...)
	}
	for _, r := range costs() {
		tested = append(tested, r.ids...)
	}
	tested = append(tested, sharedIDs()...)
	tested = append(tested, logID)
	assert.ElementsMatch(t, published, tested)
}

const (
	evil   = "https://evil.test"
	listed = "https://example.com"
)

// recordRoutes returns the routes of the attacked application.
func recordRoutes() []conformance.Route {
	routes := []conformance.Route{
		{Method: "POST", Path: "/x"},
		{Method: "GET", Path: "/ws", Does: conformance.Upgrade, Body: []string{"secret"}},
		{Method: "POST", Path: "/a", Does: conformance.Upload, Add: []conformance.Field{{Name: "Vary", Value: "A"}}},
		{Method: "GET", Path: "/b", Add: []conformance.Field{{Name: "Vary", Value: "B"}}},
	}
	for _, path := range []string{"/x", "/api/admin", "/a+b", "/open"} {
		routes = append(routes, conformance.Route{Method: "GET", Path: path, Body: []string{"secret"}})
	}
	for i := range routes {
		routes[i].Status = http.StatusOK
	}
	return routes
}

// serveBehind serves the application behind a mutant.
func serveBehind(tb testing.TB, m middleware) string {
	tb.Helper()
	mux := http.NewServeMux()
	for _, route := range recordRoutes() {
		mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, r *http.Request) {
			_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only if the client has closed the connection
		})
	}
	server := httptest.NewServer(m(mux))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// send sends a request with fields, each "Name: value".
func send(addr, line string, fields ...string) (conformance.Response, error) {
	head := append([]string{line + " HTTP/1.1", "Host: api.example.net"}, fields...)
	return conformance.Send(addr, []byte(strings.Join(head, "\r\n")+"\r\n\r\n"))
}

// readBy returns an error if the page at origin may read the answer to a GET of path.
func readBy(origin, path string) func(addr string) error {
	return func(addr string) error {
		r, err := send(addr, "GET "+path, "Origin: "+origin, "Cookie: sid=1")
		if err != nil {
			return err
		}
		if acao := r.Lines("Access-Control-Allow-Origin"); slices.Contains(acao, origin) {
			return fmt.Errorf("%s reads %s: %q", origin, path, r.Fields)
		}
		return nil
	}
}

// readWithCookies returns an error if the answer allows every origin to send cookies.
func readWithCookies(addr string) error {
	r, err := send(addr, "GET /x", "Origin: "+evil, "Cookie: sid=1")
	if err == nil && r.Lines("Access-Control-Allow-Credentials") != nil {
		err = fmt.Errorf("every origin may send cookies: %q", r.Fields)
	}
	return err
}

// granting is a middleware that allows the origins for which grants returns true, with
// cookies.
func granting(grants func(origin string) bool) middleware {
	return setting(func(h http.Header, r *http.Request) {
		if origin := r.Header.Get("Origin"); grants(origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	})
}

func setting(set func(http.Header, *http.Request)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			set(w.Header(), r)
			next.ServeHTTP(w, r)
		})
	}
}

// preflighting answers preflights with the headers of set.
func preflighting(set func(http.Header, *http.Request)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodOptions {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			set(w.Header(), r)
			w.WriteHeader(http.StatusNoContent)
		})
	}
}

func policy(config cors.Config) cors.Decider { return cors.MustCompile(config) }

func listing(origins ...string) cors.Decider {
	return policy(cors.Config{AllowOrigins: origins, AllowCredentials: true})
}

// paths returns policies by path: one that allows every origin, and one for the listed
// origin. It returns none if the paths cannot be told apart.
func paths(open, closed string) []cors.Decider {
	d, err := cors.NewRoutes(map[string]cors.Decider{open: policy(cors.AllowAll()), closed: listing(listed)})
	if err != nil {
		return nil
	}
	return []cors.Decider{d}
}
