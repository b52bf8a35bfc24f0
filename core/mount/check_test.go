package mount_test

import (
	"errors"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// registered returns routes that are written as "GET /a", or "/a" for all methods, or
// "/a/…" for an opaque prefix.
func registered(all ...string) (found []mount.Route) {
	for _, text := range all {
		method, pattern, ok := strings.Cut(text, " ")
		if !ok {
			method, pattern = "", text
		}
		prefix, opaque := strings.CutSuffix(pattern, "…")
		found = append(found, mount.Route{Method: method, Pattern: prefix, Opaque: opaque})
	}
	return found
}

// TestCheck: each attachment has a route, or the message says what to write.
func TestCheck(t *testing.T) {
	t.Parallel()
	colons := registered("GET /", "GET /admin/users/:id", "PUT /admin/users/:id", "GET /admin/", "GET /internal/jobs", "GET /files/*path", "POST /v1/items", "/any", "GET /static*")
	braces := registered("GET /admin/users/{id}", "PUT /admin/users/{id}", "GET /files/{rest...}", "GET /admin/{$}", "GET api.example/v1/x", "/foreign/…")
	const fine = ""
	for _, tt := range []struct {
		routes        []mount.Route
		method, place string
		want          string // of the hint
	}{
		{colons, "group", "/admin", fine},
		{colons, "group", "/admin/users", fine},
		{colons, "group", "/admin/users/:id", fine},
		{colons, "group", "/static", fine},
		{colons, "GET", "/admin/users/:id", fine},
		{colons, "HEAD", "/admin/users/:id", fine},
		{colons, "", "/admin/users/:id", fine},
		{colons, "PATCH", "/any", fine},
		{braces, "group", "api.example/v1", fine},
		{braces, "group", "/foreign/of/any/kind", fine},
		{braces, "GET", "/foreign/x", fine},

		{colons, "group", "/amdin", `write "/admin"`},
		{colons, "group", "/Admin", `write "/admin"`},
		{colons, "group", "/ADMIN/USERS", `write "/admin/users"`},
		{colons, "group", "/internals", `write "/internal"`},
		{colons, "group", "/admin/user", `write "/admin/users"`},
		{colons, "group", "/admin/users/{id}", `write "/admin/users/:id"`},
		{colons, "group", "/admin/users/:user", `write "/admin/users/:id"`},
		{colons, "group", "/v1/item", `write "/v1/items"`},
		{colons, "group", "/zzz", "none has a similar spelling"},
		{registered("GET /fil/*"), "group", "/fil/es", "none has a similar spelling"}, // "/fil/*" is not a prefix
		{colons, "GET", "/admin/users/:user", `write "GET /admin/users/:id"`},
		{colons, "GET", "/admin/users/{id}", `write "GET /admin/users/:id"`},
		{colons, "PUT", "/admin/user/:id", `write "PUT /admin/users/:id"`},
		{colons, "", "/admin/users/{user}", `write "/admin/users/:id"`},
		{colons, "GET", "/admin", `write "GET /admin/"`},
		{colons, "GET", "/internal/jobs/", `write "GET /internal/jobs"`},
		{colons, "GET", "/files/*", `write "GET /files/*path"`},
		{colons, "GET", "/files/{rest...}", `write "GET /files/*path"`},
		{colons, "DELETE", "/admin/users/:id", `write "GET /admin/users/:id" or "PUT /admin/users/:id"`},
		{colons, "patch", "/any", fine},
		{colons, "POST", "/v1/itmes", `write "POST /v1/items"`},
		{braces, "GET", "/admin/users/:id", `write "GET /admin/users/{id}"`},
		{braces, "GET", "/files/*", `write "GET /files/{rest...}"`},
		{braces, "GET", "/admin/", `write "GET /admin/{$}"`},
		{braces, "group", "/v1", `write "api.example/v1"`},
		{braces, "GET", "/v1/x", `write "GET api.example/v1/x"`},
		{braces, "group", "api.example/v2", `write "api.example/v1"`},
		{registered("patch /x"), "PATCH", "/x", `write "patch /x"`},
		{nil, "group", "/admin", "none has a similar spelling"},
	} {
		table := mount.New(mount.Config{Package: "corsany", Routes: routes(tt.routes...)}, nil, nil)
		must(t, attach(table, tt.method, tt.place, named(t, "a")))
		err := table.Check()
		var problem *cors.ConfigError
		switch errors.As(err, &problem); {
		case (err == nil) != (tt.want == fine):
			t.Errorf("%s %q: %v", tt.method, tt.place, err)
		case err != nil && (problem.Code != "mount-unattached" || !strings.Contains(problem.Hint, tt.want) || !strings.HasSuffix(problem.Value, tt.place)):
			t.Errorf("%s %q: %v (%s), want %s", tt.method, tt.place, err, problem.Code, tt.want)
		}
		if err == nil {
			continue
		}
		if single := strings.Contains(tt.want, "write ") && !strings.Contains(tt.want, " or "); single != (len(problem.Repair) == 1) {
			t.Errorf("%s %q: the repair is %q", tt.method, tt.place, problem.Repair)
		} else if single {
			repaired := mount.New(mount.Config{Package: "corsany", Routes: routes(tt.routes...)}, nil, nil)
			must(t, attachRepaired(repaired, tt.method, problem.Repair), repaired.Check())
		}
	}
}

// TestCheckReportsAll checks that Check reports all mistakes, in the order in which they
// were made.
func TestCheckReportsAll(t *testing.T) {
	t.Parallel()
	table := mount.New(mount.Config{Package: "corsany", Routes: routes(registered("GET /admin/x")...)}, nil, nil)
	must(t, table.Group("/amdin", nil), table.Group("/admin", nil), table.Route("GET", "/admin/y", nil))
	all := cors.ConfigErrors(table.Check())
	if len(all) != 2 || all[0].Value != "/amdin" || all[1].Value != "GET /admin/y" {
		t.Errorf("%v", all)
	}
	if got, want := all[0].Error(), `cors: Group "/amdin": no route is registered there; write "/admin"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCheckWhereTheFrameworkCannotTell(t *testing.T) {
	t.Parallel()
	for name, routes := range map[string]func() ([]mount.Route, bool){"mount-unchecked": unknown, "": func() ([]mount.Route, bool) { panic("not now") }} {
		table := mount.New(mount.Config{Package: "corsany", Routes: routes}, nil, nil)
		err := table.Check()
		var problem *cors.ConfigError
		if errors.As(err, &problem); err == nil || name != "" && problem.Code != name {
			t.Errorf("%q: %v", name, err)
		}
	}
}
