package corsfibertest

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	return fibertest.StartMount(tb, app, NewApp, func(c fibertest.Ctx, route conformance.Route) error { return respond(c.(ctx).Ctx, route) })
}

// RouteAgain implements conformance.Rerouter.
func (r responder) RouteAgain(path string) error {
	r.c.Path(path)
	return r.c.RestartRouting()
}
