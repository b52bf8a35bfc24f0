package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// A framework that answers something before any middleware has a known divergence. The
// test fails once it is one no more.
func ExampleKnownDivergence() {
	TestConformance := func(t *testing.T) {
		conformance.Run(t, start, conformance.KnownDivergence("redirects/a trailing slash", "this router redirects before middleware runs"))
	}
	_ = TestConformance
}

// An adapter's own test beside the suite puts bytes on a socket, and reads them.
func ExampleSend() {
	TestOriginOfTwoLines := func(t *testing.T) {
		addr := start(t, conformance.App{
			Decider: cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}}),
			Routes:  []conformance.Route{{Method: "GET", Path: "/", Does: conformance.Respond, Status: 200, Set: []conformance.Field{{Name: "X-Kept", Value: "1"}}}},
		})
		response, err := conformance.Send(addr, []byte("GET / HTTP/1.1\r\nHost: a.example\r\nOrigin: https://app.example.com\r\nOrigin: null\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := response.Lines("Access-Control-Allow-Origin"); len(got) > 0 {
			t.Errorf("two Origin lines are allowed: %q", got)
		}
	}
	_ = TestOriginOfTwoLines
}

// The cases are data: here those of one rule are checked on servers that are kept, and
// what went over the wire is shown.
func ExampleRig() {
	TestPreflights := func(t *testing.T) {
		show := func(e conformance.Exchange) {
			t.Logf("%s\n%s (by the adapter: %t)", e.Request, e.Response.Head, e.By == conformance.ByAdapter)
		}
		rig := conformance.NewRig(t, start)
		for c := range conformance.Cases() {
			if c.Rule() != "preflight" {
				continue
			}
			exchanges, err := rig.Check(c)
			if err != nil {
				t.Error(err)
			}
			for _, e := range exchanges {
				show(e)
			}
		}
	}
	_ = TestPreflights
}

// The names of the cases begin with their rule.
func ExampleCases() {
	rules := make(map[string]int)
	for c := range conformance.Cases() {
		rules[c.Rule()]++
	}
	fmt.Println(len(rules) > 10, rules["preflight"] > 0)
	// Output:
	// true true
}

// An adapter with a guard is checked by RunGuard. A framework that mends a header by
// itself says so; App.Options are the options to make it with.
func ExampleRunGuard() {
	TestGuard := func(t *testing.T) {
		guarded := conformance.Start(func(tb testing.TB, app conformance.App) string {
			return start(tb, app) // which makes the adapter with app.Options
		})
		conformance.RunGuard(t, guarded, conformance.AlreadyRight("answers without content", "this framework drops the headers of a 204"))
	}
	_ = TestGuard
}

// An adapter with a Mount is checked by RunMount: it attaches what the case says, with
// patterns as its router spells them, and lets middleware change requests at each spot.
func ExampleRunMount() {
	spell := conformance.Spelling(":id", "*rest")
	startMount := conformance.MountStart(func(tb testing.TB, app conformance.MountApp) string {
		var mount conformance.Attacher = attacher{} // here the adapter's NewMount
		app.Attach(tb, mount, spell)
		// And here its server, with app.Routes spelt so too, and with conformance.Outside.Middleware,
		// the Mount, and conformance.Inside.Middleware around the routes. Those below
		// conformance.SubRouter have conformance.Sub.Middleware as well.
		return start(tb, app.App)
	})
	TestMount := func(t *testing.T) {
		conformance.RunMount(t, startMount,
			conformance.WithoutRoute("/items/special", "this router has no literal next to a parameter"),
			conformance.LeaveOut("mount/of two patterns, the one that the router takes for the requested method decides", "it has one of them alone"),
			conformance.LeaveOut("a request is routed again", "no handler can do so"),
		)
	}
	TestOneRule := func(t *testing.T) {
		for c := range conformance.MountCases() {
			if err := c.Check(t, startMount.For(c)); err != nil {
				t.Error(err)
			}
		}
	}
	_, _ = TestMount, TestOneRule
	attached := conformance.Attachment{Method: "GET", Pattern: "/users/{id}"}
	fmt.Println(attached.Method, spell(attached.Pattern), spell("/files/{rest...}"))
	// Output:
	// GET /users/:id /files/*rest
}

// attacher stands for an adapter's Mount.
type attacher struct{}

func (attacher) Group(string, cors.Decider) error         { return nil }
func (attacher) Route(string, string, cors.Decider) error { return nil }

// A framework whose middleware is not net/http's does by itself what a Twist says.
func ExampleParseTwist() {
	twist := conformance.ParseTwist("copy, path /v1/items/7")
	fmt.Println(twist.Path, twist.Copy, twist.Status)
	fmt.Println(conformance.Inside.Field(), conformance.TwistedField, twist.Ran())
	// Output:
	// /v1/items/7 true 0
	// Conformance-Twist-Inside Conformance-Twisted Conformance-Handler: middleware
}

// The middleware at a spot answers, if a request says so.
func ExampleSpot_Middleware() {
	h := conformance.Inside.Middleware(http.NotFoundHandler())
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.Header.Set(conformance.Inside.Field(), "status 401")
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get(conformance.TwistedField))
	// Output: 401 Inside
}

// rerouting is a Responder of a framework whose handlers can let the router route again.
type rerouting struct {
	conformance.Responder
	router http.Handler
	w      http.ResponseWriter
	r      *http.Request
}

// RouteAgain implements conformance.Rerouter.
func (h rerouting) RouteAgain(path string) error {
	again := h.r.Clone(h.r.Context())
	again.URL.Path = path
	h.router.ServeHTTP(h.w, again)
	return nil
}

// The route /again lets the router serve its request as one for another path.
func ExampleRerouter() {
	route := conformance.Route{Method: "GET", Path: "/again", Does: conformance.RouteAgain, Location: "/items"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(http.ResponseWriter, *http.Request) { fmt.Println("items") })
	mux.HandleFunc("GET /again", func(w http.ResponseWriter, r *http.Request) {
		var responder conformance.Rerouter = rerouting{conformance.HTTPResponder(w, r), mux, w, r}
		_ = route.Serve(responder.(conformance.Responder))
	})
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/again", nil))
	// Output: items
}

// The fuzz target of an adapter, for go test -fuzz=FuzzAdapter -parallel=1.
func ExampleFuzz() {
	_ = func(f *testing.F) { // func FuzzAdapter(f *testing.F)
		conformance.Fuzz(f, start)
	}
}
