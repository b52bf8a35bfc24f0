package corshttp_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// policyOf returns a policy for one origin, by which a test tells who has decided.
func policyOf(t *testing.T, name string) *cors.Policy {
	t.Helper()
	p, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://" + name + ".example"}, AllowMethods: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// decidedBy returns whose policy answers a request, of the names given, or "".
func decidedBy(h http.Handler, method, target string, names ...string) string {
	for _, name := range names {
		r := httptest.NewRequest(method, target, nil)
		if method != http.MethodGet && method != http.MethodHead {
			r = httptest.NewRequest(http.MethodOptions, target, nil)
			r.Header.Set("Access-Control-Request-Method", method)
		}
		r.Header.Set("Origin", "https://"+name+".example")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			return name
		}
	}
	return ""
}

// check holds who decides against who is to.
func check(t *testing.T, h http.Handler, method, target, want string) {
	t.Helper()
	if got := decidedBy(h, method, target, "whole", "group", "route"); got != want {
		t.Errorf("%s %s: decided by %q, want %q", method, target, got, want)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, policyOf(t, "whole"))
	h := m.Middleware()(mux)
	must(t,
		m.Group("api.example/", policyOf(t, "group")),
		m.Route("PUT", "api.example/own", policyOf(t, "route")),
		m.Route("GET", "/page", policyOf(t, "route")),
		m.Group("/tree", policyOf(t, "group")),
	)
	for _, pattern := range []string{
		"api.example/items", "PUT api.example/own", "/items", "GET  /page", "PUT /page", "/tree/", "GET /deep/{$}", "/sub/{id}/{rest...}",
	} {
		mux.HandleFunc(pattern, update)
	}
	for _, tt := range []struct{ method, target, want string }{
		{"PUT", "http://api.example/items", "group"},
		{"PUT", "http://api.example:8080/items", "group"},
		{"PUT", "http://api.example/own", "route"},
		{"PUT", "http://other.example/items", "whole"},
		{"FROB", "/items", "whole"},
		{"GET", "/page", "route"},
		{"HEAD", "/page", "route"},
		{"PUT", "/page", "whole"},
		{"DELETE", "/page", ""},
		{"PUT", "/tree/a/b", "group"},
		{"PUT", "/tree", "group"}, // redirected
		{"PUT", "/deep/", ""},
		{"PUT", "/sub/a%2Fb/c", "whole"},
		{"PUT", "/sub/a", "whole"}, // redirected
		{"PUT", "/sub", ""},
		{"GET", "/none", "whole"},
	} {
		check(t, h, tt.method, tt.target, tt.want)
	}
}

func TestMountLater(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, policyOf(t, "whole"))
	h := m.Middleware()(mux)
	check(t, h, "PUT", "/v1/items", "")
	mux.HandleFunc("PUT /v1/{any}", update)
	check(t, h, "PUT", "/v1/items", "whole")
	must(t, m.Group("/v1", policyOf(t, "group")), m.Route("PUT", "/v1/items", policyOf(t, "route")))
	check(t, h, "PUT", "/v1/items", "group")
	mux.HandleFunc("PUT /v1/items", update)
	check(t, h, "PUT", "/v1/items", "route")
}

func TestMountConcurrently(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, policyOf(t, "whole"), cors.RouteMethods(), cors.Guard(cors.PolicyWins))
	h := m.Middleware()(mux)
	mux.HandleFunc("PUT /v1/items", update)
	mux.HandleFunc("GET /v1/items", update)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				check(t, h, "PUT", "/v1/items", "whole")
				check(t, h, "GET", "/v1/items", "whole")
			}
		})
	}
	must(t, m.Group("/v2", policyOf(t, "group")))
	mux.HandleFunc("PUT /v2/items", update) // a ServeMux takes patterns while it serves
	wg.Wait()
	check(t, h, "PUT", "/v2/items", "group")
}
