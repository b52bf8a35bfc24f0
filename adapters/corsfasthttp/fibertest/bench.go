package fibertest

import (
	"fmt"
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Benchmark measures an app of 100 routes: without the middleware, with New and its guards,
// and with a Mount whose policies enforce or not. Subtract the result without the
// middleware.
func Benchmark(b *testing.B, n New) {
	b.Helper()
	enforcing := cors.MustCompile(cors.Config{AllowOrigins: []string{Origin("group")}, AllowMethods: []string{"PUT"}, Enforce: cors.EnforceAll})
	mount := func(group cors.Decider, opts ...cors.Option) func(App) func() error {
		return func(app App) func() error {
			m := app.InstallMount(Policy("whole"), opts...)
			return func() error {
				if err := m.Group("/v1", group); err != nil {
					return err
				}
				return m.Check()
			}
		}
	}
	with := func(opts ...cors.Option) func(App) func() error {
		return func(app App) func() error {
			app.Install(Policy("group"), opts...)
			return func() error { return nil }
		}
	}
	for _, layer := range []struct {
		name    string
		install func(App) (routed func() error)
	}{
		{"none", func(App) func() error { return func() error { return nil } }},
		{"new", with()},
		{"new-policy-wins", with(cors.Guard(cors.PolicyWins))},
		{"new-handler-wins", with(cors.Guard(cors.HandlerWins))},
		{"mount", mount(Policy("group"))},
		{"mount-handler-wins", mount(Policy("group"), cors.Guard(cors.HandlerWins))},
		{"mount-route-methods", mount(Policy("group"), cors.RouteMethods())},
		{"mount-enforcing", mount(enforcing)},
	} {
		app := n(Config{})
		routed := layer.install(app)
		for i := range 50 {
			app.Add("GET", fmt.Sprintf("/v1/things%d/:id", i), OK)
			app.Add("PUT", fmt.Sprintf("/v1/things%d/:id", i), OK)
		}
		if err := routed(); err != nil {
			b.Fatal(err)
		}
		h := app.Handler()
		for _, request := range []struct {
			name, method, target, requested string
			status                          int
		}{
			{"actual", "GET", "/v1/things25/7", "", 204},
			{"preflight", "OPTIONS", "/v1/things25/7", "PUT", 204},
			{"404", "GET", "/v1/none", "", 404},
		} {
			if layer.name == "none" && request.requested != "" {
				continue
			}
			b.Run("request="+request.name+"/layer="+layer.name, func(b *testing.B) {
				var c fasthttp.RequestCtx
				c.Init(new(fasthttp.Request), nil, nil)
				c.Request.Header.SetMethod(request.method)
				c.Request.SetRequestURI(request.target)
				c.Request.Header.SetHost("api.example")
				c.Request.Header.Set("Origin", Origin("group"))
				if request.requested != "" {
					c.Request.Header.Set("Access-Control-Request-Method", request.requested)
				}
				serve := func() {
					c.ResetUserValues()
					c.Response.Reset()
					h(&c)
				}
				serve()
				if allowed := Allowed(&c.Response) != ""; c.Response.StatusCode() != request.status || allowed != (layer.name != "none") {
					b.Fatalf("the response is not what the name says:\n%s", &c.Response)
				}
				b.ReportAllocs()
				for b.Loop() {
					serve()
				}
			})
		}
	}
}
