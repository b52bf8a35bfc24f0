package corschi_test

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// newMount returns a router, and a Mount with the policy "whole" for the application. The
// Mount is not installed yet.
func newMount(opts ...cors.Option) (*chi.Mux, *corschi.Mount) {
	r := chi.NewRouter()
	return r, corschi.NewMount(r, corshttptest.Policy("whole"), opts...)
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.Use(m.Middleware())
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
	corshttptest.Must(t,
		m.Group("/v1", corshttptest.Policy("group")),
		m.Route("PUT", "/v1/sub/", corshttptest.Policy("route")),
		m.Route("", "/v1/{id:[0-9]+}/x", corshttptest.Policy("route")),
		m.Route("PUT", "/v1/sub/deep/", corshttptest.Policy("route")),
		m.Group("/files", corshttptest.Policy("group")),
		m.Check(),
	)
	corshttptest.Decides(t, r, map[string]string{
		"preflight PUT /v1/sub":           "route",
		"PUT /v1/sub":                     "route",
		"preflight PUT /v1/sub/":          "route",
		"PUT /v1/sub/":                    "route",
		"preflight DELETE /v1/sub":        "group", // a 405, as all below
		"preflight DELETE /v1/sub/":       "group",
		"DELETE /v1/sub/":                 "group",
		"preflight PUT /v1/sub/deep":      "route",
		"PUT /v1/sub/deep/":               "route",
		"preflight DELETE /v1/sub/deep":   "group",
		"preflight DELETE /v1/sub/deep/x": "group",
		"DELETE /v1/sub/deep/x":           "group",
		"preflight PUT /v1/sub/deep/x":    "group",
		"preflight PUT /v1/sub/empty":     "group",
		"GET /v1/sub/empty/x":             "group",
		"preflight PUT /v1/12/x":          "route",
		"PUT /v1/12/x":                    "route",
		"preflight PUT /v1/ab/x":          "group",
		"PUT /v1/with":                    "group",
		"PUT /v1/with/":                   "group",
		"preflight PATCH /v1/all":         "group",
		"preflight FROB /v1/all":          "group",
		"PUT /files":                      "group",
		"PUT /files/":                     "group",
		"preflight PUT /files/a/b":        "group",
		"PUT /files/a/b":                  "group",
		"GET /none":                       "whole",
		"GET /v1":                         "group",
	})
}

// admin registers the routes that the tests of middleware request.
func admin(r chi.Router) {
	r.Get("/admin/x", corshttptest.Named("admin"))
	r.Get("/open", corshttptest.Named("open"))
}

// The policy of the route that serves decides, even if middleware changes the path.
func TestMountBehindMiddleware(t *testing.T) {
	t.Parallel()
	unslashed := func(r chi.Router) {
		r.Route("/admin", func(r chi.Router) {
			r.Use(middleware.StripSlashes)
			r.Get("/x", corshttptest.Named("admin"))
		})
		r.Get("/open", corshttptest.Named("open"))
	}
	for name, tt := range map[string]struct {
		use      func(mount func(http.Handler) http.Handler) []func(http.Handler) http.Handler
		register func(chi.Router)
		want     map[string]string
	}{
		"CleanPath":                    {after(middleware.CleanPath), admin, map[string]string{"GET /admin//x": "group"}},
		"StripSlashes":                 {after(middleware.StripSlashes), admin, map[string]string{"GET /admin/x/": "group", "GET /open/": "whole"}},
		"StripSlashes in a sub-router": {after(), unslashed, map[string]string{"GET /admin/x/": "group"}},
		"URLFormat":                    {after(middleware.URLFormat), admin, map[string]string{"GET /admin/x.json": "group", "GET /open.json": "whole"}},
		"GetHead":                      {after(middleware.GetHead), admin, map[string]string{"HEAD /admin/x": "group", "HEAD /open": "whole", "preflight HEAD /admin/x": "group"}},
		"GetHead before":               {before(middleware.GetHead), admin, map[string]string{"HEAD /admin/x": "group", "HEAD /open": "whole"}},
		"CleanPath before":             {before(middleware.CleanPath), admin, map[string]string{"GET /admin//x": "group", "GET //open": "whole"}},
		"StripSlashes before":          {before(middleware.StripSlashes), admin, map[string]string{"GET /admin/x/": "group"}},
	} {
		for _, enforce := range []cors.Enforcement{cors.EnforceNone, cors.EnforceAll} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r, m := newMount()
				r.Use(tt.use(m.Middleware())...)
				tt.register(r)
				corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group", enforce)), m.Check())
				corshttptest.Decides(t, r, tt.want)
			})
		}
	}
}

