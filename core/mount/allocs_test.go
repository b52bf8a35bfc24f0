//go:build !race

package mount_test

import (
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// hotPaths are the requests that must not allocate: those that a route serves, and those
// without a route.
var hotPaths = []struct {
	name    string
	enforce bool
	r       cors.Request
	x       exchange
	status  int
}{
	{"actual", false, cors.Request{Method: "GET", Origin: page("admin")}, served("GET", "/admin/x"), 200},
	{"actual in the application", false, cors.Request{Method: "GET", Origin: page("whole")}, served("GET", "/x"), 200},
	{"actual with a policy for a method", false, cors.Request{Method: "PUT", Origin: page("put")}, served("PUT", "/items/:id"), 200},
	{"actual where a policy enforces", true, cors.Request{Method: "GET", Origin: page("admin")}, served("GET", "/admin/x"), 200},
	{"refused", true, cors.Request{Method: "GET", Origin: page("whole")}, served("GET", "/admin/x"), 403},
	{"not found", false, cors.Request{Method: "GET", Origin: page("admin")}, exchange{known: mount.Nothing}, 404},
	{"preflight", false, cors.Request{Method: "OPTIONS", Origin: page("admin"), RequestMethod: "PUT"}, exchange{}, 204},
	{"preflight for what no route serves", false, cors.Request{Method: "OPTIONS", Origin: page("admin"), RequestMethod: "DELETE"}, exchange{known: mount.Nothing}, 404},
	{"without Origin", false, cors.Request{Method: "GET"}, served("GET", "/admin/x"), 200},
}

// hotTable returns the Table for a hot path.
func hotTable(tb testing.TB, enforce, check bool) *mount.Table {
	tb.Helper()
	registered := registered("GET /admin/x", "PUT /admin/x", "GET /admin/public/x", "GET /internal/x", "GET /t/:tenant/keys", "GET api.example/admin/x",
		"PUT /items/:id", "GET /only", "GET /x")
	table := placesTable(tb, mount.Config{Routes: routes(registered...)}, func(name string) cors.Decider {
		if enforce {
			return enforcing(tb, name)
		}
		return named(tb, name, "PUT")
	})
	if check {
		must(tb, table.Check())
	}
	return table
}

// prepare gives the exchange the path of all hot paths.
func prepare(x exchange) *exchange {
	x.path, x.routes = "/admin/x", map[string]string{"GET": "/admin/x", "PUT": "/admin/x"}
	return &x
}

// TestAllocates checks that no decision allocates, whichever Scope decides.
func TestAllocates(t *testing.T) {
	for _, tt := range hotPaths {
		for _, checked := range []bool{false, true} {
			table, x, p := hotTable(t, tt.enforce, checked), prepare(tt.x), new(mount.Pass)
			if n := testing.AllocsPerRun(100, func() {
				if _, final := p.Begin(table, tt.r, x); !final {
					p.Commit(tt.status)
				}
			}); n != 0 {
				t.Errorf("%s, checked %t: %v allocations", tt.name, checked, n)
			}
		}
	}
}
