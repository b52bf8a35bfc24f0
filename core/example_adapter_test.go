package cors_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"

	cors "github.com/crossgate/cors/core"
)

// source is an *http.Request as a cors.MetadataSource.
type source http.Request

func (s *source) Context() context.Context { return (*http.Request)(s).Context() }

func (s *source) Metadata() (host, path, fetchSite string) {
	return s.Host, s.URL.EscapedPath(), s.Header.Get("Sec-Fetch-Site")
}

// An adapter reads the headers that every decision needs, and calls DecideTo. DecideTo
// reads the rest only if the policy in force needs it.
func ExampleDecideTo() {
	request := httptest.NewRequest("GET", "https://api.example.com/items", nil)
	request.Header.Set("Origin", "https://app.example.com")

	decider := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	r := cors.Request{Method: request.Method, Origin: request.Header.Get("Origin")}
	var decision cors.Decision
	cors.DecideTo(&decision, decider, &r, (*source)(request))
	for i := range decision.Len() {
		name, value := decision.At(i)
		fmt.Println(name, value)
	}
	// Output:
	// Access-Control-Allow-Origin https://app.example.com
	// Vary Origin
}

// The lines of a header become one value. If they are longer than MaxValue, they are not
// joined.
func ExampleJoinLines() {
	fmt.Println(cors.JoinLines([]string{"x-tenant", "content-type, x-request-id"}))
	many := slices.Repeat([]string{"content-type"}, 10_000)
	fmt.Println(len(cors.JoinLines(many)) > cors.MaxValue)
	// Output:
	// x-tenant, content-type, x-request-id
	// true
}

// A Request and its Decision may share memory that the server reuses. Clone what you keep.
func ExampleDecision_Clone() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://*.example.com"}})
	type entry struct {
		request  cors.Request
		decision cors.Decision
	}
	var queue []entry
	serve := func(r cors.Request) {
		d := policy.Decide(context.Background(), r)
		queue = append(queue, entry{r.Clone(), d.Clone()})
	}
	serve(cors.Request{Method: "GET", Origin: "https://evil.example"})
	fmt.Println(queue[0].request.Origin, queue[0].decision.Reason())
	// Output:
	// https://evil.example origin-not-allowed
}

// An adapter's own Decider that lets no page read. Logs and counts get the reason.
func ExampleWithheld() {
	decision := cors.Withheld(cors.Request{Method: "GET", Origin: "https://app.example.com"}, cors.MountUncertain, 0)
	fmt.Println(decision.Kind(), decision.Reason(), decision.Status())
	for name, value := range decision.Headers() {
		fmt.Println(name, value)
	}
	// Output:
	// actual mount-uncertain 0
	// Vary Origin
}

// A policy for development on your own machine.
func ExampleOrigin_IsLoopback() {
	policy := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://app.example.com"},
		AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
			return o.IsLoopback() && o.Port >= 3000, nil
		},
	})
	fmt.Println(policy.AllowsOrigin("http://localhost:5173"), policy.AllowsOrigin("http://localhost.evil.example:5173"))
	// Output:
	// true false
}

// The steps of an explanation end with the check that failed.
func ExampleStep() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	x := policy.Explain(context.Background(), cors.Request{Method: "GET", Origin: "https://app.example.org"})
	last := func(x cors.Explanation) cors.Step { return x.Steps[len(x.Steps)-1] }
	fmt.Println(last(x).OK, last(x).Rule)
	// Output:
	// false is the origin allowed?
}

// A log with little room keeps it for origins that clients cannot invent.
func ExampleDecision_NamesOrigin() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://partner.example", "https://*.example.com"}})
	for _, origin := range []string{"https://partner.example", "https://invented.example.com"} {
		decision := policy.Decide(context.Background(), cors.Request{Method: "GET", Origin: origin})
		fmt.Println(decision.Reason(), decision.NamesOrigin())
	}
	// Output:
	// allowed true
	// allowed false
}

// Before an adapter passes on a whole connection, it asks whether any part of the Decider
// would refuse a request on it.
func ExampleMayRefuse() {
	public := cors.MustCompile(cors.AllowAll())
	admin := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example.com"}, Enforce: cors.EnforceAll})
	routes, err := cors.NewRoutes(map[string]cors.Decider{"/": public, "/admin/": admin})
	if err != nil {
		panic(err)
	}
	ctx, hostile := context.Background(), cors.Request{Method: "POST", Origin: "https://evil.example"}
	_, severalParts := any(routes).(cors.Refuser)
	fmt.Println(cors.MayRefuse(ctx, public, hostile), cors.MayRefuse(ctx, routes, hostile), severalParts)
	// Output: false true true
}
