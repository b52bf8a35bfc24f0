package corsfibertest

import (
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	recovery "github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app, with an app that is mounted in a group for the sub-router. It
// is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	spell := conformance.Spelling(":id", "*")
	f, sub := fiber.New(fiber.Config{DisableStartupMessage: true}), fiber.New()
	f.Use(recovery.New(), twist(conformance.Outside))
	if app.Decider != nil {
		m := corsfiber.NewMount(f, app.Decider, app.Options...)
		f.Use(m.Middleware())
		app.Attach(tb, m, spell)
		if app.Inner != nil {
			f.Use(corsfiber.NewMount(f, app.Inner).Middleware())
		}
	}
	f.Use(twist(conformance.Inside))
	sub.Use(twist(conformance.Sub))
	first, second, _ := strings.Cut(strings.TrimPrefix(conformance.SubRouter, "/"), "/")
	f.Group("/"+first).Mount("/"+second, sub)
	for _, route := range app.Routes {
		in, path := f, route.Path
		if below, ok := strings.CutPrefix(path, conformance.SubRouter); ok {
			in, path = sub, below
		}
		in.Add(route.Method, spell(path), func(c *fiber.Ctx) error { return respond(c, route) })
	}
	f.Static("/static", app.Files)
	return serve(tb, f)
}

func twist(s conformance.Spot) fiber.Handler {
	return func(c *fiber.Ctx) error { return corsfasthttptest.Twist(s, ctx{c}) }
}

// ctx is a *fiber.Ctx as a corsfasthttptest.Ctx.
type ctx struct{ *fiber.Ctx }

func (c ctx) RequestCtx() *fasthttp.RequestCtx { return c.Context() }

// RouteAgain implements conformance.Rerouter.
func (r responder) RouteAgain(path string) error {
	r.c.Path(path)
	return r.c.RestartRouting()
}
