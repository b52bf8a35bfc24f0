package soak

import (
	"slices"
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// adapter is a column of the report.
type adapter struct {
	name  string // the name of its folder
	start conformance.Start
	mount conformance.MountStart
}

func adapters() []adapter {
	return []adapter{
		{"corshttp", corshttptest.Start, corshttptest.StartMount},
		{"corschi", corschitest.Start, corschitest.StartMount},
		{"corsgin", corsgintest.Start, corsgintest.StartMount},
		{"corsecho", corsechotest.Start, corsechotest.StartMount},
		{"corsechov5", corsechov5test.Start, corsechov5test.StartMount},
		{"corsfasthttp", corsfasthttptest.Start, nil}, // it has no router
		{"corsfiber", corsfibertest.Start, corsfibertest.StartMount},
		{"corsfiberv3", corsfiberv3test.Start, corsfiberv3test.StartMount},
	}
}

// The ways to install each adapter.
const (
	plain   = "plain"
	guarded = "guard"
	mounted = "mount"
)

// target is a server under test.
type target struct {
	adapter string
	mode    string
	addr    string
	guarded bool
	places  []*place
}

// place is a part of a target's application with its own policies.
type place struct {
	prefix string
	*reign
}

func (t *target) name() string { return t.adapter + ", " + t.mode }

// takes reports whether the server accepts requests of the kind. StartMount gives fiber
// its default limit of 4 KiB for a head.
func (t *target) takes(k *kind) bool { return !k.large || t.mode != mounted }

// start starts a target whose application serves the routes below each prefix.
func start(tb testing.TB, adapter, mode string, serve func(testing.TB, []*place) string, prefixes ...string) *target {
	tb.Helper()
	t := &target{adapter: adapter, mode: mode, guarded: mode != plain} // a Mount always has a guard
	for _, prefix := range prefixes {
		r, err := newReign()
		if err != nil {
			tb.Fatal(err)
		}
		t.places = append(t.places, &place{prefix, r})
	}
	t.addr = serve(tb, t.places)
	return t
}

// targets starts every adapter in every mode. A Mount has two places. A separate policy
// is attached to the place below the sub-router's prefix.
func targets(tb testing.TB) []*target {
	tb.Helper()
	var all []*target
	for _, a := range adapters() {
		for mode, options := range map[string][]cors.Option{plain: nil, guarded: {cors.Guard(cors.PolicyWins)}} {
			all = append(all, start(tb, a.name, mode, func(tb testing.TB, at []*place) string {
				return a.start(tb, conformance.App{Decider: &at[0].live, Options: options, Routes: routes("")})
			}, ""))
		}
		if a.mount == nil {
			continue
		}
		all = append(all, start(tb, a.name, mounted, func(tb testing.TB, at []*place) string {
			return a.mount(tb, conformance.MountApp{
				App:      conformance.App{Decider: &at[0].live, Routes: append(routes(""), routes(conformance.SubRouter)...)},
				Attached: []conformance.Attachment{{Pattern: conformance.SubRouter, Decider: cors.Decider(&at[1].live)}},
				Files:    tb.TempDir(),
			})
		}, "", conformance.SubRouter))
	}
	return all
}

// routes returns the routes that kinds request, below a prefix.
func routes(prefix string) []conformance.Route {
	all := []conformance.Route{
		{Method: "GET", Path: "/items", Body: []string{hello}},
		{Method: "POST", Path: "/items", Body: []string{hello}},
		{Method: "PUT", Path: "/items", Body: []string{hello}},
		{Method: "DELETE", Path: "/items", Body: []string{hello}},
		{Method: "OPTIONS", Path: "/items", Body: []string{greeting}},
		{Method: "HEAD", Path: "/head"},
		{Method: "POST", Path: "/upload", Does: conformance.Upload},
		{Method: "GET", Path: "/stream", Does: conformance.Stream, Body: []string{"one\n", "two\n", "three\n"}},
		{Method: "GET", Path: "/page", Body: []string{pageBody}},
		{Method: "GET", Path: "/large", Body: []string{largeBody}},
		{Method: "GET", Path: "/large-stream", Does: conformance.Stream, Body: slices.Repeat([]string{largeBody}, 12)},
		{Method: "GET", Path: "/socket", Does: conformance.Upgrade, Status: 101, Body: []string{largeBody},
			Set: []conformance.Field{{Name: "Upgrade", Value: "soak"}, {Name: "Connection", Value: "Upgrade"}}},
		{Method: "GET", Path: "/redirect", Does: conformance.Redirect, Status: 302, Location: "/items"},
		{Method: "GET", Path: "/fail", Does: conformance.Fail, Status: 503},
		{Method: "GET", Path: "/panic", Does: conformance.Panic, Status: 500},
		{Method: "GET", Path: "/panic-inside", Does: conformance.Panic, Status: 500, Recovered: true},
		{Method: "GET", Path: "/own", Body: []string{hello},
			Set: []conformance.Field{{Name: "Access-Control-Allow-Origin", Value: handlerOrigin}},
			Add: []conformance.Field{{Name: "Vary", Value: "Accept-Encoding"}}},
	}
	for i := range all {
		all[i].Path = prefix + all[i].Path
		if all[i].Status == 0 {
			all[i].Status = 200
		}
	}
	return all
}
