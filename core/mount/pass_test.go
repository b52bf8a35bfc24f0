package mount_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// places are the attachments in these tests. The application has the policy "whole".
var places = []struct{ method, place, name string }{
	{"group", "/admin", "admin"},
	{"group", "/admin/public", "public"},
	{"group", "/internal", ""},
	{"group", "/t/:tenant/keys", "keys"},
	{"group", "api.example/admin", "host"},
	{"PUT", "/items/:id", "put"},
	{"GET", "/only", "only"},
}

var placeNames = []string{"whole", "admin", "public", "keys", "host", "put", "only"}

// placesTable returns a Table in which each place has the Decider that of returns for its
// name.
func placesTable(tb testing.TB, config mount.Config, of func(name string) cors.Decider, opts ...cors.Option) *mount.Table {
	tb.Helper()
	config.Package = "corsany"
	if config.Routes == nil {
		config.Routes = everything
	}
	table := mount.New(config, of("whole"), opts)
	for _, p := range places {
		var d cors.Decider
		if p.name != "" {
			d = of(p.name)
		}
		must(tb, attach(table, p.method, p.place, d))
	}
	return table
}

func served(method, pattern string) exchange {
	return exchange{method: method, pattern: pattern, known: mount.Served}
}

// TestActualRequests: the route that has served a request decides when the head is
// committed, even if another route was expected.
func TestActualRequests(t *testing.T) {
	t.Parallel()
	const nobody = ""
	toAdmin := map[string]string{"GET": "/admin/x"}
	for _, tt := range []struct {
		name, method, path string
		host               string
		routes             map[string]string
		hit                exchange
		status             int
		want               string
	}{
		{"a route of the application", "GET", "/x", "", nil, served("GET", "/x"), 200, "whole"},
		{"a route of a group", "GET", "/admin/x", "", nil, served("GET", "/admin/x"), 200, "admin"},
		{"a route of a group in a group", "GET", "/admin/public/x", "", nil, served("GET", "/admin/public/x"), 200, "public"},
		{"a route of its own", "PUT", "/items/7", "", nil, served("PUT", "/items/:id"), 200, "put"},
		{"another method of that pattern", "GET", "/items/7", "", nil, served("GET", "/items/:id"), 200, "whole"},
		{"a HEAD that GET's route serves", "HEAD", "/only", "", nil, served("GET", "/only"), 200, "only"},
		{"a HEAD by a router that keeps the method", "HEAD", "/only", "", nil, served("HEAD", "/only"), 200, "only"},
		{"a route for a host", "GET", "/admin/x", "api.example", nil, served("GET", "api.example/admin/x"), 200, "host"},
		{"a method that was changed on the way", "POST", "/items/7", "", map[string]string{"POST": "/items/:id"}, served("PUT", "/items/:id"), 200, "put"},
		{"a path that was changed on the way", "GET", "/x", "", map[string]string{"GET": "/x"}, served("GET", "/admin/x"), 200, "admin"},
		{"a path with two readings that a route serves", "GET", "/admin//x", "", nil, served("GET", "/admin/x"), 200, "admin"},
		{"an error of the route's handler", "GET", "/admin/x", "", nil, served("GET", "/admin/x"), 500, "admin"},

		{"a middleware's 401 before a route of a group", "GET", "/admin/x", "", toAdmin, exchange{known: mount.Partly}, 401, "admin"},
		{"a middleware's answer before a route of a group", "GET", "/admin/x", "", toAdmin, exchange{known: mount.Partly}, 200, "admin"},
		{"a HEAD that GET's route would have served", "HEAD", "/admin/x", "", toAdmin, exchange{known: mount.Partly}, 401, "admin"},
		{"a middleware's 401 before what no route serves", "GET", "/admin/none", "", nil, exchange{known: mount.Partly}, 401, "admin"},
		{"a middleware's success before what no route serves", "GET", "/admin/none", "", nil, exchange{known: mount.Partly}, 200, nobody},

		{"a 404", "GET", "/none", "", nil, exchange{known: mount.Nothing}, 404, "whole"},
		{"a 404 in a group", "GET", "/admin/none", "", nil, exchange{known: mount.Nothing}, 404, "admin"},
		{"a 404 at a group's prefix", "GET", "/admin", "", nil, exchange{known: mount.Nothing}, 404, "admin"},
		{"a 404 at a group's prefix with a slash", "GET", "/admin/", "", nil, exchange{known: mount.Nothing}, 404, "admin"},
		{"a 404 next to a group", "GET", "/administrators", "", nil, exchange{known: mount.Nothing}, 404, "whole"},
		{"a 404 in a group with a parameter", "GET", "/t/7/keys/none", "", nil, exchange{known: mount.Nothing}, 404, "keys"},
		{"a 404 next to a group with a parameter", "GET", "/t/7/none", "", nil, exchange{known: mount.Nothing}, 404, "whole"},
		{"a 404 in a group of a host", "GET", "/admin/none", "api.example", nil, exchange{known: mount.Nothing}, 404, "host"},
		{"a 404 in a group of a host with a port", "GET", "/admin/none", "API.example:8080", nil, exchange{known: mount.Nothing}, 404, "host"},
		{"a 404 outside the groups of a host", "GET", "/admin/none", "other.example", nil, exchange{known: mount.Nothing}, 404, "admin"},
		{"a 404 where CORS is off", "GET", "/internal/none", "", nil, exchange{known: mount.Nothing}, 404, nobody},
		{"a 405 in a group", "PATCH", "/admin/x", "", toAdmin, exchange{known: mount.Nothing}, 405, "admin"},
		{"a redirect by the router", "GET", "/admin", "", nil, exchange{known: mount.Nothing}, 301, "admin"},
		{"the least status that is not a success", "GET", "/admin/page", "", nil, exchange{known: mount.Nothing}, 300, "admin"},
		{"a success that no route serves", "GET", "/admin/page", "", nil, exchange{known: mount.Nothing}, 200, nobody},
		{"a 304 that no route serves", "GET", "/page", "", nil, exchange{known: mount.Nothing}, 304, nobody},
		{"a connection that no route takes over", "GET", "/socket", "", nil, exchange{known: mount.Nothing}, 101, nobody},

		{"an empty segment", "GET", "//admin/none", "", nil, exchange{known: mount.Nothing}, 404, nobody},
		{"a dot", "GET", "/admin/../none", "", nil, exchange{known: mount.Nothing}, 404, nobody},
		{"an encoded letter", "GET", "/%61dmin/none", "", nil, exchange{known: mount.Nothing}, 404, nobody},
		{"an encoded slash", "GET", "/admin%2fnone", "", nil, exchange{known: mount.Nothing}, 404, nobody},
		{"a prefix in another case", "GET", "/Admin/none", "", nil, exchange{known: mount.Nothing}, 404, nobody},
		{"no path", "OPTIONS", "*", "", nil, exchange{known: mount.Nothing}, 404, nobody},

		{"a handler for all below the root", "GET", "/page", "", nil, exchange{pattern: "/", known: mount.Below}, 200, "whole"},
		{"a handler for all below the root, in a group", "GET", "/admin/page", "", nil, exchange{pattern: "/", known: mount.Below}, 200, "admin"},
		{"a handler for all below a group", "GET", "/admin/page", "", nil, exchange{pattern: "/admin", known: mount.Below}, 200, "admin"},
		{"a handler for all below a group, in an inner group", "GET", "/admin/public/page", "", nil, exchange{pattern: "/admin", known: mount.Below}, 200, "public"},
		{"a handler for all below a group, and a path that was changed on the way", "GET", "/page", "", nil, exchange{pattern: "/admin", known: mount.Below}, 200, "admin"},
		{"a handler for all below a group, and a path in another", "GET", "/t/7/keys/x", "", nil, exchange{pattern: "/admin", known: mount.Below}, 200, nobody},
		{"a handler for all below an inner group, and a path in the outer", "GET", "/admin/x", "", nil, exchange{pattern: "/admin/public", known: mount.Below}, 200, nobody},
		{"a handler for all below the root, and a path with two readings", "GET", "//admin", "", nil, exchange{pattern: "/", known: mount.Below}, 200, nobody},

		{"a handler for all below a prefix, to which a policy is attached as to a route", "GET", "/only/x", "", map[string]string{"GET": "/only"}, exchange{method: "GET", pattern: "/only", known: mount.Below}, 200, "only"},

		{"two routes that may have served", "GET", "/x", "", nil, exchange{known: mount.Unclear}, 200, nobody},
		{"two routes that may have failed", "GET", "/x", "", nil, exchange{known: mount.Unclear}, 500, nobody},
	} {
		for _, enforce := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, enforcing %t", tt.name, enforce), func(t *testing.T) {
				t.Parallel()
				table := placesTable(t, mount.Config{}, func(name string) cors.Decider {
					if enforce {
						return enforcing(t, name)
					}
					return named(t, name)
				})
				for _, name := range placeNames {
					x := tt.hit
					x.path, x.host, x.routes = tt.path, tt.host, tt.routes
					if x.routes == nil && x.known == mount.Served {
						x.routes = map[string]string{x.method: x.pattern}
					}
					var p mount.Pass
					d, final := p.Begin(table, cors.Request{Method: tt.method, Origin: page(name)}, &x)
					switch {
					case final && !enforce:
						t.Errorf("a page of %s: decided before the handler has run: %v", name, d.Reason())
					case final && (d.Status() != 403 || name == tt.want && !strings.HasSuffix(tt.name, "on the way")):
						t.Errorf("a page of %s: refused with %d: %v", name, d.Status(), d.Reason())
					case !final:
						d = p.Commit(tt.status)
					}
					if again := p.Commit(tt.status); again != d {
						t.Errorf("a page of %s: Commit decides twice", name)
					}
					reads := header(d, allowOrigin) == page(name)
					if reads && name != tt.want {
						t.Errorf("a page of %s reads, and a page of %q may", name, tt.want)
					}
					if !reads && name == tt.want && !final {
						t.Errorf("a page of %s does not read: %v", name, d.Reason())
					}
					if tt.want == nobody && !strings.HasSuffix(tt.name, "off") && !final && d.Reason() != cors.MountUncertain {
						t.Errorf("a page of %s: reason %v", name, d.Reason())
					}
				}
			})
		}
	}
}

