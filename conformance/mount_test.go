package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// mounter is a Mount for net/http in parts, so that a mutant can break one of them.
type mounter struct {
	attach  func(conformance.Attachment) conformance.Attachment
	options func([]cors.Option) []cors.Option
	route   func(mux *http.ServeMux, r *http.Request, method string) (pattern string, served bool)
	place   func(p, whole *cors.Place, preflight bool) *cors.Place
}

func soundMounter() mounter {
	return mounter{
		attach:  func(a conformance.Attachment) conformance.Attachment { return a },
		options: func(o []cors.Option) []cors.Option { return o },
		route:   routeOf,
		place:   func(p, _ *cors.Place, _ bool) *cors.Place { return p },
	}
}

func routeOf(mux *http.ServeMux, r *http.Request, method string) (string, bool) {
	r = r.Clone(r.Context())
	r.Method = method
	_, pattern := mux.Handler(r)
	return pattern[strings.Index(pattern, " ")+1:], pattern != ""
}

// start is a MountStart.
func (m mounter) start(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, r *http.Request) {
			if err := route.Serve(conformance.HTTPResponder(w, r)); err != nil {
				tb.Error(err)
			}
		})
	}
	mux.Handle("GET /static/", http.StripPrefix("/static", http.FileServer(http.Dir(app.Files))))
	handler := http.Handler(mux)
	if app.Decider != nil {
		mounts := cors.NewMounts(app.Decider, m.options(app.Options)...)
		for i := range app.Attached {
			app.Attached[i] = m.attach(app.Attached[i])
		}
		app.Attach(tb, mounts, strings.Clone)
		whole := cors.NewMounts(app.Decider).Place(cors.Request{}, func(string) (string, bool) { return "", false })
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			req := readRequest(r)
			p := mounts.Place(req, func(method string) (string, bool) { return m.route(mux, r, method) })
			if p = m.place(p, whole, req.RequestMethod != ""); p == nil {
				mux.ServeHTTP(w, r)
				return
			}
			serve(sound(), p.Decider(), mux, w, r)
		})
	}
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// mountFailures returns the cases that fail.
func mountFailures(t *testing.T, m mounter) []string {
	t.Helper()
	rigs := make(map[string]*conformance.Rig)
	var failed []string
	for c := range conformance.MountCases() {
		if rigs[c.Rule()] == nil {
			rigs[c.Rule()] = conformance.NewRig(t, conformance.MountStart(m.start).For(c))
		}
		if _, err := rigs[c.Rule()].Check(c); err != nil {
			failed = append(failed, c.Name)
		}
	}
	return failed
}

func TestSoundMountConforms(t *testing.T) {
	t.Parallel()
	if failed := mountFailures(t, soundMounter()); len(failed) > 0 {
		t.Errorf("fails %q", failed)
	}
	conformance.RunMount(t, soundMounter().start)
}

// TestMountMutantsAreCaught breaks a Mount in the ways in which such things break.
func TestMountMutantsAreCaught(t *testing.T) {
	t.Parallel()
	rerouting := func(change func(mux *http.ServeMux, r *http.Request, method string) (string, bool)) mounter {
		m := soundMounter()
		m.route = change
		return m
	}
	replacing := func(change func(p, whole *cors.Place, preflight bool) *cors.Place) mounter {
		m := soundMounter()
		m.place = change
		return m
	}
	attaching := func(change func(conformance.Attachment) conformance.Attachment) mounter {
		m := soundMounter()
		m.attach = change
		return m
	}
	deaf := soundMounter()
	deaf.options = func([]cors.Option) []cors.Option { return nil }
	for name, m := range map[string]mounter{
		"asks for the route of OPTIONS": rerouting(func(mux *http.ServeMux, r *http.Request, _ string) (string, bool) {
			return routeOf(mux, r, r.Method)
		}),
		"asks for the route of GET": rerouting(func(mux *http.ServeMux, r *http.Request, _ string) (string, bool) {
			return routeOf(mux, r, http.MethodGet)
		}),
		"takes the path for the pattern": rerouting(func(mux *http.ServeMux, r *http.Request, method string) (string, bool) {
			_, served := routeOf(mux, r, method)
			return r.URL.Path, served
		}),
		"compares strings instead of segments": rerouting(func(mux *http.ServeMux, r *http.Request, method string) (string, bool) {
			pattern, served := routeOf(mux, r, method)
			return strings.Replace(pattern, "/v1x", "/v1/x", 1), served
		}),
		"answers preflights that nothing serves": replacing(func(p, whole *cors.Place, preflight bool) *cors.Place {
			if p == nil && preflight {
				return whole
			}
			return p
		}),
		"has the policy of the whole where CORS is off": replacing(func(p, whole *cors.Place, preflight bool) *cors.Place {
			if p == nil && !preflight {
				return whole
			}
			return p
		}),
		"knows the groups in preflights alone": replacing(func(p, whole *cors.Place, preflight bool) *cors.Place {
			if !preflight {
				return whole
			}
			return p
		}),
		"knows no routes": attaching(func(a conformance.Attachment) conformance.Attachment {
			if a.Method != "" {
				a.Pattern += "/elsewhere"
			}
			return a
		}),
		"knows no inner groups": attaching(func(a conformance.Attachment) conformance.Attachment {
			if a.Method == "" && strings.Count(a.Pattern, "/") > 1 {
				a.Pattern = "/elsewhere" + a.Pattern
			}
			return a
		}),
		"has no RouteMethods": deaf,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(mountFailures(t, m)) == 0 {
				t.Error("no case fails")
			}
		})
	}
}
