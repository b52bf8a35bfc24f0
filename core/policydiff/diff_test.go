package policydiff_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
)

const (
	app = "https://app.example.com"
	old = "https://old.example.com"
)

func allowed(context.Context, cors.Request, cors.Origin) (bool, error) { return true, nil }
func refused(context.Context, cors.Request, cors.Origin) (bool, error) { return false, nil }

// closure returns functions with the same code that allow different origins.
func closure(host string) func(context.Context, cors.Request, cors.Origin) (bool, error) {
	return func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) { return o.Host == host, nil }
}

// TestDiff has a row for each field, and for each relation between two policies.
func TestDiff(t *testing.T) {
	t.Parallel()
	list := func(origins ...string) cors.Config { return cors.Config{AllowOrigins: origins} }
	with := func(c cors.Config, change func(*cors.Config)) cors.Config { change(&c); return c }
	one := list(app)
	anyOrigin := with(list("*"), func(c *cors.Config) { c.Enforce = cors.EnforceUnsafe })
	anyCredentials := cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true, Dangerously: cors.Dangers{AnyOriginWithCredentials: true}}
	dangers := cors.Dangers{NullOrigin: true, FileOrigin: true, AnyOriginWithCredentials: true, SchemesWithCredentials: true}
	near := closure("near.example")
	for _, tt := range []struct {
		name      string
		old, next cors.Config
		want      string
	}{
		{"the same", one, one, ""},
		{"another order, and an origin twice", list(app, old), list(old, app, old), ""},
		{"an origin that a pattern has", list("https://*.example.com"), list("https://*.example.com", app), ""},
		{"a union instead of a pattern", list("https://app-*.example.com"), list("https://app-*.example.com", "https://app-a*.example.com"), ""},
		{"an origin more", one, list(app, old), "wider: AllowOrigins " + old + ", for example GET from " + old},
		{"an origin less", list(app, old), one, "narrower: AllowOrigins " + old + ", for example GET from " + old},
		{
			"a pattern for an origin", one, list("https://*.example.com"),
			"wider: AllowOrigins https://*.example.com, for example GET from https://other.example.com",
		},
		{
			"any port", list("http://localhost:3000"), list("http://localhost:*"),
			"wider: AllowOrigins http://localhost:*, for example GET from http://localhost:49152",
		},
		{"any origin", one, list("*"), "wider: AllowOrigins *, for example GET from https://other.example"},
		{"any origin no longer", list("*"), one, "narrower: AllowOrigins *, for example GET from https://other.example"},
		{"a scheme", list("app://a"), list("app://*"), "wider: AllowOrigins app://*, for example GET from app://other"},
		{
			"null", one, cors.Config{AllowOrigins: []string{app, "null"}, Dangerously: dangers},
			"wider: AllowOrigins null, for example GET from null\n" +
				"other: Dangerously.NullOrigin false -> true\nother: Dangerously.FileOrigin false -> true\nother: Dangerously.SchemesWithCredentials false -> true\nother: Dangerously.AnyOriginWithCredentials false -> true",
		},
		{
			"any origin, with credentials", list("*"), anyCredentials,
			"wider: AllowCredentials false -> true, for example GET from https://other.example\n" +
				"narrower: AllowOrigins *, for example GET from null\nother: Dangerously.AnyOriginWithCredentials false -> true",
		},
		{
			"files, where any origin has credentials", with(anyCredentials, func(c *cors.Config) { c.Dangerously = dangers }),
			cors.Config{AllowOrigins: []string{"https://a.example", "file://"}, Dangerously: dangers},
			"wider: AllowOrigins file://, for example GET from file://\n" +
				"narrower: AllowOrigins *, for example GET from https://other.example\nnarrower: AllowCredentials true -> false, for example GET from https://a.example",
		},
		{
			"an origin that is trusted now", anyOrigin, with(one, func(c *cors.Config) { c.Enforce = cors.EnforceUnsafe }),
			"wider: AllowOrigins " + app + ", for example PUT from " + app + "\nnarrower: AllowOrigins *, for example GET from https://other.example",
		},
		{"credentials", one, with(one, func(c *cors.Config) { c.AllowCredentials = true }), "wider: AllowCredentials false -> true, for example GET from " + app},
		{
			"a method and another", with(one, func(c *cors.Config) { c.AllowMethods = []string{"PUT"} }), with(one, func(c *cors.Config) { c.AllowMethods = []string{"DELETE"} }),
			"wider: AllowMethods DELETE, for example a preflight for DELETE from " + app + "\nnarrower: AllowMethods PUT, for example a preflight for PUT from " + app,
		},
		{
			"any method", with(one, func(c *cors.Config) { c.AllowMethods = []string{"PUT", "OTHER"} }), with(one, func(c *cors.Config) { c.AllowMethods = []string{"*"} }),
			"wider: AllowMethods *, for example a preflight for OTHER2 from " + app + "\nother: AllowMethods OTHER\nother: AllowMethods PUT",
		},
		{
			"HEAD, which needs no permission", with(one, func(c *cors.Config) { c.AllowHeaders = []string{"x-a"} }),
			with(one, func(c *cors.Config) { c.AllowHeaders, c.AllowMethods = []string{"x-a"}, []string{"HEAD"} }), "other: AllowMethods HEAD",
		},
		{
			"a header", one, with(one, func(c *cors.Config) { c.AllowHeaders = []string{"X-A"} }),
			"wider: AllowHeaders x-a, for example a preflight for GET with the header x-a from " + app,
		},
		{
			"any header, with Authorization", with(one, func(c *cors.Config) { c.AllowHeaders = []string{"x-a"} }), with(one, func(c *cors.Config) { c.AllowHeaders = []string{"*", "Authorization", "x-a"} }),
			"wider: AllowHeaders *, for example a preflight for GET with the header x-other from " + app + "\nwider: AllowHeaders authorization, for example a preflight for GET with the header authorization from " + app,
		},
		{
			"credentials, with which any header is Authorization too", with(one, func(c *cors.Config) { c.AllowHeaders = []string{"*"} }),
			with(one, func(c *cors.Config) { c.AllowHeaders, c.AllowCredentials = []string{"*"}, true }),
			"wider: AllowCredentials false -> true, for example GET from " + app + "\nwider: AllowHeaders authorization, for example a preflight for GET with the header authorization from " + app,
		},
		{
			"an exposed header", with(one, func(c *cors.Config) { c.ExposeHeaders = []string{"x-a", "x-b"} }), with(one, func(c *cors.Config) { c.ExposeHeaders = []string{"x-b", "x-c"} }),
			"wider: ExposeHeaders x-c, for example GET from " + app + "\nnarrower: ExposeHeaders x-a, for example GET from " + app,
		},
		{
			"all exposed", with(one, func(c *cors.Config) { c.ExposeHeaders = []string{"x-a"} }), with(one, func(c *cors.Config) { c.ExposeHeaders = []string{"*"} }),
			"wider: ExposeHeaders *, for example GET from " + app + "\nother: ExposeHeaders x-a",
		},
		{
			"no more enforcement", with(one, func(c *cors.Config) { c.Enforce = cors.EnforceAll }), one,
			"wider: Enforce all -> none, for example PUT from https://other.example",
		},
		{
			"less enforcement", with(one, func(c *cors.Config) { c.Enforce = cors.EnforceAll }), with(one, func(c *cors.Config) { c.Enforce = cors.EnforceUnsafe }),
			"wider: Enforce all -> unsafe, for example GET from https://other.example",
		},
		{
			"enforcement", one, with(one, func(c *cors.Config) { c.Enforce = cors.EnforceUnsafe }),
			"narrower: Enforce none -> unsafe, for example PUT from https://other.example",
		},
		{
			"no more enforcement, next to a function", with(one, func(c *cors.Config) { c.Enforce, c.AllowOriginFunc = cors.EnforceUnsafe, near }), with(one, func(c *cors.Config) { c.AllowOriginFunc = near }),
			"wider: Enforce unsafe -> none, for example PUT from null",
		},
		{
			"no more enforcement, next to a function and null", with(list("null"), func(c *cors.Config) {
				c.Enforce, c.AllowOriginFunc, c.Dangerously.NullOrigin = cors.EnforceUnsafe, near, true
			}),
			with(list("null"), func(c *cors.Config) { c.AllowOriginFunc, c.Dangerously.NullOrigin = near, true }),
			"wider: Enforce unsafe -> none (not proven), for example PUT from https://other.example",
		},
		{
			"what is no permission", one,
			cors.Config{AllowOrigins: one.AllowOrigins, VaryBy: []string{"X-Tenant"}, MaxAge: time.Hour, PreflightStatus: 200, PassPreflight: true, Dangerously: cors.Dangers{PublicSuffixes: true}},
			"other: VaryBy  -> X-Tenant\nother: MaxAge 0s -> 1h0m0s\nother: PreflightStatus 204 -> 200\nother: PassPreflight false -> true\nother: Dangerously.PublicSuffixes false -> true",
		},
		{"a status that is the default", one, with(one, func(c *cors.Config) { c.PreflightStatus = 204 }), ""},
		{"a function", one, with(one, func(c *cors.Config) { c.AllowOriginFunc = refused }), "wider: AllowOriginFunc none -> a function (not proven), for example GET from https://other.example"},
		{"no function", with(one, func(c *cors.Config) { c.AllowOriginFunc = allowed }), one, "narrower: AllowOriginFunc a function -> none (not proven), for example GET from https://other.example"},
		{"the same function", with(one, func(c *cors.Config) { c.AllowOriginFunc = allowed }), with(one, func(c *cors.Config) { c.AllowOriginFunc = allowed }), ""},
		{"the same closure", with(one, func(c *cors.Config) { c.AllowOriginFunc = near }), with(one, func(c *cors.Config) { c.AllowOriginFunc = near }), ""},
		{
			"another closure", with(one, func(c *cors.Config) { c.AllowOriginFunc = near }), with(one, func(c *cors.Config) { c.AllowOriginFunc = closure("far.example") }),
			"wider: AllowOriginFunc a function -> another (not proven), for example GET from https://other.example\nnarrower: AllowOriginFunc a function -> another (not proven), for example GET from https://other.example",
		},
		{
			"a function, where any origin reads", list("*"), cors.Config{AllowOriginFunc: allowed},
			"narrower: AllowOrigins * (not proven), for example GET from https://other.example",
		},
		{
			"an origin that the function may have allowed", cors.Config{AllowOriginFunc: near}, cors.Config{AllowOrigins: []string{app}, AllowOriginFunc: near, AllowMethods: []string{"PUT"}},
			"wider: AllowOrigins " + app + " (not proven), for example GET from " + app + "\nwider: AllowMethods PUT, for example a preflight for PUT from " + app,
		},
		{
			"a method for what the function allows", cors.Config{AllowOriginFunc: near}, cors.Config{AllowOriginFunc: near, AllowMethods: []string{"PUT"}},
			"wider: AllowMethods PUT (not proven), for example a preflight for PUT from https://other.example",
		},
		{
			"nothing in common", cors.Config{AllowOrigins: []string{old}, AllowMethods: []string{"PUT"}}, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT", "PATCH"}, AllowCredentials: true},
			"wider: AllowOrigins " + app + ", for example GET from " + app + "\nwider: AllowCredentials false -> true, for example GET from " + app + "\nwider: AllowMethods PATCH, for example a preflight for PATCH from " + app +
				"\nnarrower: AllowOrigins " + old + ", for example GET from " + old,
		},
	} {
		var lines []string
		for _, c := range policydiff.Diff(cors.MustCompile(tt.old), cors.MustCompile(tt.next)) {
			lines = append(lines, c.String())
		}
		if got := strings.Join(lines, "\n"); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestDiffOfNil checks that a nil policy counts as one that lets no page read.
func TestDiffOfNil(t *testing.T) {
	t.Parallel()
	p := cors.MustCompile(cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"PUT"}, ExposeHeaders: []string{"x-a"}, Enforce: cors.EnforceAll})
	directions := func(changes []policydiff.Change) (fields [3][]string) {
		for _, c := range changes {
			fields[c.Direction] = append(fields[c.Direction], c.Field)
			if !c.Proven {
				t.Errorf("%s", c)
			}
		}
		return fields
	}
	grants, enforces := []string{"AllowOrigins", "AllowCredentials", "AllowMethods", "ExposeHeaders"}, []string{"Enforce"}
	if got := directions(policydiff.Diff(nil, p)); !reflect.DeepEqual(got, [3][]string{grants, enforces}) {
		t.Errorf("from nil: %v", got)
	}
	if got := directions(policydiff.Diff(p, nil)); !reflect.DeepEqual(got, [3][]string{enforces, grants}) {
		t.Errorf("to nil: %v", got)
	}
	if got := policydiff.Diff(nil, nil); got != nil {
		t.Errorf("nil twice: %v", got)
	}
}