// TestRoutedFirst: if the framework has chosen the route already, its policy decides at
// once. Requests without a route wait for the status.
func TestRoutedFirst(t *testing.T) {
	t.Parallel()
	table := placesTable(t, mount.Config{RoutedFirst: true}, func(name string) cors.Decider { return enforcing(t, name) })
	for _, tt := range []struct {
		name, path string
		hit        exchange
		page       string
		final      bool
		refused    bool
		reads      bool
	}{
		{"the route's own page", "/admin/x", served("GET", "/admin/x"), "admin", true, false, true},
		{"another page", "/admin/x", served("GET", "/admin/x"), "whole", true, true, false},
		{"a 404 for the group's page", "/admin/none", exchange{known: mount.Nothing}, "admin", false, false, true},
		{"a 404 for another page", "/admin/none", exchange{known: mount.Nothing}, "whole", true, true, false},
		{"a path with two readings, for the application's page", "//none", exchange{known: mount.Nothing}, "whole", true, true, false},
		{"two routes that may serve", "/x", exchange{known: mount.Unclear}, "whole", true, true, false},
	} {
		x := tt.hit
		x.path = tt.path
		var p mount.Pass
		d, final := p.Begin(table, cors.Request{Method: "GET", Origin: page(tt.page)}, &x)
		if final != tt.final || (final && d.Status() != 0) != tt.refused {
			t.Errorf("%s: final %t, status %d", tt.name, final, d.Status())
		}
		if got := header(p.Commit(404), allowOrigin) != ""; got != tt.reads {
			t.Errorf("%s: reads %t", tt.name, got)
		}
	}
}

