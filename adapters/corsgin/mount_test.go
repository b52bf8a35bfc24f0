package corsgin_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
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
	r := gin.New()
	m := corsgin.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	v1 := r.Group("/v1/:tenant")
	must(t,
		m.Group(v1.BasePath(), policyOf(t, "group")),
		m.Route("PUT", "/v1/:tenant/own", policyOf(t, "route")),
		m.Group("/files", policyOf(t, "group")),
	)
	v1.PUT("/items/:id", update)
	v1.PUT("/own", update)
	v1.Any("/any", update)
	v1.PUT("/slash/", update)
	r.PUT("/files/*path", update)
	r.Handle("PURGE", "/items", update)
	for _, tt := range []struct{ method, target, want string }{
		{"PUT", "/v1/a/items/7", "group"},
		{"PUT", "/v1/a/items/7/", ""}, // gin would redirect
		{"PUT", "/v1/a/own", "route"},
		{"PUT", "/V1/a/own", ""},
		{"PATCH", "/v1/a/any", "group"},
		{"FROB", "/v1/a/any", ""},
		{"PUT", "/v1/a/slash/", "group"},
		{"PUT", "/v1/a/slash", ""},
		{"PUT", "/v1/a%2Fb/own", ""}, // gin routes by the decoded path
		{"PUT", "/v1/a%20b/own", "route"},
		{"PUT", "/files/a/b", "group"},
		{"PURGE", "/items", "whole"},
		{"GET", "/none", "whole"},
	} {
		check(t, r, tt.method, tt.target, tt.want)
	}
}

// TestMountSettings: the settings of the engine that bear on routing hold for
// preflights too, also those that are made after NewMount.
func TestMountSettings(t *testing.T) {
	t.Parallel()
	r := gin.New()
	m := corsgin.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	r.UseRawPath, r.RemoveExtraSlash = true, true
	r.PUT("/v1/:tenant/own", update)
	check(t, r, "PUT", "/v1/a%2Fb/own", "whole")
	check(t, r, "PUT", "/v1//a/own", "whole")
}

func TestMountLater(t *testing.T) {
	t.Parallel()
	r := gin.New()
	m := corsgin.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	r.GET("/other/:any", update)
	check(t, r, "PUT", "/v1/items", "")
	r.PUT("/v1/:any", update)
	check(t, r, "PUT", "/v1/items", "whole")
	must(t, m.Group("/v1", policyOf(t, "group")), m.Route("PUT", "/v1/items", policyOf(t, "route")))
	check(t, r, "PUT", "/v1/items", "group")
	r.PUT("/v1/items", update)
	check(t, r, "PUT", "/v1/items", "route")
}

func TestMountConcurrently(t *testing.T) {
	t.Parallel()
	r := gin.New()
	m := corsgin.NewMount(r, policyOf(t, "whole"), cors.RouteMethods(), cors.Guard(cors.PolicyWins))
	r.Use(m.Middleware())
	r.PUT("/v1/items", update)
	r.GET("/v1/items", update)
	r.PUT("/v2/items", update)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				check(t, r, "PUT", "/v1/items", "whole")
				check(t, r, "GET", "/v1/items", "whole")
			}
		})
	}
	must(t, m.Group("/v2", policyOf(t, "group")))
	wg.Wait()
	check(t, r, "PUT", "/v2/items", "group")
}

// TestMountSeesEveryRoute: whichever node of its trees gin changes for a new route,
// the next preflight knows it.
func TestMountSeesEveryRoute(t *testing.T) {
	t.Parallel()
	r := gin.New()
	m := corsgin.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	for _, pattern := range []string{"/", "/a", "/ab", "/abc/:id", "/abc/:id/x", "/b/*rest", "/a/:x/y", "/a/b/y"} {
		r.PUT(pattern, update)
		check(t, r, "PUT", pattern, "whole") // the pattern itself is a path that hits it
		must(t, m.Route("PUT", pattern, policyOf(t, "route")))
		check(t, r, "PUT", pattern, "route")
	}
}
