package peers

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/gofiber/fiber/v2"
	jub0bscors "github.com/jub0bs/cors"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode) // otherwise gin writes to the standard output
	m.Run()
}

type httpLayer = func(http.Handler) http.Handler

var errBroken = errors.New("broken")

// The handlers for the frameworks that use net/http.

func serveItems(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Total-Count", "3")
	w.Header().Set("X-Request-Id", "1")
	_, _ = w.Write([]byte("items")) // fails only if the client has closed the connection
}

func serveVary(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Vary", "Accept-Encoding")
	_, _ = w.Write([]byte("varied"))
}

// serveOwn adds a CORS header, as an upstream behind a reverse proxy may do.
func serveOwn(w http.ResponseWriter, _ *http.Request) {
	w.Header().Add("Access-Control-Allow-Origin", "*")
	_, _ = w.Write([]byte("own"))
}

// itemMethods returns the methods of /items. If the framework adds HEAD itself, HEAD is
// the framework's.
func itemMethods() []string {
	return []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}
}

// onHTTP returns the application on net/http's own router.
func onHTTP(layer httpLayer) http.Handler {
	mux := http.NewServeMux()
	for _, method := range itemMethods() {
		mux.HandleFunc(method+" /items", serveItems)
	}
	mux.HandleFunc("GET /vary", serveVary)
	mux.HandleFunc("GET /own", serveOwn)
	mux.HandleFunc("GET /error", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, errBroken.Error(), http.StatusInternalServerError)
	})
	return layer(mux)
}

// onChi returns the application on chi. Its errors are panics, which a middleware
// recovers.
func onChi(layer httpLayer) http.Handler {
	r := chi.NewRouter()
	r.Use(quietRecoverer, layer, chimiddleware.GetHead)
	for _, method := range itemMethods() {
		r.MethodFunc(method, "/items", serveItems)
	}
	r.Get("/vary", serveVary)
	r.Get("/own", serveOwn)
	r.Get("/error", func(http.ResponseWriter, *http.Request) { panic(errBroken) })
	return r
}

// quietRecoverer is chi's Recoverer without the stack on standard error.
func quietRecoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// onGin returns the application on gin. Its errors are panics, which a middleware
// recovers.
func onGin(layer gin.HandlerFunc) http.Handler {
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, _ any) {
		c.AbortWithStatus(http.StatusInternalServerError)
	}), layer)
	for _, method := range append(itemMethods(), http.MethodHead) {
		r.Handle(method, "/items", gin.WrapF(serveItems))
	}
	r.GET("/vary", gin.WrapF(serveVary))
	r.GET("/own", gin.WrapF(serveOwn))
	r.GET("/error", func(*gin.Context) { panic(errBroken) })
	return r
}

// onEcho returns the application on echo, whose handlers return errors.
func onEcho(layer echo.MiddlewareFunc) http.Handler {
	e := echo.New()
	e.Use(layer)
	e.Match(append(itemMethods(), http.MethodHead), "/items", echo.WrapHandler(http.HandlerFunc(serveItems)))
	e.GET("/vary", echo.WrapHandler(http.HandlerFunc(serveVary)))
	e.GET("/own", echo.WrapHandler(http.HandlerFunc(serveOwn)))
	e.GET("/error", func(echo.Context) error { return errBroken })
	return e
}

// onFiber returns the application on fiber, whose handlers return errors.
func onFiber(layer fiber.Handler) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Use(layer)
	for _, method := range append(itemMethods(), http.MethodHead) {
		app.Add(method, "/items", func(c *fiber.Ctx) error {
			c.Set("X-Total-Count", "3")
			c.Set("X-Request-Id", "1")
			return c.SendString("items")
		})
	}
	app.Get("/vary", func(c *fiber.Ctx) error {
		c.Set("Vary", "Accept-Encoding")
		return c.SendString("varied")
	})
	app.Get("/own", func(c *fiber.Ctx) error {
		c.Response().Header.Add("Access-Control-Allow-Origin", "*")
		return c.SendString("own")
	})
	app.Get("/error", func(*fiber.Ctx) error { return errBroken })
	return app
}

// listenHTTP serves h until the test ends.
func listenHTTP(tb testing.TB, h http.Handler) (addr string) {
	tb.Helper()
	server := httptest.NewServer(h)
	tb.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// listenFiber serves app until the test ends.
func listenFiber(tb testing.TB, app *fiber.App) (addr string) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	tb.Cleanup(func() {
		assert.NoError(tb, app.Shutdown())
		assert.NoError(tb, <-done)
	})
	return listener.Addr().String()
}

// startGo serves the application on the framework of each middleware.
func startGo(tb testing.TB, profiles []profile) []string {
	tb.Helper()
	addrs := make([]string, len(profiles))
	for i, p := range profiles {
		addrs[i] = listenGo(tb, p.there)
	}
	return addrs
}

// startChi is startGo for net/http middleware that is made for chi.
func startChi(tb testing.TB, profiles []profile) []string {
	tb.Helper()
	addrs := make([]string, len(profiles))
	for i, p := range profiles {
		addrs[i] = listenHTTP(tb, onChi(p.there.(httpLayer)))
	}
	return addrs
}

func listenGo(tb testing.TB, layer any) (addr string) {
	tb.Helper()
	switch layer := layer.(type) {
	case gin.HandlerFunc:
		return listenHTTP(tb, onGin(layer))
	case echo.MiddlewareFunc:
		return listenHTTP(tb, onEcho(layer))
	case fiber.Handler:
		return listenFiber(tb, onFiber(layer))
	case jub0bscors.Config:
		middleware, err := jub0bscors.NewMiddleware(layer)
		require.NoError(tb, err)
		return listenHTTP(tb, onHTTP(middleware.Wrap))
	case httpLayer:
		return listenHTTP(tb, onHTTP(layer))
	}
	require.FailNow(tb, "not a middleware", "%T", layer)
	return ""
}