// TestSuccessInPlaceOfAnError: what a page may read as an error without a route, no page reads
// if it becomes a success. An error of a route is that route's, whatever becomes of it.
func TestSuccessInPlaceOfAnError(t *testing.T) {
	t.Parallel()
	table := placesTable(t, mount.Config{}, func(name string) cors.Decider { return named(t, name) })
	for _, tt := range []struct {
		name     string
		hit      exchange
		statuses []int
		reads    bool
	}{
		{"the same error", exchange{known: mount.Nothing}, []int{404, 404}, true},
		{"another error", exchange{known: mount.Nothing}, []int{404, 500, 302}, true},
		{"a success", exchange{known: mount.Nothing}, []int{404, 200}, false},
		{"a 304", exchange{known: mount.Nothing}, []int{404, 304}, false},
		{"a success, and then an error", exchange{known: mount.Nothing}, []int{404, 200, 404}, false},
		{"an error in place of a success", exchange{known: mount.Nothing}, []int{200, 404}, false},
		{"a success after middleware has answered where no route is", exchange{known: mount.Partly}, []int{401, 200}, false},
		{"a success after middleware has answered for a route", exchange{known: mount.Partly, routes: map[string]string{"GET": "/admin/x"}}, []int{401, 200}, true},
		{"a success of a route", served("GET", "/admin/x"), []int{404, 200}, true},
	} {
		tt.hit.path = "/admin/x"
		var p mount.Pass
		d, _ := p.Begin(table, cors.Request{Method: "GET", Origin: page("admin")}, &tt.hit)
		for _, status := range tt.statuses {
			d = p.Commit(status)
		}
		if got := header(d, allowOrigin) != ""; got != tt.reads {
			t.Errorf("%s: reads %t, and the reason is %v", tt.name, got, d.Reason())
		}
	}
}

