package mount_test

import (
	"context"
	"fmt"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// rewritten is a request whose path a handler may have changed, in a framework that keeps a
// Memo for each route. It has the two optional interfaces.
type rewritten struct {
	request
	now  string // the path by which the router routes now
	memo *mount.Memo
}

var (
	_ mount.Exchange  = (*rewritten)(nil)
	_ mount.Rerouter  = (*rewritten)(nil)
	_ mount.Memorizer = (*rewritten)(nil)
)

// Rerouted implements mount.Rerouter.
func (r *rewritten) Rerouted() (path string, changed bool) { return r.now, r.now != r.path }

// Memo implements mount.Memorizer.
func (r *rewritten) Memo() *mount.Memo { return r.memo }

// A 404 after a handler has moved the request into a group: the two paths have different
// policies, so no page may read the response.
func ExampleRerouter() {
	open := cors.MustCompile(cors.AllowAll())
	table := mount.New(mount.Config{Package: "corsmine", Routes: router{"GET /admin/users": true}.Routes}, open, nil)
	fmt.Println(table.Group("/admin", nil))

	var pass mount.Pass
	x := &rewritten{request: request{router{}, "GET", "/old"}, now: "/admin/old", memo: new(mount.Memo)}
	pass.Begin(table, cors.Request{Method: "GET", Origin: "https://app.example"}, x)
	fmt.Println(pass.Commit(404).Reason())
	// Output:
	// <nil>
	// mount-uncertain
}

// If a framework chooses the route before it calls middleware, the adapter needs no Pass for
// an actual request.
func ExampleTable_Served() {
	strict := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example"}, Enforce: cors.EnforceAll})
	table := mount.New(mount.Config{Package: "corsmine", Routes: router{"GET /admin/users": true}.Routes}, (*cors.Policy)(nil), nil)
	fmt.Println(table.Group("/admin", strict))

	var memo mount.Memo // one for each pattern
	for range 2 {       // the second look-up costs one comparison
		scope := table.Served("GET", "/admin/users", &memo)
		fmt.Println(scope == table.Scope("GET", "/admin/users"), scope.Decider() == cors.Decider(strict))
	}
	// An adapter copies the request's metadata only where a policy may read it.
	fmt.Println(table.NeedsMetadata())
	// It asks this before a connection switches to another protocol.
	fmt.Println(table.Refuses(context.Background(), cors.Request{Method: "POST", Origin: "https://evil.example", FetchSite: "cross-site"}))
	// Output:
	// <nil>
	// true true
	// true true
	// true
	// true
}
