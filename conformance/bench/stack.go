package bench

import (
	"errors"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	fiberv3 "github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"
	"github.com/valyala/fasthttp"
)

const (
	path = "/items"
	body = "ok" // the handler's body, which nothing else sends
)

// stack is an application with one route behind one CORS middleware or none. It is in
// http or, for fiber and fasthttp, in fast.
type stack struct {
	http http.Handler
	fast fasthttp.RequestHandler
}

type httpLayer = func(http.Handler) http.Handler

// handler returns the handler of the route, for frameworks that use net/http.
func handler() http.HandlerFunc {
	content := []byte(body)
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(content) // fails only if the client has closed the connection
	}
}

// onHTTP puts the middleware around a bare handler. This is the smallest net/http
// application, so the cost of the middleware is most visible.
func onHTTP(layer httpLayer) stack {
	if layer == nil {
		return stack{http: handler()}
	}
	return stack{http: layer(handler())}
}

func onChi(layer httpLayer) stack {
	r := chi.NewRouter()
	if layer != nil {
		r.Use(layer)
	}
	r.Get(path, handler())
	return stack{http: r}
}

func onGin(layer gin.HandlerFunc) stack {
	gin.SetMode(gin.ReleaseMode) // otherwise gin writes to the standard output
	r := gin.New()
	if layer != nil {
		r.Use(layer)
	}
	content := []byte(body)
	r.GET(path, func(c *gin.Context) {
		_, _ = c.Writer.Write(content) // fails only if the client has closed the connection
	})
	return stack{http: r}
}

func onEcho(layer echo.MiddlewareFunc) stack {
	e := echo.New()
	if layer != nil {
		e.Use(layer)
	}
	content := []byte(body)
	e.GET(path, func(c echo.Context) error {
		_, err := c.Response().Write(content)
		return err
	})
	return stack{http: e}
}

func onEchoV5(layer echov5.MiddlewareFunc) stack {
	e := echov5.New()
	if layer != nil {
		e.Use(layer)
	}
	content := []byte(body)
	e.GET(path, func(c *echov5.Context) error {
		_, err := c.Response().Write(content)
		return err
	})
	return stack{http: e}
}

func onFiber(layer fiber.Handler) stack {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	if layer != nil {
		app.Use(layer)
	}
	content := []byte(body)
	app.Get(path, func(c *fiber.Ctx) error {
		c.Response().SetBodyRaw(content)
		return nil
	})
	return stack{fast: app.Handler()}
}

func onFiberV3(layer fiberv3.Handler) stack {
	app := fiberv3.New()
	if layer != nil {
		app.Use(layer)
	}
	content := []byte(body)
	app.Get(path, func(c fiberv3.Ctx) error {
		c.Response().SetBodyRaw(content)
		return nil
	})
	return stack{fast: app.Handler()}
}

type fastLayer = func(fasthttp.RequestHandler) fasthttp.RequestHandler

// onFastHTTP puts the middleware around a bare handler, as onHTTP does.
func onFastHTTP(layer fastLayer) stack {
	content := []byte(body)
	handler := func(ctx *fasthttp.RequestCtx) { ctx.Response.SetBodyRaw(content) }
	if layer == nil {
		return stack{fast: handler}
	}
	return stack{fast: layer(handler)}
}

// serve answers requests on l until l is closed.
func (s stack) serve(l net.Listener) error {
	if s.fast != nil {
		return (&fasthttp.Server{Handler: s.fast, NoDefaultServerHeader: true}).Serve(l)
	}
	err := (&http.Server{Handler: s.http}).Serve(l) //nolint:gosec // a server for benchmarks, on a loopback interface
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