// TestEachFieldCounts changes each field of a Config, including future ones, and expects a
// Change with its name.
func TestEachFieldCounts(t *testing.T) {
	t.Parallel()
	base := cors.Config{AllowOrigins: []string{app}, AllowOriginFunc: allowed}
	check := func(name string, changed cors.Config) {
		changes := policydiff.Diff(cors.MustCompile(base), cors.MustCompile(changed))
		if len(changes) == 0 || slices.ContainsFunc(changes, func(c policydiff.Change) bool { return c.Field != name }) {
			t.Errorf("%s: %v", name, changes)
		}
	}
	for i := range reflect.TypeFor[cors.Config]().NumField() {
		c := base
		name, field := reflect.TypeFor[cors.Config]().Field(i).Name, reflect.ValueOf(&c).Elem().Field(i)
		switch {
		case name == "AllowOriginFunc":
			c.AllowOriginFunc = refused
		case name == "AllowOrigins":
			c.AllowOrigins = []string{app, old}
		case name == "MaxAge":
			c.MaxAge = time.Minute
		case name == "PreflightStatus":
			c.PreflightStatus = 200
		case field.Kind() == reflect.Slice:
			field.Set(reflect.ValueOf([]string{"X-A"}))
		case field.Kind() == reflect.Bool:
			field.SetBool(true)
		case field.Kind() == reflect.Uint8:
			field.SetUint(1)
		case field.Kind() == reflect.Struct:
			for j := range field.NumField() {
				c := base
				reflect.ValueOf(&c).Elem().Field(i).Field(j).SetBool(true)
				check(name+"."+field.Type().Field(j).Name, c)
			}
			continue
		default:
			t.Fatalf("%s: write how to change it", name)
		}
		check(name, c)
	}
}

func TestDirectionTexts(t *testing.T) {
	t.Parallel()
	for d, want := range []string{"wider", "narrower", "other", "Direction(3)"} {
		text, err := policydiff.Direction(d).MarshalText()
		if string(text) != want || err != nil || fmt.Sprint(policydiff.Direction(d)) != want {
			t.Errorf("%q, %v", text, err)
		}
	}
}
