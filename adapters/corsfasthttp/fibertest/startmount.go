package fibertest

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app. The sub-router is an app that is mounted in a group. respond
// answers as a route says. With n and respond, StartMount is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp, n New, respond func(Ctx, conformance.Route) error) string {
	tb.Helper()
	spell := conformance.Spelling(":id", "*")
	f := n(Config{})
	f.Recover()
	f.Use("", twist(conformance.Outside))
	if app.Decider != nil {
		app.Attach(tb, f.InstallMount(app.Decider, app.Options...), spell)
		if app.Inner != nil {
			f.InstallMount(app.Inner)
		}
	}
	f.Use("", twist(conformance.Inside))
	first, second, _ := strings.Cut(strings.TrimPrefix(conformance.SubRouter, "/"), "/")
	sub := f.Group("/"+first).Mount("/"+second, Config{})
	sub.Use("", twist(conformance.Sub))
	for _, route := range app.Routes {
		in, path := Router(f), route.Path
		if below, ok := strings.CutPrefix(path, conformance.SubRouter); ok {
			in, path = sub, below
		}
		in.Add(route.Method, spell(path), func(c Ctx) error { return respond(c, route) })
	}
	f.Static("/static", app.Files)
	if app.Below {
		around, inside := n(Config{}), f.Handler()
		around.Use("", twist(conformance.Below))
		around.Use("", func(c Ctx) error {
			inside(c.RequestCtx())
			return nil
		})
		return around.Serve(tb)
	}
	return f.Serve(tb)
}

func twist(s conformance.Spot) Handler {
	return func(c Ctx) error { return corsfasthttptest.Twist(s, c) }
}
