package mount_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// mistakes are attachments that a Table refuses.
var mistakes = []struct {
	method, place string // a group's prefix if method is "group"
	code, hint    string
}{
	{"group", "", "mount-place", "the whole application"},
	{"group", "/", "mount-place", "the whole application"},
	{"group", "api", "mount-place", `write "/api"`},
	{"group", "GET /api", "mount-place", "write only the prefix"},
	{"group", "/api/*", "mount-place", `write "/api"`},
	{"group", "/api/*/", "mount-place", `write "/api"`},
	{"group", "/api*", "mount-place", `write "/api"`},
	{"group", "/api/*path", "mount-place", `write "/api"`},
	{"group", "/api/+", "mount-place", `write "/api"`},
	{"group", "/api/{rest...}", "mount-place", `write "/api"`},
	{"group", "/api/{$}", "mount-place", `write "/api"`},
	{"group", "/*", "mount-place", "the whole application"},
	{"GET,PUT", "/items", "mount-place", "not a method"},
	{"get", "/items", "mount-place", `write "GET"`},
	{"Delete", "/items", "mount-place", `write "DELETE"`},
	{"PUT", "items", "mount-place", `write "/items"`},
	{"PUT", "", "mount-place", `write "/"`},
	{"", "PUT /items", "mount-place", "write the method as the first argument"},
	{"group", "/twice", "mount-twice", "attached there already"},
	{"group", "/twice/", "mount-twice", "attached there already"},
	{"PUT", "/twice", "mount-twice", "attached there already"},
	{"", "/twice", "mount-twice", "attached there already"},
	{"", "/off", "mount-twice", "attached there already"},
}

func attach(t *mount.Table, method, place string, d cors.Decider) error {
	if method == "group" {
		return t.Group(place, d)
	}
	return t.Route(method, place, d)
}

// attachRepaired attaches a policy by the repair of an error.
func attachRepaired(t *mount.Table, method string, repair []string) error {
	if len(repair) != 1 {
		return errors.New("there are several")
	}
	if method == "group" {
		return t.Group(repair[0], nil)
	}
	method, pattern, found := strings.Cut(repair[0], " ")
	if !found {
		method, pattern = "", repair[0]
	}
	return t.Route(method, pattern, nil)
}

func TestMistakesAreRefused(t *testing.T) {
	t.Parallel()
	p := named(t, "a")
	table := mount.New(mount.Config{Package: "corsany", Routes: unknown}, nil, nil)
	must(t, table.Group("/twice", p), table.Route("PUT", "/twice", p), table.Route("", "/twice", p), table.Route("", "/off", nil))
	before := table.Scope("PUT", "/twice")
	for _, tt := range mistakes {
		err := attach(table, tt.method, tt.place, named(t, "b"))
		var problem *cors.ConfigError
		switch {
		case !errors.As(err, &problem):
			t.Errorf("%s %q: error %v", tt.method, tt.place, err)
		case problem.Code != tt.code || !strings.Contains(problem.Hint, tt.hint) || !strings.Contains(problem.Value, tt.place):
			t.Errorf("%s %q: %v (%s), want %s: …%s…", tt.method, tt.place, err, problem.Code, tt.code, tt.hint)
		}
	}
	for _, tt := range mistakes {
		fresh := mount.New(mount.Config{Package: "corsany", Routes: unknown}, nil, nil)
		var problem *cors.ConfigError
		if errors.As(attach(fresh, tt.method, tt.place, nil), &problem); problem == nil || problem.Repair == nil {
			continue // nothing to repair, or the repair is in doubt
		}
		if err := attachRepaired(fresh, tt.method, problem.Repair); err != nil || !strings.Contains(problem.Hint, "write ") {
			t.Errorf("%s %q: %q is no repair: %v", tt.method, tt.place, problem.Repair, err)
		}
	}
	if table.Scope("PUT", "/twice") != before {
		t.Error("what was refused has changed something")
	}
}

// TestNilDeciders: nil switches CORS off. A nil pointer to a Live or Routes is a mistake,
// and panics at start.
func TestNilDeciders(t *testing.T) {
	t.Parallel()
	panics := func(what, want string, f func()) {
		t.Helper()
		defer func() {
			if got, _ := recover().(string); !strings.HasPrefix(got, want) {
				t.Errorf("%s: panic %q, want %q", what, got, want)
			}
		}()
		f()
	}
	config := mount.Config{Package: "corsany", Routes: unknown}
	table := mount.New(config, nil, nil)
	must(t, table.Group("/nil", nil), table.Group("/policy", (*cors.Policy)(nil)), table.Group("/live", new(cors.Live)))
	for _, pattern := range []string{"/x", "/nil/x", "/policy/x", "/live/x"} {
		if d := table.Scope("GET", pattern).Decider().Decide(t.Context(), cors.Request{Method: "GET", Origin: page("a")}); d.Reason() != cors.NoPolicy {
			t.Errorf("%s: %v", pattern, d.Reason())
		}
	}
	panics("a nil Live for the application", "corsany.NewMount: the Decider is a nil *cors.Live", func() { mount.New(config, (*cors.Live)(nil), nil) })
	panics("a nil Routes for a group", "corsany.Mount.Group: the Decider is a nil *cors.Routes", func() { _ = table.Group("/a", (*cors.Routes)(nil)) })
	panics("a nil Live for a route", "corsany.Mount.Route: the Decider is a nil *cors.Live", func() { _ = table.Route("GET", "/a", (*cors.Live)(nil)) })
	panics("an option given twice", "corsany.NewMount: cors.RouteMethods is given twice", func() {
		mount.New(config, nil, []cors.Option{cors.RouteMethods(), cors.RouteMethods()})
	})
}

