package policydiff_test

import (
	"context"
	"fmt"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
)

func Example() {
	old := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://app.example.com", "https://old.example.com"},
		AllowMethods: []string{"PUT"},
	})
	next := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://app.example.com", "https://app-*.preview.example.com"},
		AllowMethods: []string{"DELETE", "PUT"},
	})
	for _, change := range policydiff.Diff(old, next) {
		fmt.Println(change)
	}
	// Output:
	// wider: AllowOrigins https://app-*.preview.example.com, for example GET from https://app-other.preview.example.com
	// wider: AllowMethods DELETE, for example a preflight for DELETE from https://app.example.com
	// narrower: AllowOrigins https://old.example.com, for example GET from https://old.example.com
}

// Diff compares the origins that patterns match. Here the text changes, but nothing changes
// for pages.
func ExampleDiff() {
	old := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://*.example.com"}})
	next := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com", "https://*.example.com", "https://api-*.example.com"}})
	fmt.Println(len(policydiff.Diff(old, next)))
	// Output: 0
}

// A test or a pipeline fails if a policy becomes wider, until somebody approves it.
func ExampleDirection() {
	old := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	next := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true})
	for _, change := range policydiff.Diff(old, next) {
		if change.Direction == policydiff.Wider {
			fmt.Println("needs an approval:", change.Field, change.Value)
		}
	}
	// Output: needs an approval: AllowCredentials false -> true
}

// Decide answers the witness of a change differently under the two policies.
func ExampleChange() {
	old := cors.MustCompile(cors.Config{AllowOrigins: []string{"http://localhost:3000"}})
	next := cors.MustCompile(cors.Config{AllowOrigins: []string{"http://localhost:*"}})
	for _, change := range policydiff.Diff(old, next) {
		w := change.Witness
		fmt.Println(change.Proven, w.Method, w.Origin)
		fmt.Println(old.Decide(context.Background(), w).Reason(), "->", next.Decide(context.Background(), w).Reason())
	}
	// Output:
	// true GET http://localhost:49152
	// origin-not-allowed -> allowed
}
