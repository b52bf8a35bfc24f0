package cors_test

import (
	"context"
	"fmt"
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Pages of the application may send cookies. All other pages may read the same responses
// without cookies.
func ExampleFirst() {
	decider := cors.First(
		cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true}),
		cors.MustCompile(cors.AllowAll()),
	)
	for _, origin := range []string{"https://app.example.com", "https://anybody.example"} {
		decision := decider.Decide(context.Background(), cors.Request{Method: "GET", Origin: origin})
		for name, value := range decision.Headers() {
			fmt.Printf("%s: %s\n", name, value)
		}
		fmt.Println()
	}
	// Output:
	// Access-Control-Allow-Credentials: true
	// Access-Control-Allow-Origin: https://app.example.com
	// Vary: Origin
	//
	// Access-Control-Allow-Origin: *
	// Vary: Origin
}

// Counts for a page of metrics.
func ExampleTally() {
	var tally cors.Tally
	decider := tally.Of(cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}}))
	for _, origin := range []string{"https://app.example.com", "https://evil.example", "https://evil.example"} {
		decider.Decide(context.Background(), cors.Request{Method: "GET", Origin: origin})
	}
	for outcome, count := range tally.All() {
		if count > 0 {
			fmt.Printf("cors_decisions_total{kind=%q,reason=%q} %d\n", outcome.Kind, outcome.Reason, count)
		}
	}
	// Output:
	// cors_decisions_total{kind="actual",reason="allowed"} 1
	// cors_decisions_total{kind="actual",reason="origin-not-allowed"} 2
}

// Outcome is a map key.
func ExampleOutcome() {
	alarming := map[cors.Outcome]bool{{Kind: cors.Actual, Reason: cors.OriginCheckFailed}: true}
	var tally cors.Tally
	for outcome := range tally.All() {
		if alarming[outcome] {
			fmt.Println(outcome.Kind, outcome.Reason)
		}
	}
	// Output: actual origin-check-failed
}

// If there is no adapter, an application can set the headers itself.
func ExampleDecision_Apply() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	header := http.Header{"Vary": {"Accept-Encoding"}}
	policy.Decide(context.Background(), cors.Request{Method: "GET", Origin: "https://app.example.com"}).Apply(header)
	fmt.Println(header.Values("Access-Control-Allow-Origin"), header.Values("Vary"))
	// Output: [https://app.example.com] [Accept-Encoding Origin]
}

// The Decision has the error of AllowOriginFunc.
func ExampleDecision_Err() {
	policy := cors.MustCompile(cors.Config{AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) {
		return false, context.DeadlineExceeded
	}})
	ctx := context.Background()
	decision := cors.Observe(policy, func(r cors.Request, d cors.Decision) {
		fmt.Println(r.Origin, d.Reason(), d.Err())
	}).Decide(ctx, cors.Request{Method: "GET", Origin: "https://shop.example"})
	fmt.Println(decision.Len(), "header")
	// Output:
	// https://shop.example origin-check-failed context deadline exceeded
	// 1 header
}

func ExampleRequest_Kind() {
	fmt.Println(cors.Request{Method: "OPTIONS", Origin: "https://app.example.com"}.Kind())
	fmt.Println(cors.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "PUT"}.Kind())
	// Output:
	// actual
	// preflight
}

// An adapter reads its options once, in its constructor.
func ExampleNewSettings() {
	newMiddleware := func(d cors.Decider, opts ...cors.Option) {
		cors.CheckDecider("mux.New", d)
		settings := cors.NewSettings("mux.New", opts)
		fmt.Println("guard:", settings.Guard)
	}
	newMiddleware(cors.MustCompile(cors.AllowAll()), cors.Guard(cors.PolicyWins))
	defer func() { fmt.Println(recover()) }()
	newMiddleware(cors.MustCompile(cors.AllowAll()), cors.RouteMethods())
	// Output:
	// guard: policy-wins
	// mux.New: cors.RouteMethods has no effect here; give it to NewMount
}

// An adapter's Mount wraps each Decider that it gets.
func ExampleMountSettings() {
	var tally cors.Tally
	opts := []cors.Option{cors.Around(tally.Of), cors.Guard(cors.HandlerWins)}

	settings := cors.MountSettings("mux.NewMount", opts)
	decider := settings.Wrap("mux.NewMount", cors.MustCompile(cors.AllowAll()))
	decider.Decide(context.Background(), cors.Request{Method: "GET", Origin: "https://app.example.com"})
	for outcome, count := range tally.All() {
		if count > 0 {
			fmt.Println(outcome.Kind, outcome.Reason, count)
		}
	}
	// Output: actual allowed 1
}

// The modes of Guard.
func ExampleGuardMode() {
	mode := cors.HandlerWins
	fmt.Printf("%v %v %T\n", cors.PolicyWins, mode, mode)
	// Output: policy-wins handler-wins cors.GuardMode
}

// A Mount with RouteMethods keeps only the methods that its router serves.
func ExampleDecision_KeepMethods() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"DELETE", "PATCH", "PUT"}})
	decision := policy.Decide(context.Background(), cors.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "PUT"})
	decision.KeepMethods(func(method string) bool { return method == "PUT" })
	for name, value := range decision.Headers() {
		fmt.Printf("%s: %s\n", name, value)
	}
	// Output:
	// Access-Control-Allow-Methods: PUT
	// Access-Control-Allow-Origin: https://app.example.com
	// Vary: Origin
}

// byPartner is an application's own Decider, which chooses by the Origin.
type byPartner struct {
	partners map[string]*cors.Policy
	public   *cors.Policy
}

func (b byPartner) Decide(ctx context.Context, r cors.Request) cors.Decision {
	policy := b.public
	if p := b.partners[r.Origin]; p != nil {
		policy = p
	}
	decision := policy.Decide(ctx, r)
	decision.VaryByOrigin() // also for requests without an Origin
	return decision
}

// NeedsMetadata saves adapters some work: neither policy reads more than the Origin.
func (b byPartner) NeedsMetadata() bool { return cors.NeedsMetadata(b.public) }

func ExampleDecision_VaryByOrigin() {
	decider := byPartner{public: cors.MustCompile(cors.AllowAll())}
	for name, value := range decider.Decide(context.Background(), cors.Request{Method: "GET"}).Headers() {
		fmt.Printf("%s: %s\n", name, value)
	}
	// Output:
	// Access-Control-Allow-Origin: *
	// Vary: Origin
}

func ExampleNeedsMetadata() {
	listed := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	enforcing := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, Enforce: cors.EnforceAll})
	var needer cors.MetadataNeeder = listed
	fmt.Println(needer.NeedsMetadata(), cors.NeedsMetadata(enforcing))
	// Output: false true
}

// An http.Request as a MetadataSource: see ExampleDecideTo for the type.
func ExampleMetadataSource() {
	request, _ := http.NewRequest(http.MethodGet, "https://api.example.com/items?page=2", nil)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	var rest cors.MetadataSource = (*source)(request)
	fmt.Println(rest.Metadata())
	// Output: api.example.com /items cross-site
}
