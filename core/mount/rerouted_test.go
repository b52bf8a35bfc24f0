package mount_test

import (
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// rerouted is a request whose path a handler has changed, as fiber's handlers can.
type rerouted struct {
	exchange
	to string
}

func (x *rerouted) Rerouted() (path string, changed bool) { return x.to, x.to != "" }

// TestRerouted: if no route serves the request, a page may read only if both paths have the
// same group. If a route serves it, that route's policy decides.
func TestRerouted(t *testing.T) {
	t.Parallel()
	table := placesTable(t, mount.Config{}, func(name string) cors.Decider { return named(t, name) })
	for _, tt := range []struct {
		path, to string
		x        exchange
		want     string
	}{
		{"/none", "", exchange{known: mount.Nothing}, "whole"},
		{"/none", "/nothing", exchange{known: mount.Nothing}, "whole"},
		{"/admin/none", "/admin/nothing", exchange{known: mount.Nothing}, "admin"},
		{"/admin/none", "/none", exchange{known: mount.Nothing}, ""},
		{"/none", "/admin/none", exchange{known: mount.Nothing}, ""},
		{"/admin/none", "/admin/public/none", exchange{known: mount.Nothing}, ""},
		{"/none", "//none", exchange{known: mount.Nothing}, ""},
		{"//none", "/none", exchange{known: mount.Nothing}, ""},
		{"/none", "/admin/page", exchange{pattern: "/", known: mount.Below}, ""},
		{"/admin/none", "/admin/page", exchange{pattern: "/", known: mount.Below}, "admin"},
		{"/none", "/admin/x", served("GET", "/admin/x"), "admin"},
	} {
		got := reader(func(origin string) *cors.Decision {
			x := &rerouted{tt.x, tt.to}
			x.path = tt.path
			var p mount.Pass
			if d, final := p.Begin(table, cors.Request{Method: "GET", Origin: origin}, x); final {
				return d
			}
			return p.Commit(404)
		}, placeNames...)
		if got != tt.want {
			t.Errorf("%s to %s: %q reads, want %q", tt.path, tt.to, got, tt.want)
		}
	}
}

// TestHostsAlone: if all groups have a host, other hosts have the application's policy. For
// an ambiguous path no page may read.
func TestHostsAlone(t *testing.T) {
	t.Parallel()
	all := routes(registered("/…", "api.example/…", "[::1]/…")...)
	table := mount.New(mount.Config{Package: "corsany", Routes: all}, named(t, "whole"), nil)
	must(t, table.Group("api.example/v1", named(t, "v1")), table.Group("[::1]/v1", named(t, "six")))
	for _, tt := range []struct{ host, path, want string }{
		{"api.example", "/v1/none", "v1"},
		{"api.example:8080", "/v1/none", "v1"},
		{"[::1]", "/v1/none", "six"},
		{"[::1]:8080", "/v1/none", "six"},
		{"api.example", "/none", "whole"},
		{"other.example", "/v1/none", "whole"},
		{"", "/v1/none", "whole"},
		{"other.example", "//v1", ""},
	} {
		got := reader(func(origin string) *cors.Decision {
			var p mount.Pass
			p.Begin(table, cors.Request{Method: "GET", Origin: origin}, &exchange{host: tt.host, path: tt.path, known: mount.Nothing})
			return p.Commit(404)
		}, "whole", "v1", "six")
		if got != tt.want {
			t.Errorf("%s%s: %q reads, want %q", tt.host, tt.path, got, tt.want)
		}
	}
}

// TestAHostAlone: one group, of a host.
func TestAHostAlone(t *testing.T) {
	t.Parallel()
	table := mount.New(mount.Config{Package: "corsany", Routes: everything}, named(t, "whole"), nil)
	must(t, table.Group("api.example/v1", named(t, "v1")))
	got := reader(func(origin string) *cors.Decision {
		var p mount.Pass
		p.Begin(table, cors.Request{Method: "GET", Origin: origin}, &exchange{host: "api.example", path: "/v1/none", known: mount.Nothing})
		return p.Commit(404)
	}, "whole", "v1")
	if got != "v1" {
		t.Errorf("%q reads, want v1", got)
	}
}

// TestWhoRefuses: an adapter can ask whether any attached policy would refuse a request,
// and whether any policy needs metadata.
func TestWhoRefuses(t *testing.T) {
	t.Parallel()
	live := new(cors.Live)
	table := mount.New(mount.Config{Package: "corsany", Routes: everything}, named(t, "whole"), nil)
	must(t, table.Group("/live", live))
	stranger := cors.Request{Method: "GET", Origin: page("stranger")}
	check := func(what string, want bool, r cors.Request) {
		t.Helper()
		if got := table.Refuses(t.Context(), r); got != want {
			t.Errorf("%s: refuses is %t", what, got)
		}
	}
	check("nothing enforces", false, stranger)
	if table.NeedsMetadata() {
		t.Error("nothing enforces, and metadata is needed")
	}
	live.Store(enforcing(t, "live"))
	check("a policy enforces since", true, stranger)
	check("it allows this page", false, cors.Request{Method: "GET", Origin: page("live")})
	if !table.NeedsMetadata() {
		t.Error("a policy enforces, and no metadata is needed")
	}
}
