package corsfiberv3test

import (
	"context"
	"testing"

	"github.com/gofiber/fiber/v3"
	recovery "github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/static"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

// NewApp returns an app of fiber v3. It is a fibertest.New.
func NewApp(c fibertest.Config) fibertest.App {
	config := fiber.Config{CaseSensitive: c.CaseSensitive, StrictRouting: c.StrictRouting, UnescapePath: c.UnescapePath, BodyLimit: c.BodyLimit}
	if c.ErrorHandler != nil {
		config.ErrorHandler = func(c3 fiber.Ctx, err error) error { return c.ErrorHandler(c3, err) }
	}
	app := fiber.New(config)
	return App{router{app}, app}
}

// router is a fiber.Router as a fibertest.Router.
type router struct{ fiber.Router }

// Use implements fibertest.Router.
func (r router) Use(prefix string, h fibertest.Handler) {
	args := []any{func(c fiber.Ctx) error { return h(c) }}
	if prefix != "" {
		args = append([]any{prefix}, args...)
	}
	r.Router.Use(args...)
}

// Add implements fibertest.Router.
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

// Group implements fibertest.Router.
func (r router) Group(prefix string) fibertest.Router { return router{r.Router.Group(prefix)} }

// Static implements fibertest.Router.
func (r router) Static(prefix, folder string) { r.Get(prefix+"/*", static.New(folder)) }

// Mount implements fibertest.Router.
func (r router) Mount(prefix string, c fibertest.Config) fibertest.Router {
	app := NewApp(c)
	r.Router.Use(prefix, app.(App).Fiber)
	return app
}

// App is a *fiber.App as a fibertest.App.
type App struct {
	router
	Fiber *fiber.App
}

// Recover implements fibertest.App.
func (a App) Recover() { a.Fiber.Use(recovery.New()) }

// Error implements fibertest.App.
func (a App) Error(status int) error { return fiber.NewError(status) }

// Handler implements fibertest.App.
func (a App) Handler() fasthttp.RequestHandler { return a.Fiber.Handler() }

// Install implements fibertest.App.
func (a App) Install(d cors.Decider, opts ...cors.Option) {
	a.Fiber.Use(corsfiberv3.New(d, opts...))
}

// InstallMount implements fibertest.App.
func (a App) InstallMount(d cors.Decider, opts ...cors.Option) fibertest.Mount {
	m := corsfiberv3.NewMount(a.Fiber, d, opts...)
	a.Fiber.Use(m.Middleware())
	return m
}

// SetContext implements fibertest.App.
func (a App) SetContext(c fibertest.Ctx, to context.Context) { c.(fiber.Ctx).SetContext(to) }

// Serve implements fibertest.App.
func (a App) Serve(tb testing.TB) string {
	tb.Helper()
	return serve(tb, a.Fiber)
}