// TestPreflights: the route that the requested method would reach decides.
func TestPreflights(t *testing.T) {
	t.Parallel()
	all := []string{"DELETE", "PATCH", "PUT"}
	table := placesTable(t, mount.Config{}, func(name string) cors.Decider { return named(t, name, all...) })
	for _, tt := range []struct {
		name, path, method string
		routes             map[string]string
		hit                exchange // of OPTIONS
		status             int
		want               string
		answered           bool
	}{
		{"a route of the application", "/x", "PUT", map[string]string{"PUT": "/x"}, exchange{}, 0, "whole", true},
		{"a route of a group", "/admin/x", "PUT", map[string]string{"PUT": "/admin/x"}, exchange{}, 0, "admin", true},
		{"a route of its own", "/items/7", "PUT", map[string]string{"PUT": "/items/:id"}, exchange{}, 0, "put", true},
		{"another method of that pattern", "/items/7", "DELETE", map[string]string{"DELETE": "/items/:id"}, exchange{}, 0, "whole", true},
		{"a HEAD that GET's route serves", "/only", "HEAD", map[string]string{"GET": "/only"}, exchange{}, 0, "only", true},
		{"a path with two readings that a route serves", "//admin", "PUT", map[string]string{"PUT": "/admin/x"}, exchange{}, 0, "admin", true},
		{"white space around the method", "/admin/x", " \tPUT ", map[string]string{"PUT": "/admin/x"}, exchange{}, 0, "admin", true},

		{"a path that no route serves", "/none", "PUT", nil, exchange{known: mount.Nothing}, 404, "whole", false},
		{"a path of a group that no route serves", "/admin/none", "PUT", nil, exchange{known: mount.Nothing}, 404, "admin", false},
		{"a method that no route serves", "/admin/x", "PUT", map[string]string{"GET": "/admin/x"}, exchange{known: mount.Nothing}, 405, "admin", false},
		{"a success by the framework", "/admin/x", "PUT", nil, exchange{known: mount.Nothing}, 204, "admin", false},
		{"an OPTIONS handler of another group", "/admin/x", "PUT", nil, served("OPTIONS", "/admin/public/x"), 200, "public", false},
		{"a path with two readings that no route serves", "//admin", "PUT", nil, exchange{known: mount.Nothing}, 404, "", false},
	} {
		got := reader(func(origin string) *cors.Decision {
			x := tt.hit
			x.path, x.routes = tt.path, tt.routes
			var p mount.Pass
			if _, final := p.Begin(table, cors.Request{Method: "OPTIONS", Origin: " " + origin, RequestMethod: tt.method}, &x); final != tt.answered {
				t.Errorf("%s: answered %t", tt.name, final)
			}
			d := p.Commit(tt.status)
			switch methods := header(d, allowMethods); {
			case !tt.answered && (methods != "" || header(d, "Access-Control-Max-Age") != ""):
				t.Errorf("%s: what no route serves allows the methods %q", tt.name, methods)
			case tt.answered && header(d, allowOrigin) != "" && methods != strings.Join(all, ", "):
				t.Errorf("%s: methods %q", tt.name, methods)
			}
			return d
		}, placeNames...)
		if got != tt.want {
			t.Errorf("%s: %q reads, want %q", tt.name, got, tt.want)
		}
	}
}

