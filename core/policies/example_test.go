package policies_test

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

//go:embed testdata/cors.json
var defaults []byte

// A program has its policies in an embedded document, and follows a file that replaces them
// while it serves.
func Example() {
	configs, err := policies.Parse(defaults)
	if err != nil {
		panic(err)
	}
	set, err := policies.New(configs)
	if err != nil {
		panic(err)
	}
	public, partners := set.Get("public"), set.Get("partners") // for New or NewMount of an adapter

	report := func(err error) {
		if err != nil {
			slog.Error("the CORS policies in force stay, since the new ones cannot be used", "err", err)
			return
		}
		slog.Info("new CORS policies are in force")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // ends Follow
	go policies.Follow(ctx, policies.File("/etc/app/cors.json"), 5*time.Second, set.LoadJSON, report)

	fmt.Println(public.Load().AllowsOrigin("https://any.example"), partners.Load().AllowsOrigin("https://any.example"))
	// Output: true false
}

// If a document has a mistake, the whole document is refused.
func ExampleSet_LoadJSON() {
	set, err := policies.New(map[string]cors.Config{"partners": {AllowOrigins: []string{"https://a.partner.example"}}})
	if err != nil {
		panic(err)
	}
	err = set.LoadJSON([]byte(`{
  "partners": {"allowOrigins": ["https://b.partner.example/"]}
}`))
	fmt.Println(err != nil, set.Get("partners").Load().AllowsOrigin("https://a.partner.example"))
	err = set.LoadJSON([]byte(`{"partnres": {"allowOrigins": ["https://b.partner.example"]}}`))
	fmt.Println(err)
	// Output:
	// true true
	// policies: there is no policy "partners", which the program uses
	// policies: the program uses no policy "partnres"; it uses "partners"
}

// Follow works with any source: write a read function that returns the document.
func ExampleFollow() {
	set, err := policies.New(map[string]cors.Config{"public": {AllowOrigins: []string{"https://old.example"}}})
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	read := func(context.Context) ([]byte, error) { // from a database, an object store, …
		return []byte(`{"public": {"allowOrigins": ["https://new.example"]}}`), nil
	}
	policies.Follow(ctx, read, time.Millisecond, set.LoadJSON, func(err error) {
		fmt.Println("loaded:", err == nil)
		cancel()
	})
	fmt.Println(set.Get("public").Load().AllowsOrigin("https://new.example"))
	// Output:
	// loaded: true
	// true
}
