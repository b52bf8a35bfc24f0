package conformance_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// mounter is a Mount for net/http in parts, so that a mutant can break one part.
type mounter struct {
	attach  func(conformance.Attachment) conformance.Attachment
	options func([]cors.Option) []cors.Option
	routes  func([]mount.Route) ([]mount.Route, bool)
	ask     func(x *passing, method string) string
	path    func(x *passing) string
	hit     func(x *passing) (method, pattern string, known mount.Known)
	// answer changes the decision before the handler runs. commit changes the decision when
	// the head is sent with its status.
	answer func(x *passing, d *cors.Decision, final bool) (*cors.Decision, bool)
	commit func(x *passing, status int, d *cors.Decision) *cors.Decision
	set    func(http.Header, *cors.Decision)
	takes  bool // the inner of two passes decides
	enter  func(http.Header)
}

func soundMounter() mounter {
	return mounter{
		attach:  func(a conformance.Attachment) conformance.Attachment { return a },
		options: func(o []cors.Option) []cors.Option { return o },
		routes:  func(all []mount.Route) ([]mount.Route, bool) { return all, true },
		ask:     (*passing).asked,
		path:    func(x *passing) string { return x.escaped },
		hit:     (*passing).reported,
		answer:  func(_ *passing, d *cors.Decision, final bool) (*cors.Decision, bool) { return d, final },
		commit:  func(_ *passing, _ int, d *cors.Decision) *cors.Decision { return d },
		set:     setAlone,
		takes:   true,
		enter:   wipe,
	}
}

// passing is a request on its way through a mounter. It is a mount.Exchange.
type passing struct {
	*mounter
	flat    *http.ServeMux // holds all routes
	r       *http.Request  // the original request, with the changes that middleware makes in place
	method  string
	path    string
	escaped string
	table   *mount.Table
	pass    mount.Pass

	route *conformance.Route // the route that has reported that it serves
	by    string             // the method that it was called with
	taken bool               // an inner pass decides
}

func (x *passing) Context() context.Context { return x.r.Context() }

func (x *passing) Metadata() (host, path, fetchSite string) {
	req := readRequest(x.r)
	return req.Host, req.Path, req.FetchSite
}

func (x *passing) Path() string { return x.mounter.path(x) }

func (x *passing) Ask(method string) string { return x.ask(x, method) }

func (x *passing) Hit() (method, pattern string, known mount.Known) { return x.hit(x) }

// asked looks up the original path in the mux.
func (x *passing) asked(method string) string { return x.find(x.path, method) }

func (x *passing) find(path, method string) string {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Method, r.URL.Path, r.Host = method, path, x.r.Host
	_, pattern := x.flat.Handler(r)
	return pattern[strings.Index(pattern, " ")+1:]
}

// reported returns the route that has reported that it serves.
func (x *passing) reported() (method, pattern string, known mount.Known) {
	if x.route == nil {
		return "", "", mount.Partly
	}
	return x.by, x.route.Path, mount.Served
}

type passingKey struct{}

// start is a MountStart.
func (m mounter) start(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	flat, root, sub := http.NewServeMux(), http.NewServeMux(), http.NewServeMux()
	all := []mount.Route{{Method: "GET", Pattern: "/static/"}}
	for _, route := range app.Routes {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if x, ok := r.Context().Value(passingKey{}).(*passing); ok {
				x.route, x.by = &route, r.Method
			}
			responder := again{conformance.HTTPResponder(w, r), func(path string) {
				r = r.Clone(r.Context())
				r.URL.Path, r.URL.RawPath = path, ""
				root.ServeHTTP(w, r)
			}}
			if err := route.Serve(responder); err != nil {
				tb.Error(err)
			}
		})
		in := root
		if strings.HasPrefix(route.Path, conformance.SubRouter+"/") {
			in = sub
		}
		in.Handle(route.Method+" "+route.Path, h)
		flat.Handle(route.Method+" "+route.Path, h)
		all = append(all, mount.Route{Method: route.Method, Pattern: route.Path})
	}
	root.Handle(conformance.SubRouter+"/", conformance.Sub.Middleware(sub))
	files := http.StripPrefix("/static", http.FileServer(http.Dir(app.Files)))
	root.Handle("GET /static/", files)
	flat.Handle("GET /static/", files)
	handler := conformance.Inside.Middleware(root)
	if app.Decider != nil {
		table := mount.New(mount.Config{Package: "mounter", Routes: func() ([]mount.Route, bool) { return m.routes(all) }}, app.Decider, m.options(app.Options))
		app.Attached = append([]conformance.Attachment(nil), app.Attached...)
		for i := range app.Attached {
			app.Attached[i] = m.attach(app.Attached[i])
		}
		app.Attach(tb, table, strings.Clone)
		inside := handler
		if app.Inner != nil {
			inner := mount.New(mount.Config{Package: "mounter", Routes: func() ([]mount.Route, bool) { return nil, false }}, app.Inner, nil)
			innermost := inside
			inside = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				(&passing{mounter: &m, flat: flat, r: r, method: r.Method, path: r.URL.Path, escaped: r.URL.EscapedPath(), table: inner}).serve(innermost, w)
			})
		}
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			x := &passing{mounter: &m, flat: flat, r: r, method: r.Method, path: r.URL.Path, escaped: r.URL.EscapedPath(), table: table}
			x.serve(inside, w)
		})
	}
	if app.Below {
		around := http.NewServeMux()
		around.Handle("/", conformance.Below.Middleware(handler))
		handler = around
	}
	server := httptest.NewServer(conformance.Outer(recovery(conformance.Outside.Middleware(handler))))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// again is a Responder that can route a request again.
type again struct {
	conformance.Responder
	route func(path string)
}

func (a again) RouteAgain(path string) error {
	a.route(path)
	return nil
}

func (x *passing) serve(inside http.Handler, w http.ResponseWriter) {
	x.enter(w.Header())
	if outer, ok := x.r.Context().Value(passingKey{}).(*passing); ok {
		outer.taken = outer.takes
	}
	d, final := x.pass.Begin(x.table, readRequest(x.r), x)
	d, final = x.answer(x, d, final)
	if final && d.Status() != 0 {
		x.set(w.Header(), d)
		w.WriteHeader(d.Status())
		return
	}
	decide := func(h http.Header, status int) {
		if x.taken {
			return
		}
		if !final {
			d = x.pass.Commit(status)
		}
		x.set(h, x.commit(x, status, d))
	}
	wrapped := &writer{ResponseWriter: w, before: decide}
	defer func() {
		if !wrapped.done { // the server will send 200, or the recovery middleware 500
			status := http.StatusOK
			if v := recover(); v != nil {
				defer panic(v)
				status = http.StatusInternalServerError
			}
			decide(w.Header(), status)
		}
	}()
	inside.ServeHTTP(wrapped, x.r.WithContext(context.WithValue(x.r.Context(), passingKey{}, x)))
}

// setAlone makes h hold only the CORS headers of d, unless no policy is in force.
func setAlone(h http.Header, d *cors.Decision) {
	if d.Reason() == cors.NoPolicy {
		return
	}
	wipe(h)
	d.Apply(h)
}

// wipe removes the CORS headers.
func wipe(h http.Header) {
	for name := range h {
		if strings.HasPrefix(http.CanonicalHeaderKey(name), "Access-Control-") {
			delete(h, name)
		}
	}
}