func TestResponsesAreGuarded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts []cors.Option
		want cors.GuardMode
	}{
		{nil, cors.PolicyWins},
		{[]cors.Option{cors.Guard(cors.PolicyWins)}, cors.PolicyWins},
		{[]cors.Option{cors.Guard(cors.HandlerWins)}, cors.HandlerWins},
	} {
		if got := mount.New(mount.Config{Package: "corsany", Routes: unknown}, nil, tt.opts).Guard(); got != tt.want {
			t.Errorf("%d options: %v, want %v", len(tt.opts), got, tt.want)
		}
	}
}

// TestScopes gives each place its own page, and checks which page may read.
func TestScopes(t *testing.T) {
	t.Parallel()
	places := []struct{ method, place, name string }{
		{"group", "/v1", "v1"},
		{"group", "/v1/admin/", "admin"},
		{"group", "/v1/:id", "id"},
		{"group", "/off", ""},
		{"group", "/off/on", "on"},
		{"group", "api.example/v1", "host"},
		{"PUT", "/v1/admin/users", "put"},
		{"GET", "/v1/admin/users", "get"},
		{"", "/v1/admin/any", "any"},
		{"DELETE", "/v1/admin/any", ""},
	}
	tests := []struct{ method, pattern, want string }{
		{"GET", "/", "whole"},
		{"GET", "/v1", "v1"},
		{"GET", "/v1/", "v1"},
		{"GET", "/v1/items/:id", "v1"},
		{"GET", "/v1*", "v1"},
		{"GET", "/v1/*", "v1"},
		{"GET", "/v1x", "whole"},
		{"GET", "/V1/items", "whole"},
		{"GET", "/v1/admin", "admin"},
		{"GET", "/v1/admin/", "admin"},
		{"GET", "/v1/administrators", "v1"},
		{"GET", "/v1/admin/x/y/z", "admin"},
		{"GET", "/v1/:id/x", "id"},
		{"GET", "/v1/:name/x", "v1"},
		{"GET", "/off", ""},
		{"GET", "/off/x", ""},
		{"GET", "/off/on/x", "on"},
		{"GET", "api.example/v1/x", "host"},
		{"GET", "api.example/v2", "whole"},
		{"PUT", "/v1/admin/users", "put"},
		{"GET", "/v1/admin/users", "get"},
		{"HEAD", "/v1/admin/users", "get"},
		{"DELETE", "/v1/admin/users", "admin"},
		{"PUT", "/v1/admin/users/", "admin"},
		{"put", "/v1/admin/users", "admin"},
		{"GET", "/v1/admin/any", "any"},
		{"DELETE", "/v1/admin/any", ""},
	}
	var registered []mount.Route
	for _, tt := range tests {
		registered = append(registered, mount.Route{Method: tt.method, Pattern: tt.pattern})
	}
	for _, known := range []bool{false, true} { // whether the routes are known does not matter
		table := mount.New(mount.Config{Package: "corsany", Routes: func() ([]mount.Route, bool) { return registered, known }}, named(t, "whole"), nil)
		names := []string{"whole"}
		for _, p := range places {
			var d cors.Decider
			if p.name != "" {
				d, names = named(t, p.name), append(names, p.name)
			}
			if err := attach(table, p.method, p.place, d); err != nil {
				t.Fatal(err)
			}
		}
		if err := table.Check(); known && err != nil {
			t.Fatal(err)
		}
		for _, tt := range tests {
			got := reader(func(origin string) *cors.Decision {
				d := table.Scope(tt.method, tt.pattern).Decider().Decide(t.Context(), cors.Request{Method: "GET", Origin: origin})
				return &d
			}, names...)
			if got != tt.want {
				t.Errorf("known %t: %s %s: %q decides, want %q", known, tt.method, tt.pattern, got, tt.want)
			}
		}
	}
}

// TestAroundWrapsEachScopeOnce: Around wraps each attached Decider, and those that let no
// page read.
func TestAroundWrapsEachScopeOnce(t *testing.T) {
	t.Parallel()
	var inner []cors.Decider
	wrap := cors.Around(func(d cors.Decider) cors.Decider {
		inner = append(inner, d)
		return new(cors.Tally).Of(d)
	})
	app, group, route := named(t, "app"), named(t, "group"), named(t, "route")
	table := mount.New(mount.Config{Package: "corsany", Routes: unknown}, app, []cors.Option{wrap})
	must(t, table.Group("/v1", group), table.Route("PUT", "/v1/x", route))
	for _, d := range []cors.Decider{app, group, route} {
		if n := len(slices.DeleteFunc(slices.Clone(inner), func(e cors.Decider) bool { return e != d })); n != 1 {
			t.Errorf("a policy was wrapped %d times", n)
		}
	}
	if len(inner) != 6 {
		t.Errorf("%d Deciders were wrapped, want the 3 that were attached and 3 that close", len(inner))
	}
	if _, bare := table.Scope("PUT", "/v1/x").Decider().(*cors.Policy); bare {
		t.Error("a Scope has the Decider without what wraps it")
	}
}

// Attaching a policy copies none of those before it: a generated program may attach
// thousands.
func TestAttachIsLinear(t *testing.T) { // not parallel: AllocsPerRun refuses that
	const routes = 500
	allocated := func(all int) float64 {
		return testing.AllocsPerRun(1, func() {
			table := mount.New(mount.Config{Package: "corsmine", Routes: func() ([]mount.Route, bool) { return nil, true }}, nil, nil)
			for i := range all {
				if err := table.Route("GET", "/items/"+strconv.Itoa(i), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	if one, ten := allocated(routes), allocated(10*routes); ten > 12*one {
		t.Errorf("ten times the attachments make %.1f times the allocations", ten/one)
	}
}
