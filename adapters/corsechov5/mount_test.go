package corsechov5_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corsechov5"
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
	r := echo.New()
	m := corsechov5.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	pass := func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	must(t,
		m.Group("/v1", policyOf(t, "group")),
		m.Group("/files", policyOf(t, "group")),
		m.Route("PUT", "/v1/own/*", policyOf(t, "route")),
	)
	v1 := r.Group("/v1", pass) // registers RouteNotFound for /v1 and /v1/*
	v1.PUT("", update)
	v1.PUT("/items/:id", update)
	v1.PUT("/own/*", update)
	v1.Any("/any", update)
	v1.Group("/open", pass).GET("/*", update)
	r.Add("PURGE", "/purge", update)
	r.RouteNotFound("/missing/*", update)
	r.StaticFS("/files", fstest.MapFS{"a.txt": {Data: []byte("hello\n")}})
	for _, tt := range []struct{ method, target, want string }{
		{"PUT", "/v1", "group"},
		{"PATCH", "/v1", ""},
		{"PUT", "/v1/items/7", "group"},
		{"PUT", "/v1/items/7/below", "group"}, // a last parameter takes the rest in echo
		{"DELETE", "/v1/items/7", ""},
		{"PUT", "/v1/none", ""},
		{"PUT", "/v1/own/a/b", "route"},
		{"PATCH", "/v1/any", "group"},
		{"FROB", "/v1/any", "group"},
		{"GET", "/v1/open/x", "group"},
		{"PUT", "/v1/open/x", ""},
		{echo.RouteNotFound, "/v1/open/x", ""},
		{"PURGE", "/purge", "whole"},
		{"PUT", "/V1/items/7", ""},
		{"GET", "/v1/none", "whole"},
		{"PUT", "/missing/x", ""},
		{"GET", "/missing/x", "whole"},
		{"GET", "/files/a.txt", "group"},
		{"HEAD", "/files/a.txt", "whole"}, // 405
		{"PUT", "/files/a.txt", ""},
	} {
		check(t, r, tt.method, tt.target, tt.want)
	}
}

func TestMountLater(t *testing.T) {
	t.Parallel()
	r := echo.New()
	m := corsechov5.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
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
	r := echo.New()
	m := corsechov5.NewMount(r, policyOf(t, "whole"), cors.RouteMethods(), cors.Guard(cors.PolicyWins))
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