// after returns a stack with the middleware inside the Mount.
func after(inside ...func(http.Handler) http.Handler) func(func(http.Handler) http.Handler) []func(http.Handler) http.Handler {
	return func(mount func(http.Handler) http.Handler) []func(http.Handler) http.Handler {
		return append([]func(http.Handler) http.Handler{mount}, inside...)
	}
}

// before returns a stack with the middleware outside the Mount.
func before(outside ...func(http.Handler) http.Handler) func(func(http.Handler) http.Handler) []func(http.Handler) http.Handler {
	return func(mount func(http.Handler) http.Handler) []func(http.Handler) http.Handler {
		return append(outside[:len(outside):len(outside)], mount)
	}
}

// A request for a mounted prefix, with or without a slash, must end, and must not change
// later answers.
func TestMountAskedFirst(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"GET /admin/", "GET /admin", "HEAD /admin/", "preflight GET /admin/", "preflight PUT /admin", "OPTIONS /admin/"} {
		r, m := newMount()
		r.Use(m.Middleware())
		r.Route("/admin", func(r chi.Router) {
			r.Get("/", update)
			r.Route("/", func(r chi.Router) { r.Get("/below", update) })
		})
		corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")))
		corshttptest.Decides(t, r, map[string]string{first: "group"})
		corshttptest.Decides(t, r, map[string]string{"GET /admin/": "group", "GET /admin": "group", "preflight GET /admin/": "group", "GET /admin/below": "group", "preflight PUT /admin/": "group"})
	}
}

// A route that is registered below a mounted router's prefix is found, whatever was
// requested before.
func TestMountStub(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.Use(m.Middleware())
	sub := chi.NewRouter()
	sub.Get("/x", update)
	r.Mount("/v1", sub)
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /v1": "whole", "preflight GET /v1/x": "whole"})
	r.Put("/v1", update)
	corshttptest.Must(t, m.Route("PUT", "/v1", corshttptest.Policy("route")), m.Check())
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /v1": "route", "PUT /v1": "route", "GET /v1/x": "whole"})
}

// silent is a router of another type that does not list its routes.
type silent struct{ *chi.Mux }

func (silent) Routes() []chi.Route                     { panic("this router tells nothing") }
func (silent) Match(*chi.Context, string, string) bool { panic("this router tells nothing") }
func (silent) Find(*chi.Context, string, string) string {
	panic("this router tells nothing")
}

// If a mounted router panics when it lists its routes, pages can still read through the
// rest of the Mount.
func TestMountOfSilentRouter(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.Use(m.Middleware())
	admin(r)
	sub := chi.NewRouter()
	sub.Get("/x", corshttptest.Named("x"))
	sub.Get("/secret/y", corshttptest.Named("y"))
	r.Mount("/other", silent{sub})
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Group("/other/secret", corshttptest.Policy("route")), m.Check())
	corshttptest.Decides(t, r, map[string]string{"GET /admin/x": "group", "GET /open": "whole", "preflight GET /open": "whole",
		"GET /other/x": "whole", "GET /other/secret/y": "route", "GET /other/none": "whole"})
}

