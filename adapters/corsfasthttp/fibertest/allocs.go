package fibertest

import (
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// Allocates checks that neither New nor a Mount allocates anything.
func Allocates(t *testing.T, n New) {
	t.Helper()
	corsfasthttptest.GuardAllocates(t, func(d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) fasthttp.RequestHandler {
		app := n(Config{})
		app.Install(d, opts...)
		app.Add("GET", "/", Raw(handler))
		return app.Handler()
	})
	mountAllocates(t, n)
}

// mountAllocates requests paths that a route, a handler of Use and nothing serves, and
// sends preflights. It does so with and without RouteMethods, and with a policy that
// enforces.
func mountAllocates(t *testing.T, n New) {
	t.Helper()
	enforcing := cors.MustCompile(cors.Config{AllowOrigins: []string{Origin("group")}, AllowMethods: []string{"PUT"}, Enforce: cors.EnforceAll})
	for _, group := range []cors.Decider{Policy("group"), enforcing} {
		for _, opts := range [][]cors.Option{nil, {cors.Guard(cors.HandlerWins)}} {
			app := n(Config{})
			m := app.InstallMount(Policy("whole"), opts...)
			app.Add("GET", "/items/:id", OK)
			app.Add("PUT", "/items/:id", OK)
			Must(t, m.Group("/items", group))
			handler := app.Handler()
			for _, method := range []string{"GET", "OPTIONS"} {
				var c fasthttp.RequestCtx
				c.Request.Header.SetMethod(method)
				c.Request.SetRequestURI("/items/7")
				c.Request.Header.SetHost("api.example")
				c.Request.Header.Set("Origin", Origin("group"))
				c.Request.Header.Set("Access-Control-Request-Method", "PUT")
				got := testing.AllocsPerRun(100, func() {
					c.Response.Reset()
					handler(&c)
				})
				if got != 0 || Allowed(&c.Response) != Origin("group") {
					t.Errorf("%s: %v allocations; response\n%s", method, got, &c.Response)
				}
			}
		}
	}
}
