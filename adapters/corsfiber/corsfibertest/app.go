package corsfibertest

import (
	"context"
	"testing"

	"github.com/gofiber/fiber/v2"
	recovery "github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// NewApp returns an app of fiber v2. It is a fibertest.New.
func NewApp(c fibertest.Config) fibertest.App {
	config := fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         c.CaseSensitive, StrictRouting: c.StrictRouting, UnescapePath: c.UnescapePath,
		BodyLimit: c.BodyLimit,
	}
	if c.ErrorHandler != nil {
		config.ErrorHandler = func(c2 *fiber.Ctx, err error) error { return c.ErrorHandler(ctx{c2}, err) }
	}
	app := fiber.New(config)
	return App{router{app}, app}
}

// ctx is a *fiber.Ctx as a fibertest.Ctx.
type ctx struct{ *fiber.Ctx }

func (c ctx) RequestCtx() *fasthttp.RequestCtx { return c.Context() }

func handlerOf(h fibertest.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error { return h(ctx{c}) }
}

// router is a fiber.Router as a fibertest.Router.
type router struct{ fiber.Router }

// Use implements fibertest.Router.
func (r router) Use(prefix string, h fibertest.Handler) {
	if prefix == "" {
		r.Router.Use(handlerOf(h))
		return
	}
	r.Router.Use(prefix, handlerOf(h))
}

// Add implements fibertest.Router.
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

// Group implements fibertest.Router.
func (r router) Group(prefix string) fibertest.Router { return router{r.Router.Group(prefix)} }

// Mount implements fibertest.Router.
func (r router) Mount(prefix string, c fibertest.Config) fibertest.Router {
	app := NewApp(c)
	r.Router.Mount(prefix, app.(App).Fiber)
	return app
}

// Static implements fibertest.Router.
func (r router) Static(prefix, folder string) { r.Router.Static(prefix, folder) }

// App is a *fiber.App as a fibertest.App.
type App struct {
	router
	Fiber *fiber.App
}

// Install implements fibertest.App.
func (a App) Install(d cors.Decider, opts ...cors.Option) { a.Fiber.Use(corsfiber.New(d, opts...)) }

// InstallMount implements fibertest.App.
func (a App) InstallMount(d cors.Decider, opts ...cors.Option) fibertest.Mount {
	m := corsfiber.NewMount(a.Fiber, d, opts...)
	a.Fiber.Use(m.Middleware())
	return m
}

// Handler implements fibertest.App.
func (a App) Handler() fasthttp.RequestHandler { return a.Fiber.Handler() }

// Recover implements fibertest.App.
func (a App) Recover() { a.Fiber.Use(recovery.New()) }

// Error implements fibertest.App.
func (a App) Error(status int) error { return fiber.NewError(status) }

// SetContext implements fibertest.App.
func (a App) SetContext(c fibertest.Ctx, to context.Context) { c.(ctx).SetUserContext(to) }

// Serve implements fibertest.App.
func (a App) Serve(tb testing.TB) string {
	tb.Helper()
	return serve(tb, a.Fiber)
}
