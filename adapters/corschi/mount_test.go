package corschi_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
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
	r := chi.NewRouter()
	m := corschi.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	must(t,
		m.Group("/v1", policyOf(t, "group")),
		m.Route("PUT", "/v1/sub/", policyOf(t, "route")),
		m.Route("", "/v1/{id:[0-9]+}/x", policyOf(t, "route")),
		m.Route("PUT", "/v1/sub/deep/", policyOf(t, "route")),
		m.Group("/files", policyOf(t, "group")),
	)
	sub, deep, empty := chi.NewRouter(), chi.NewRouter(), chi.NewRouter()
	r.Route("/v1", func(v1 chi.Router) {
		v1.Mount("/sub", sub)
		v1.Put("/{id:[0-9]+}/x", update)
		v1.With(func(next http.Handler) http.Handler { return next }).Put("/with", update)
		v1.Handle("/all", http.HandlerFunc(update))
	})
	sub.Put("/", update)
	sub.Mount("/deep", deep)
	sub.Mount("/empty", empty)
	deep.Put("/", update)
	deep.Delete("/x", update)
	r.Mount("/files", http.HandlerFunc(update))
	for _, tt := range []struct{ method, target, want string }{
		{"PUT", "/v1/sub", "route"},
		{"PUT", "/v1/sub/", "route"},
		{"DELETE", "/v1/sub", ""}, // chi's Mount registers the prefix for all methods
		{"DELETE", "/v1/sub/", ""},
		{"PUT", "/v1/sub/deep", "route"},
		{"PUT", "/v1/sub/deep/", "route"},
		{"DELETE", "/v1/sub/deep", ""},
		{"DELETE", "/v1/sub/deep/x", "group"},
		{"PUT", "/v1/sub/deep/x", ""},
		{"PUT", "/v1/sub/empty", ""},
		{"PUT", "/v1/sub/empty/x", ""},
		{"PUT", "/v1/12/x", "route"},
		{"PUT", "/v1/ab/x", ""},
		{"PUT", "/v1/with", "group"},
		{"PUT", "/v1/with/", ""},
		{"PUT", "/v1/WITH", ""},
		{"PATCH", "/v1/all", "group"},
		{"FROB", "/v1/all", ""},
		{"PUT", "/v1", ""},
		{"PUT", "/files", "group"},
		{"PUT", "/files/a/b", "group"},
		{"GET", "/none", "whole"},
	} {
		check(t, r, tt.method, tt.target, tt.want)
	}
}

func TestMountLater(t *testing.T) {
	t.Parallel()
	r := chi.NewRouter()
	m := corschi.NewMount(r, policyOf(t, "whole"))
	r.Use(m.Middleware())
	r.Get("/other/{any}", update)
	check(t, r, "PUT", "/v1/items", "")
	r.Put("/v1/{any}", update)
	check(t, r, "PUT", "/v1/items", "whole")
	must(t, m.Group("/v1", policyOf(t, "group")), m.Route("PUT", "/v1/items", policyOf(t, "route")))
	check(t, r, "PUT", "/v1/items", "group")
	r.Put("/v1/items", update)
	check(t, r, "PUT", "/v1/items", "route")
}

func TestMountConcurrently(t *testing.T) {
	t.Parallel()
	r := chi.NewRouter()
	m := corschi.NewMount(r, policyOf(t, "whole"), cors.RouteMethods(), cors.Guard(cors.PolicyWins))
	r.Use(m.Middleware())
	r.Put("/v1/items", update)
	r.Get("/v1/items", update)
	r.Put("/v2/items", update)
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
