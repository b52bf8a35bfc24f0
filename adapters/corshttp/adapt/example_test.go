package adapt_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

var policy = cors.MustCompile(cors.Config{
	AllowOrigins: []string{"https://app.example.com"},
	AllowMethods: []string{"PUT"},
})

// ask sends a request from an allowed origin to h, and prints the headers that a browser
// reads.
func ask(h http.Handler, method string) {
	r := httptest.NewRequest(method, "/items/7", nil)
	r.Header.Set("Origin", "https://app.example.com")
	if method == http.MethodOptions {
		r.Header.Set("Access-Control-Request-Method", http.MethodPut)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Values("Access-Control-Allow-Origin"), w.Header().Get("Access-Control-Allow-Methods"))
}

// careless sets a CORS header itself.
func careless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	fmt.Fprintln(w, "hello")
}

// If a framework's middleware has the type of net/http's, its adapter needs only a name,
// for the messages of panics.
func Example() {
	middleware := func(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
		layer := adapt.New("corsmine.New", d, opts)
		return layer.Middleware("corsmine.New")
	}
	h := middleware(policy, cors.Guard(cors.PolicyWins))(http.HandlerFunc(careless))
	ask(h, http.MethodOptions)
	ask(h, http.MethodGet)
	// Output:
	// 204 [https://app.example.com] PUT
	// 200 [https://app.example.com]
}

// A framework has its own type of middleware, and its handlers get a value in place of a
// ResponseWriter.
func ExampleLayer_Begin() {
	layer := adapt.New("corsmine.New", policy, []cors.Option{cors.Guard(cors.PolicyWins)})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var d cors.Decision
		switch status, guard := layer.Begin(&d, w, r); {
		case status != 0:
			w.WriteHeader(status)
			return
		case guard:
			guarded, g := layer.Wrap(w, &d)
			defer func() { g.Finish(guarded.Header(), http.StatusOK) }()
			w = guarded
		}
		careless(w, r)
	})
	ask(h, http.MethodGet)
	// Output:
	// 200 [https://app.example.com]
}

// If a framework has a hook before the header is committed, its writer needs no wrapper:
// the hook calls Commit.
func ExampleGuard() {
	layer := adapt.New("corsmine.New", policy, []cors.Option{cors.Guard(cors.PolicyWins)})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var d cors.Decision
		layer.Begin(&d, w, r)
		var guard adapt.Guard
		layer.Guard(&guard, w.Header(), &d)
		w.Header().Set("Access-Control-Allow-Origin", "*") // a careless handler
		guard.Commit(w.Header(), http.StatusOK)            // the hook
		w.WriteHeader(http.StatusOK)
		guard.Finish(w.Header(), http.StatusOK)
	})
	ask(h, http.MethodGet)
	// Output:
	// 200 [https://app.example.com]
}

// paths is the router of a framework with three routes and middleware of net/http's type.
type paths map[string]mount.Route

func (p paths) Root() any { return nil } // there is only one router

func (p paths) Ask(x *adapt.Exchange, method string) string {
	if route, ok := p[x.RoutePath]; ok && route.Method == method {
		return route.Pattern
	}
	return ""
}

func (p paths) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	if pattern = p.Ask(x, x.Request.Method); pattern != "" {
		return x.Request.Method, pattern, mount.Served
	}
	return "", "", mount.Nothing
}

func (p paths) Routes() (routes []mount.Route, known bool) {
	return slices.Collect(maps.Values(p)), true
}

// An adapter's Mount asks its router which route serves a request.
func ExampleMount() {
	router := paths{"/items/7": {Method: "PUT", Pattern: "/items/:id"}}
	m := adapt.NewMount("corsmine", router, true, (*cors.Policy)(nil), nil)
	if err := errors.Join(m.Group("/items", policy), m.Check()); err != nil {
		panic(err)
	}
	ask(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.Serve(http.HandlerFunc(careless), w, r, func(x *adapt.Exchange) { x.RoutePath = r.URL.Path })
	}), http.MethodOptions)
	// Output:
	// 204 [https://app.example.com] PUT
}

// If a router does not say which route it has chosen, each route reports itself through the
// context of the request.
func ExampleMount_ServeInContext() {
	mux, router := http.NewServeMux(), new(reporting)
	m := adapt.NewMount("corsmine", router, false, (*cors.Policy)(nil), nil)
	router.mux, router.routes = mux, []mount.Route{{Method: "GET", Pattern: "/items/7"}}
	for _, of := range router.routes {
		route := &adapt.Route{Route: of}
		mux.HandleFunc(route.Method+" "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if done := m.Report(w, r, route); done != nil {
				defer done()
			}
			careless(w, r)
		})
	}
	if err := errors.Join(m.Group("/items", policy), m.Check()); err != nil {
		panic(err)
	}
	ask(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.ServeInContext(mux, w, r) }), http.MethodGet)
	// Output:
	// 200 [https://app.example.com]
}

// reporting is an adapt.Router of such a router.
type reporting struct {
	mux    *http.ServeMux
	routes []mount.Route
}

var _ adapt.Router = (*reporting)(nil)

func (m *reporting) Root() any { return m.mux }

func (m *reporting) Ask(x *adapt.Exchange, method string) string {
	_, pattern := m.mux.Handler(x.As(method))
	_, pattern, _ = strings.Cut(pattern, " ")
	return pattern
}

func (m *reporting) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	if route := x.Reported(); route != nil {
		x.RouteMemo = &route.Memo
		return route.Method, route.Pattern, mount.Served
	}
	return "", "", mount.Partly
}

func (m *reporting) Routes() (routes []mount.Route, known bool) { return m.routes, true }

// A router may get routes while it serves. If a route is missing in the adapter's index,
// Renew builds the index again.
func ExampleSnapshot() {
	registered := []string{"/items"}
	known := adapt.Snapshot[[]string]{Make: func() *[]string { made := slices.Clone(registered); return &made }}
	has := func(pattern string) bool {
		now := known.Get()
		return slices.Contains(*now, pattern) || slices.Contains(*known.Renew(now), pattern)
	}
	fmt.Println(has("/items"))
	registered = append(registered, "/users")
	known.Remake() // at once; Renew takes 1 % of the time at most
	fmt.Println(has("/users"))
	// Output:
	// true
	// true
}

// response is a framework's own writer, which embeds the guard.
type response struct {
	http.ResponseWriter
	guard adapt.Guard
}

var _ adapt.Guarded = (*response)(nil)

func (w *response) CORSGuard() *adapt.Guard     { return &w.guard }
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w *response) Write(p []byte) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// A pass inside another one finds the guard of the outer pass, and takes it over.
func ExampleGuardOf() {
	layer := adapt.New("corsmine.New", policy, []cors.Option{cors.Guard(cors.PolicyWins)})
	ask(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var d cors.Decision
		if _, guard := layer.Begin(&d, w, r); guard {
			guarded := &response{ResponseWriter: w}
			layer.Guard(&guarded.guard, w.Header(), &d)
			w = guarded
		}
		fmt.Println(adapt.GuardOf(w) != nil)
		careless(w, r)
	}), http.MethodGet)
	// Output:
	// true
	// 200 [https://app.example.com]
}