// TestPreflightsAreNotRefused: a policy that enforces does not refuse preflights. Their
// status is the framework's. Observers hear of each once, with the policy's reason.
func TestPreflightsAreNotRefused(t *testing.T) {
	t.Parallel()
	var heard []cors.Reason
	table := placesTable(t, mount.Config{}, func(name string) cors.Decider { return enforcing(t, name) }, cors.Around(func(d cors.Decider) cors.Decider {
		return cors.Observe(d, func(_ cors.Request, d cors.Decision) { heard = append(heard, d.Reason()) })
	}))
	for _, path := range []string{"/none", "/admin/none", "//admin"} {
		var p mount.Pass
		x := exchange{path: path, known: mount.Nothing}
		if d, final := p.Begin(table, cors.Request{Method: "OPTIONS", Origin: page("other"), RequestMethod: "PUT"}, &x); final {
			t.Errorf("%s: answered with %d", path, d.Status())
		}
		if d := p.Commit(404); d.Reason() == cors.MountUncertain && d.Status() != 0 {
			t.Errorf("%s: refused", path)
		}
	}
	if want := []cors.Reason{cors.OriginNotAllowed, cors.OriginNotAllowed, cors.MountUncertain}; !slices.Equal(heard, want) {
		t.Errorf("observers hear of %v, want %v", heard, want)
	}
}

// TestRouteMethods: the answer lists the methods whose routes at this path belong to the
// same Scope.
func TestRouteMethods(t *testing.T) {
	t.Parallel()
	users := map[string]string{"GET": "/users/{id}", "PUT": "/users/{id}", "DELETE": "/users/{id}"}
	root := map[string]string{"GET": "/users/{id}", "PUT": "/users/root", "DELETE": "/users/{id}"}
	listed := named(t, "a", "DELETE", "PATCH", "PROPFIND", "PUT")
	anyMethod := named(t, "a", "*")
	withCookies := policy(t, cors.Config{AllowOrigins: []string{page("a")}, AllowMethods: []string{"*"}, AllowCredentials: true})
	live := new(cors.Live)
	live.Store(listed)
	for _, tt := range []struct {
		name      string
		d         cors.Decider
		routes    map[string]string
		anyMethod string
		requested string
		want      string
	}{
		{"those that a policy lists and the path serves", listed, users, "", "PUT", "DELETE, PUT"},
		{"those of the path, not of the pattern", listed, root, "", "DELETE", "DELETE"},
		{"a method that the policy does not list", listed, map[string]string{"PUT": "/x", "MKCOL": "/x"}, "", "MKCOL", "PUT"},
		{"all that a policy lists where a route serves any", listed, nil, "/x", "PUT", "DELETE, PATCH, PROPFIND, PUT"},
		{"the common ones of a policy that allows any", anyMethod, users, "", "PUT", "DELETE, PUT"},
		{"what was asked for with credentials", withCookies, map[string]string{"MKCOL": "/x", "PUT": "/x"}, "", "MKCOL", "MKCOL, PUT"},
		{"of a Live", live, users, "", "PUT", "DELETE, PUT"},
		{"of what is observed", cors.Observe(listed, func(cors.Request, cors.Decision) {}), users, "", "PUT", "DELETE, PUT"},
		{"none that needs no preflight", anyMethod, map[string]string{"GET": "/x", "POST": "/x"}, "", "POST", ""},
	} {
		table := mount.New(mount.Config{Package: "corsany", Routes: everything}, tt.d, []cors.Option{cors.RouteMethods()})
		must(t, table.Route("PUT", "/users/root", named(t, "strict")))
		x := exchange{path: "/p", routes: tt.routes, anyMethod: tt.anyMethod}
		for range 2 {
			var p mount.Pass
			d, _ := p.Begin(table, cors.Request{Method: "OPTIONS", Origin: page("a"), RequestMethod: tt.requested}, &x)
			if got := header(d, allowMethods); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
	}
}

// TestEachScopeDecidesOnce: an observer gets one report for a request, even if the router
// is asked before the handler runs.
func TestEachScopeDecidesOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		routes map[string]string
		hit    exchange
		want   string
	}{
		{"as expected", map[string]string{"GET": "/admin/x"}, served("GET", "/admin/x"), "admin"},
		{"by another route", map[string]string{"GET": "/x"}, served("GET", "/admin/x"), "whole admin"},
		{"by no route", nil, exchange{known: mount.Nothing}, "admin"},
		{"unclear", map[string]string{"GET": "/admin/x"}, exchange{known: mount.Unclear}, "admin"},
	} {
		var heard []string
		table := placesTable(t, mount.Config{}, func(name string) cors.Decider {
			return cors.Observe(named(t, name), func(cors.Request, cors.Decision) { heard = append(heard, name) })
		})
		x := tt.hit
		x.path, x.routes = "/admin/none", tt.routes
		var p mount.Pass
		p.Begin(table, cors.Request{Method: "GET", Origin: page("admin")}, &x)
		p.Commit(404)
		p.Commit(404)
		if got := strings.Join(heard, " "); got != tt.want {
			t.Errorf("%s: %q decided, want %q", tt.name, got, tt.want)
		}
	}
}

