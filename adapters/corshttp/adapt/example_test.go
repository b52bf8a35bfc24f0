package adapt_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

var policy = cors.MustCompile(cors.Config{
	AllowOrigins: []string{"https://app.example.com"},
	AllowMethods: []string{"PUT"},
})

// ask sends a request from an allowed origin to h, and prints what a browser looks at.
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

// careless sets a header that is not its business.
func careless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	fmt.Fprintln(w, "hello")
}

// An adapter of a framework whose middleware is net/http's needs a name, for the panics
// that tell an application what it did wrong.
func Example() {
	middleware := func(d cors.Decider, opts ...cors.Option) func(http.Handler) http.Handler {
		layer := adapt.New("corsmine.New", d, opts)
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { layer.Serve(next, w, r) })
		}
	}
	h := middleware(policy, cors.Guard(cors.PolicyWins))(http.HandlerFunc(careless))
	ask(h, http.MethodOptions)
	ask(h, http.MethodGet)
	// Output:
	// 204 [https://app.example.com] PUT
	// 200 [https://app.example.com]
}

// A framework with a middleware type of its own, whose handlers take what is in place of
// a ResponseWriter.
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

// A framework with a hook before the header is committed needs no writer around its own:
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

// paths is the router of a framework that has three routes, and middleware of net/http's.
type paths map[string]mount.Route

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

// An adapter's Mount asks its router for the route of a request.
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
