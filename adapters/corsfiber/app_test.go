package corsfiber_test

import (
	"context"
	"testing"

	"github.com/gofiber/fiber/v2"
	recovery "github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// newApp returns an app of fiber v2. It is a fibertest.New.
func newApp(c fibertest.Config) fibertest.App {
	config := fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         c.CaseSensitive, StrictRouting: c.StrictRouting, UnescapePath: c.UnescapePath,
		BodyLimit: c.BodyLimit,
	}
	if c.ErrorHandler != nil {
		config.ErrorHandler = func(c2 *fiber.Ctx, err error) error { return c.ErrorHandler(ctx{c2}, err) }
	}
	app := fiber.New(config)
	return fiberApp{router{app}, app}
}

// ctx is a *fiber.Ctx as a fibertest.Ctx.
type ctx struct{ *fiber.Ctx }

func (c ctx) RequestCtx() *fasthttp.RequestCtx { return c.Context() }

func handlerOf(h fibertest.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error { return h(ctx{c}) }
}

// router is a fiber.Router as a fibertest.Router.
type router struct{ fiber.Router }

func (r router) Use(prefix string, h fibertest.Handler) {
	if prefix == "" {
		r.Router.Use(handlerOf(h))
		return
	}
	r.Router.Use(prefix, handlerOf(h))
}

func (r router) Add(method, path string, handlers ...fibertest.Handler) {
	all := make([]fiber.Handler, len(handlers))
	for i, h := range handlers {
		all[i] = handlerOf(h)
	}
	if method == "" {
		r.All(path, all...)
		return
	}
	r.Router.Add(method, path, all...)
}

func (r router) Group(prefix string) fibertest.Router { return router{r.Router.Group(prefix)} }

func (r router) Mount(prefix string, c fibertest.Config) fibertest.Router {
	app := newApp(c)
	r.Router.Mount(prefix, app.(fiberApp).app)
	return app
}

func (r router) Static(prefix, folder string) { r.Router.Static(prefix, folder) }

// fiberApp is a *fiber.App as a fibertest.App.
type fiberApp struct {
	router
	app *fiber.App
}

func (a fiberApp) Install(d cors.Decider, opts ...cors.Option) { a.app.Use(corsfiber.New(d, opts...)) }

func (a fiberApp) InstallMount(d cors.Decider, opts ...cors.Option) fibertest.Mount {
	m := corsfiber.NewMount(a.app, d, opts...)
	a.app.Use(m.Middleware())
	return m
}

func (a fiberApp) Handler() fasthttp.RequestHandler { return a.app.Handler() }
func (a fiberApp) Recover()                         { a.app.Use(recovery.New()) }
func (a fiberApp) Error(status int) error           { return fiber.NewError(status) }

func (a fiberApp) SetContext(c fibertest.Ctx, to context.Context) { c.(ctx).SetUserContext(to) }

func (a fiberApp) Serve(tb testing.TB) string {
	tb.Helper()
	return corsfasthttptest.Serve(tb, a.app.Listener, a.app.Shutdown)
}