// TestRefusedTooLate: if another route serves the request than the router has said, and its
// policy would have refused the request, no page may read the response.
func TestRefusedTooLate(t *testing.T) {
	t.Parallel()
	anyone := policy(t, cors.Config{AllowOrigins: []string{"*"}, Enforce: cors.EnforceUnsafe})
	table := mount.New(mount.Config{Package: "corsany", Routes: everything}, named(t, "whole"), nil)
	must(t, table.Group("/admin", anyone))
	x := served("POST", "/admin/x")
	x.path, x.routes = "/x", map[string]string{"POST": "/x"}
	var p mount.Pass
	if _, final := p.Begin(table, cors.Request{Method: "POST", Origin: page("whole")}, &x); final {
		t.Fatal("refused beforehand")
	}
	if d := p.Commit(200); d.Reason() != cors.MountUncertain || header(d, allowOrigin) != "" || header(d, "Vary") != "Origin" {
		t.Errorf("%v, readable by %q", d.Reason(), header(d, allowOrigin))
	}
}

// TestAPassBeginsAgain: the last Begin counts, even with another Mount's Table.
func TestAPassBeginsAgain(t *testing.T) {
	t.Parallel()
	outer := placesTable(t, mount.Config{}, func(name string) cors.Decider { return named(t, name) })
	inner := mount.New(mount.Config{Package: "corsany", Routes: everything}, named(t, "inner"), nil)
	r := cors.Request{Method: "GET", Origin: page("inner")}
	x := served("GET", "/admin/x")
	x.path = "/admin/x"
	var p mount.Pass
	p.Begin(outer, r, &x)
	if header(p.Commit(200), allowOrigin) != "" {
		t.Error("the outer Mount allows a page of the inner one")
	}
	p.Begin(inner, r, &x)
	if header(p.Commit(200), allowOrigin) == "" {
		t.Error("the inner Mount decided nothing")
	}
}

// TestAttachedWhileServing: an attachment applies to requests that begin afterwards.
func TestAttachedWhileServing(t *testing.T) {
	t.Parallel()
	table := mount.New(mount.Config{Package: "corsany", Routes: everything}, named(t, "whole"), nil)
	x := served("GET", "/admin/x")
	r := cors.Request{Method: "GET", Origin: page("admin")}
	var before, after mount.Pass
	before.Begin(table, r, &x)
	must(t, table.Group("/admin", named(t, "admin")))
	after.Begin(table, r, &x)
	if header(before.Commit(200), allowOrigin) != "" || header(after.Commit(200), allowOrigin) == "" {
		t.Error("what is attached holds for another request than the next")
	}
}

// panicking is a router that panics when it is asked.
type panicking struct{ exchange }

func (*panicking) Ask(string) string { panic("no routes here") }

func (*panicking) Hit() (method, pattern string, known mount.Known) { panic("no routes here") }

func (*panicking) Context() context.Context { return context.Background() }

// TestPanickingRouters: if a router panics, the request goes on, and no page may read the
// response.
func TestPanickingRouters(t *testing.T) {
	t.Parallel()
	table := placesTable(t, mount.Config{}, func(name string) cors.Decider { return enforcing(t, name) })
	for _, r := range []cors.Request{
		{Method: "GET", Origin: page("whole")},
		{Method: "OPTIONS", Origin: page("whole"), RequestMethod: "PUT"},
		{Method: "GET"},
	} {
		var p mount.Pass
		x := &panicking{exchange{path: "/x"}}
		p.Begin(table, r, x)
		if d := p.Commit(200); d.Reason() != cors.MountUncertain || header(d, allowOrigin) != "" {
			t.Errorf("%v: %v, readable by %q", r, d.Reason(), header(d, allowOrigin))
		}
	}
}