// Content of a NotFound handler does not belong to a route, so no page can read it.
func TestMountNotFound(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.Use(m.Middleware())
	r.Get("/internal/known", update)
	r.NotFound(corshttptest.Named("index.html"))
	corshttptest.Must(t, m.Group("/internal", nil), m.Check())
	corshttptest.Decides(t, r, map[string]string{"GET //internal/s.txt": "", "GET /%69nternal/s.txt": "", "GET /internal/s.txt": "", "GET /none": ""})
}

// If a sub-router answers itself, the policy of the route that it protects decides. If the
// path was changed before, that route is not certain.
func TestMountPartly(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	moved := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if to := r.URL.Query().Get("to"); to != "" {
				chi.RouteContext(r.Context()).RoutePath = to
			}
			next.ServeHTTP(w, r)
		})
	}
	r.Use(m.Middleware(), moved)
	r.Get("/open", corshttptest.Named("open"))
	r.Route("/admin", func(r chi.Router) {
		r.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if status := r.URL.Query().Get("status"); status == "401" {
					w.WriteHeader(http.StatusUnauthorized)
					return
				} else if status == "200" { // as a cache does
					return
				}
				next.ServeHTTP(w, r)
			})
		})
		r.Get("/x", corshttptest.Named("admin"))
		r.Get("/public", corshttptest.Named("public"))
	})
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Route("GET", "/admin/public", corshttptest.Policy("route")), m.Check())
	corshttptest.Decides(t, r, map[string]string{
		"GET /admin/x?status=401":          "group",
		"GET /admin/public?status=401":     "route",
		"GET /admin/public?status=200":     "route",
		"GET /admin/none":                  "group",
		"POST /admin/x":                    "group",
		"GET /admin/none?status=401":       "group",
		"GET /admin/none?status=200":       "",
		"GET /open?to=/admin/x":            "group",
		"GET /open?to=/admin/x&status=200": "",
		"GET /open?to=/admin/x&status=401": "",
		"GET /admin/x?to=/open":            "whole",
	})
}

// If a request is routed several times, the last route decides, even if a writer hides the
// one inside it.
func TestMountRoutedAgain(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"plain":  func(w http.ResponseWriter) http.ResponseWriter { return w },
		"opaque": func(w http.ResponseWriter) http.ResponseWriter { return struct{ http.ResponseWriter }{w} },
	} {
		r, m := newMount()
		r.Use(m.Middleware())
		admin(r)
		again := func(to string) http.HandlerFunc {
			return func(w http.ResponseWriter, q *http.Request) {
				q.URL.Path, chi.RouteContext(q.Context()).RoutePath = to, ""
				r.ServeHTTP(wrap(w), q)
			}
		}
		r.Get("/old", again("/admin/x"))
		r.Get("/old/*", again("/admin/x"))
		r.Get("/admin/old", again("/open"))
		corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
		t.Run(name, func(t *testing.T) {
			corshttptest.Decides(t, r, map[string]string{"GET /old": "group", "GET /old/7": "group", "GET /admin/old": "whole"})
		})
	}
}

// A Mount around the router, and a Mount in a sub-router with its own patterns.
func TestMountElsewhere(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	admin(r)
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, m.Middleware()(middleware.CleanPath(r)), map[string]string{"GET /admin/x": "group", "GET /admin//x": "group", "GET /open": "whole", "preflight GET /admin/x": "group"})

	root, sub := chi.NewRouter(), chi.NewRouter()
	of := corschi.NewMount(sub, corshttptest.Policy("whole"))
	sub.Use(of.Middleware())
	admin(sub)
	root.Mount("/v1", sub)
	corshttptest.Must(t, of.Group("/admin", corshttptest.Policy("group")), of.Check())
	corshttptest.Decides(t, root, map[string]string{"GET /v1/admin/x": "group", "GET /v1/open": "whole", "preflight GET /v1/admin/x": "group", "GET /v1/admin/none": "group"})
}

func TestTwoMountsAreLogged(t *testing.T) { corshttptest.SaysTwoMounts(t, newApp) }
