package adapt_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// routed is a framework's context, which has the route that it was routed to.
type routed struct{ path string }

func (r *routed) Path() string { return r.path }

// A handler routes again with the same context, so the policy that was chosen before no
// longer decides.
func ExampleLayer_Watch() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	context := &routed{path: "/public"}
	var placed adapt.Placed = context
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		context.path = "/admin"
		fmt.Fprintln(w, "secret")
	})

	layer := adapt.New("corsmine.New", policy, []cors.Option{cors.Guard(cors.PolicyWins)})
	layer.Watch(placed)
	r := httptest.NewRequest(http.MethodGet, "/public", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	layer.Middleware("corsmine.New")(handler).ServeHTTP(w, r)
	fmt.Printf("%q %q\n", w.Header().Get("Access-Control-Allow-Origin"), w.Header().Get("Vary"))
	// Output: "" "Origin"
}

func ExampleCheckNext() {
	defer func() { fmt.Println(recover()) }()
	adapt.CheckNext("corsmine.New", nil)
	// Output: corsmine.New: the handler inside is nil; pass the application's handler, or http.DefaultServeMux
}
