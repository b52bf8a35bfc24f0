package corsfiberv3_test

import (
	"context"
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"
	recovery "github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/static"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

// newApp returns an app of fiber v3. It is a fibertest.New.
func newApp(c fibertest.Config) fibertest.App {
	config := fiber.Config{CaseSensitive: c.CaseSensitive, StrictRouting: c.StrictRouting, UnescapePath: c.UnescapePath, BodyLimit: c.BodyLimit}
	if c.ErrorHandler != nil {
		config.ErrorHandler = func(c3 fiber.Ctx, err error) error { return c.ErrorHandler(c3, err) }
	}
	app := fiber.New(config)
	return fiberApp{router{app}, app}
}

// router is a fiber.Router as a fibertest.Router.
type router struct{ fiber.Router }

func (r router) Use(prefix string, h fibertest.Handler) {
	args := []any{func(c fiber.Ctx) error { return h(c) }}
	if prefix != "" {
		args = append([]any{prefix}, args...)
	}
	r.Router.Use(args...)
}

func (r router) Add(method, path string, handlers ...fibertest.Handler) {
	var all []any
	for _, h := range handlers {
		all = append(all, func(c fiber.Ctx) error { return h(c) })
	}
	methods := []string{method}
	if method == "" {
		methods = fiber.DefaultMethods
	}
	r.Router.Add(methods, path, all[0], all[1:]...)
}

func (r router) Group(prefix string) fibertest.Router { return router{r.Router.Group(prefix)} }

func (r router) Static(prefix, folder string) { r.Get(prefix+"/*", static.New(folder)) }

func (r router) Mount(prefix string, c fibertest.Config) fibertest.Router {
	app := newApp(c)
	r.Router.Use(prefix, app.(fiberApp).app)
	return app
}

// fiberApp is a *fiber.App as a fibertest.App.
type fiberApp struct {
	router
	app *fiber.App
}

func (a fiberApp) Recover()                         { a.app.Use(recovery.New()) }
func (a fiberApp) Error(status int) error           { return fiber.NewError(status) }
func (a fiberApp) Handler() fasthttp.RequestHandler { return a.app.Handler() }
func (a fiberApp) Install(d cors.Decider, opts ...cors.Option) {
	a.app.Use(corsfiberv3.New(d, opts...))
}

func (a fiberApp) InstallMount(d cors.Decider, opts ...cors.Option) fibertest.Mount {
	m := corsfiberv3.NewMount(a.app, d, opts...)
	a.app.Use(m.Middleware())
	return m
}

func (a fiberApp) SetContext(c fibertest.Ctx, to context.Context) { c.(fiber.Ctx).SetContext(to) }

func (a fiberApp) Serve(tb testing.TB) string {
	tb.Helper()
	serve := func(l net.Listener) error { return a.app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }
	return corsfasthttptest.Serve(tb, serve, a.app.Shutdown)
}
