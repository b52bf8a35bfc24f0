package corshttp_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// newMount returns a mux, and a Mount with the policy "whole" for the application.
func newMount(opts ...cors.Option) (*http.ServeMux, *corshttp.Mount) {
	mux := http.NewServeMux()
	return mux, corshttp.NewMount(mux, corshttptest.Policy("whole"), opts...)
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	mux, m := newMount()
	for _, pattern := range []string{
		"api.example/items", "PUT api.example/own", "/items", "GET  /page", "PUT /page", "/tree/", "GET /deep/{$}", "/sub/{id}/{rest...}", "GET /never",
	} {
		m.HandleFunc(pattern, update)
	}
	corshttptest.Must(t,
		m.Group("api.example/", corshttptest.Policy("group")),
		m.Route("PUT", "api.example/own", corshttptest.Policy("route")),
		m.Route("GET", "/page", corshttptest.Policy("route")),
		m.Group("/tree", corshttptest.Policy("group")),
		m.Check(),
	)
	corshttptest.Decides(t, m.Middleware()(mux), map[string]string{
		"preflight PUT http://api.example/items":      "group",
		"PUT http://api.example:8080/items":           "group",
		"preflight PUT http://api.example:8080/items": "group",
		"PUT http://api.example/own":                  "route",
		"GET http://api.example/none":                 "group",
		"preflight PUT http://other.example/items":    "whole",
		"FROB /items":            "whole",
		"GET /page":              "route",
		"HEAD /page":             "route",
		"preflight HEAD /page":   "route",
		"preflight PUT /page":    "whole",
		"preflight DELETE /page": "whole", // a 405
		"DELETE /page":           "whole",
		"PUT /tree/a/b":          "group",
		"PUT /tree":              "group", // redirected
		"preflight PUT /deep/":   "whole", // a 405
		"PUT /sub/a%2Fb/c":       "whole",
		"PUT /sub/a":             "whole", // redirected
		"preflight PUT /sub":     "whole",
		"GET /none":              "whole",
		"GET /tree2":             "whole",
	})
}

// rewritten is middleware that changes the path before the mux routes.
func rewritten(to string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = to, ""
			next.ServeHTTP(w, r)
		})
	}
}

// The policy of the route that serves decides, even if middleware changes the request.
func TestMountBehindMiddleware(t *testing.T) {
	t.Parallel()
	mux, m := newMount()
	m.HandleFunc("GET /admin/x", corshttptest.Named("admin"))
	m.HandleFunc("GET /open", corshttptest.Named("open"))
	m.HandleFunc("PUT /x", corshttptest.Named("put"))
	m.HandleFunc("POST /x", corshttptest.Named("post"))
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group", cors.EnforceAll)), m.Route("PUT", "/x", corshttptest.Policy("route")), m.Check())
	override := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.Method = "PUT"
			next.ServeHTTP(w, r)
		})
	}
	opaque := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(struct{ http.ResponseWriter }{w}, r.Clone(r.Context()))
		})
	}
	for name, tt := range map[string]struct {
		h    http.Handler
		want map[string]string
	}{
		"StripPrefix":                            {m.Middleware()(http.StripPrefix("/v1", mux)), map[string]string{"GET /v1/admin/x": "group", "GET /v1/open": "whole"}},
		"a rewriter":                             {m.Middleware()(rewritten("/admin/x")(mux)), map[string]string{"GET /open": "group", "GET /none": "group"}},
		"a rewriter and a writer without Unwrap": {m.Middleware()(opaque(rewritten("/open")(opaque(mux)))), map[string]string{"GET /none": "whole"}},
		"another method":                         {m.Middleware()(override(mux)), map[string]string{"POST /x": "route", "GET /x": "route"}},
		"below another mux":                      {below(m.Middleware()(mux)), map[string]string{"GET /admin/x": "group", "GET /open": "whole", "GET /none": "whole"}},
		"the Mount itself":                       {m, map[string]string{"GET /admin/x": "group", "GET /open": "whole", "GET /admin/none": "group"}},
	} {
		t.Run(name, func(t *testing.T) { corshttptest.Decides(t, tt.h, tt.want) })
	}
}

// below returns a mux that leaves its pattern in the request.
func below(h http.Handler) http.Handler {
	outer := http.NewServeMux()
	outer.Handle("/", h)
	return outer
}

// A route that is registered in the mux itself cannot report itself.
func TestMountOfRoutesRegisteredPast(t *testing.T) {
	t.Parallel()
	mux, m := newMount()
	m.HandleFunc("GET /admin/y", corshttptest.Named("y"))
	mux.HandleFunc("GET /admin/x", corshttptest.Named("x"))
	mux.HandleFunc("GET /spa/", corshttptest.Named("spa"))
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	answered := func(status int) http.Handler {
		return m.Middleware()(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	}
	corshttptest.Decides(t, m.Middleware()(mux), map[string]string{"GET /admin/x": "group", "GET /spa/x": "whole"})
	for status, want := range map[int]string{200: "", 204: "", 304: "", 302: "whole", 401: "whole", 404: "whole", 503: "whole"} {
		corshttptest.Decides(t, answered(status), map[string]string{"GET /none": want, "GET /admin/x": "group"})
	}
}

// A Mount without routes cannot be checked, and Check says so.
func TestMountUnchecked(t *testing.T) {
	t.Parallel()
	mux, m := newMount()
	mux.HandleFunc("GET /admin/x", corshttptest.Named("x"))
	corshttptest.Must(t, m.Group("/admni", corshttptest.Policy("group")))
	var problem *cors.ConfigError
	if err := m.Check(); !errors.As(err, &problem) || problem.Code != "mount-unchecked" {
		t.Errorf("Check says %v", err)
	}
	corshttptest.Decides(t, m.Middleware()(mux), map[string]string{"GET /admin/x": "whole"})
	m.HandleFunc("GET /admin/y", corshttptest.Named("y"))
	if err := m.Check(); err == nil || !strings.Contains(err.Error(), `"/admin"`) {
		t.Errorf("Check says %v", err)
	}
}

// Outer middleware sees the pattern that the mux has found, and the server removes the
// files of a form.
func TestMountLeavesRequest(t *testing.T) {
	t.Parallel()
	mux, m := newMount()
	m.HandleFunc("POST /items/{id}", func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 10); err != nil || r.PathValue("id") != "7" {
			t.Errorf("%v, id %q", err, r.PathValue("id"))
		}
	})
	r := httptest.NewRequest("POST", "/items/7", strings.NewReader("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	m.Middleware()(mux).ServeHTTP(httptest.NewRecorder(), r)
	if r.Pattern != "POST /items/{id}" || r.MultipartForm == nil {
		t.Errorf("pattern %q, form %v", r.Pattern, r.MultipartForm)
	}
}

// The Mount has the methods of a ServeMux, so generated code registers its routes in it.
func TestMountIsAMux(t *testing.T) {
	t.Parallel()
	var router interface {
		http.Handler
		Handle(pattern string, h http.Handler)
		HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request))
		Handler(r *http.Request) (h http.Handler, pattern string)
	}
	_, router = newMount()
	router.Handle("/items", http.HandlerFunc(update))
	if _, pattern := router.Handler(httptest.NewRequest("GET", "/items", nil)); pattern != "/items" {
		t.Errorf("pattern %q", pattern)
	}
}

func TestTwoMountsAreLogged(t *testing.T) { corshttptest.SaysTwoMounts(t, newApp) }
