package corshttp_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// unwrapping is a writer of middleware with Unwrap.
type unwrapping struct{ http.ResponseWriter }

func (u unwrapping) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// If a handler routes again, the policy of the last route decides, whatever request the
// handler makes for that. If that policy refuses the page, no page may read.
func TestMountRoutedAgain(t *testing.T) {
	t.Parallel()
	requests := map[string]func(*http.Request) *http.Request{
		"the same, with another path": func(r *http.Request) *http.Request {
			r.URL.Path = "/admin/x"
			return r
		},
		"a copy with the context": func(r *http.Request) *http.Request {
			r = r.Clone(r.Context())
			r.URL.Path = "/admin/x"
			return r
		},
		"a copy with a new context": func(r *http.Request) *http.Request {
			r = r.Clone(context.Background())
			r.URL.Path = "/admin/x"
			return r
		},
		"a new request": func(*http.Request) *http.Request { return httptest.NewRequest(http.MethodGet, "/admin/x", nil) },
	}
	writers := map[string]func(http.ResponseWriter) http.ResponseWriter{
		"the writer itself":     func(w http.ResponseWriter) http.ResponseWriter { return w },
		"a writer that unwraps": func(w http.ResponseWriter) http.ResponseWriter { return unwrapping{unwrapping{w}} },
		"a writer that hides":   func(w http.ResponseWriter) http.ResponseWriter { return struct{ http.ResponseWriter }{w} },
	}
	for name, request := range requests {
		for writer, wrap := range writers {
			for _, strict := range []bool{false, true} {
				mux, m := newMount()
				m.HandleFunc("GET /admin/x", update)
				m.HandleFunc("GET /batch", func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(wrap(w), request(r)) })
				m.HandleFunc("GET /through", func(w http.ResponseWriter, r *http.Request) {
					again := request(r)
					again.Header = r.Header // the Mount reads Origin again
					m.ServeHTTP(wrap(w), again)
				})
				policy, want := corshttptest.Policy("group"), "group"
				if strict { // the handler has run, so it is too late to refuse
					policy = corshttptest.Policy("group", cors.EnforceAll)
				}
				if writer == "a writer that hides" && strings.Contains(name, "new") {
					want = "" // the route cannot find the pass
				}
				corshttptest.Must(t, m.Group("/admin", policy), m.Check())
				h := m.Middleware()(mux)
				if got := corshttptest.DecidedBy(t, h, http.MethodGet, "/batch"); got != want {
					t.Errorf("%s, %s, strict %t: decided by %q, want %q", name, writer, strict, got, want)
				}
				if want == "" || strict { // the route cannot find the pass, or its policy refuses
					continue
				}
				if got := corshttptest.DecidedBy(t, h, http.MethodGet, "/through"); got != want {
					t.Errorf("%s, %s, through the Mount: decided by %q, want %q", name, writer, got, want)
				}
			}
		}
	}
}

// If a Mount is inside another one and the handler calls the outer mux again, the outer
// route is the last one. It may lead to the inner Mount again.
func TestMountRoutedAgainByTheOuterMux(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]func(r *http.Request, path string) *http.Request{
		"with the context": func(r *http.Request, path string) *http.Request {
			return httptest.NewRequest(http.MethodGet, path, nil).WithContext(r.Context())
		},
		"with a new context": func(_ *http.Request, path string) *http.Request {
			return httptest.NewRequest(http.MethodGet, path, nil)
		},
	} {
		outer, inner := http.NewServeMux(), http.NewServeMux()
		m := corshttp.NewMount(outer, corshttptest.Policy("whole"))
		n := corshttp.NewMount(inner, corshttptest.Policy("route"))
		m.HandleFunc("GET /admin/x", update)
		m.Handle("/inner/", n.Middleware()(inner))
		n.HandleFunc("GET /inner/batch", func(w http.ResponseWriter, r *http.Request) { outer.ServeHTTP(w, made(r, "/admin/x")) })
		n.HandleFunc("GET /inner/twice", func(w http.ResponseWriter, r *http.Request) {
			again := made(r, "/inner/y")
			again.Header = r.Header // the request passes through the inner Mount again, which reads Origin
			outer.ServeHTTP(w, again)
		})
		n.HandleFunc("GET /inner/y", update)
		corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check(), n.Check())
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			corshttptest.Decides(t, m.Middleware()(outer), map[string]string{
				"GET /inner/batch": "group", "GET /inner/twice": "route", "GET /inner/y": "route", "GET /admin/x": "group",
			})
		})
	}
}

// A handler may combine the responses of several routes. Pages can read the result if all
// of these routes have the policy of the handler's own route.
func TestMountOfABatch(t *testing.T) {
	t.Parallel()
	for paths, want := range map[string]string{
		"": "whole", "/open": "whole", "/open /open": "whole", "/admin/x": "", "/open /admin/x": "", "/admin/x /open": "", "/admin/x /admin/y": "", "/none": "whole", "/admin/none": "whole",
	} {
		mux, m := newMount()
		for _, path := range []string{"/admin/x", "/admin/y", "/open"} {
			m.HandleFunc("GET "+path, corshttptest.Named(path))
		}
		batch := func(h http.Handler, w http.ResponseWriter, r *http.Request, context func(*http.Request) context.Context) {
			all := new(bytes.Buffer)
			for path := range strings.FieldsSeq(paths) {
				recorded := httptest.NewRecorder()
				h.ServeHTTP(recorded, httptest.NewRequest(http.MethodGet, path, nil).WithContext(context(r)))
				_, _ = recorded.Body.WriteTo(all)
			}
			_, _ = all.WriteTo(w)
		}
		m.HandleFunc("GET /batch", func(w http.ResponseWriter, r *http.Request) { batch(mux, w, r, (*http.Request).Context) })
		m.HandleFunc("GET /batch/through", func(w http.ResponseWriter, r *http.Request) { batch(m, w, r, (*http.Request).Context) })
		m.HandleFunc("GET /batch/apart", func(w http.ResponseWriter, r *http.Request) {
			batch(mux, w, r, func(*http.Request) context.Context { return context.Background() })
		})
		corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
		h := m.Middleware()(mux)
		for _, path := range []string{"/batch", "/batch/through"} {
			if got := corshttptest.DecidedBy(t, h, http.MethodGet, path); got != want {
				t.Errorf("%s, %q: decided by %q, want %q", path, paths, got, want)
			}
		}
		// Separate requests with separate responses are not part of this one.
		if got := corshttptest.DecidedBy(t, h, http.MethodGet, "/batch/apart"); got != "whole" {
			t.Errorf("%q, apart: decided by %q, want whole", paths, got)
		}
	}
}
