package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// A framework that answers a request before any middleware runs has a known divergence.
// The test fails when the divergence no longer exists.
func ExampleKnownDivergence() {
	TestConformance := func(t *testing.T) {
		conformance.Run(t, start, conformance.KnownDivergence("redirects/a trailing slash", "this router redirects before middleware runs"))
	}
	_ = TestConformance
}

// Send puts bytes on a socket, for an adapter's own tests.
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

// Cases are data. This example checks the cases of one rule on servers that are reused,
// and shows what went over the wire.
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

// Each case's name begins with its rule.
func ExampleCases() {
	rules := make(map[string]int)
	for c := range conformance.Cases() {
		rules[c.Rule()]++
	}
	fmt.Println(len(rules) > 10, rules["preflight"] > 0)
	// Output:
	// true true
}

// RunGuard checks an adapter with a guard. If the framework corrects a header itself, say
// so with AlreadyRight. App.Options are the options to make the adapter with.
func ExampleRunGuard() {
	TestGuard := func(t *testing.T) {
		guarded := conformance.Start(func(tb testing.TB, app conformance.App) string {
			return start(tb, app) // makes the adapter with app.Options
		})
		conformance.RunGuard(t, guarded, conformance.AlreadyRight("answers without content", "this framework drops the headers of a 204"))
	}
	_ = TestGuard
}

// RunMount checks an adapter with a Mount. The adapter's test attaches what the case
// says, with patterns in the router's syntax, and lets middleware change requests at each
// spot.
func ExampleRunMount() {
	spell := conformance.Spelling(":id", "*rest")
	startMount := conformance.MountStart(func(tb testing.TB, app conformance.MountApp) string {
		var mount conformance.Attacher = attacher{} // use the adapter's NewMount here
		app.Attach(tb, mount, spell)
		// Serve the application here: app.Routes in the router's syntax, and around them
		// conformance.Outside.Middleware, the Mount, and conformance.Inside.Middleware. The
		// routes below conformance.SubRouter also have conformance.Sub.Middleware.
		return start(tb, app.App)
	})
	TestMount := func(t *testing.T) {
		conformance.RunMount(t, startMount,
			conformance.WithoutRoute("/items/special", "this router has no literal next to a parameter"),
			conformance.LeaveOut("mount/the pattern that the router selects for the requested method decides", "it cannot have both patterns"),
			conformance.LeaveOut("a request is routed again", "its handlers cannot route a request again"),
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

// attacher represents an adapter's Mount.
type attacher struct{}

func (attacher) Group(string, cors.Decider) error         { return nil }
func (attacher) Route(string, string, cors.Decider) error { return nil }

// In a framework that does not use net/http middleware, write a middleware that does what
// the Twist says.
func ExampleParseTwist() {
	twist := conformance.ParseTwist("copy, path /v1/items/7")
	fmt.Println(twist.Path, twist.Copy, twist.Status)
	fmt.Println(conformance.Inside.Field(), conformance.TwistedField, twist.Ran())
	// Output:
	// /v1/items/7 true 0
	// Conformance-Twist-Inside Conformance-Twisted Conformance-Handler: middleware
}

// The middleware at a spot answers if the request says so.
func ExampleSpot_Middleware() {
	h := conformance.Inside.Middleware(http.NotFoundHandler())
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.Header.Set(conformance.Inside.Field(), "status 401")
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get(conformance.TwistedField))
	// Output: 401 Inside
}

// rerouting is a Responder for a framework whose handlers can make the router route a
// request again.
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

// The route /again makes the router serve its request as one for another path.
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
