package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// The servers of this file answer any method at any path with 200, so that only the policy
// decides. Each has only the CORS middleware, installed in one line.

func anyNetHTTP(d cors.Decider) Server {
	return HTTP(corshttp.New(d)(http.HandlerFunc(anyAnswer)))
}

func anyChi(d cors.Decider) Server {
	r := chi.NewRouter()
	r.Use(corschi.New(d))
	r.HandleFunc("/*", anyAnswer) // without any route, chi runs no middleware
	r.MethodNotAllowed(anyAnswer) // methods that chi does not know
	return HTTP(r)
}

func anyGin(d cors.Decider) Server {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(corsgin.New(d))
	r.NoRoute(func(c *gin.Context) { c.JSON(http.StatusOK, anything) })
	return HTTP(r)
}

func anyEcho(d cors.Decider) Server {
	e := echo.New()
	e.Use(corsecho.New(d))
	e.RouteNotFound("/*", func(c echo.Context) error { return c.JSON(http.StatusOK, anything) })
	return HTTP(e)
}

func anyFiber(d cors.Decider) Server {
	app := fiber.New(fiber.Config{
		DisableStartupMessage: true, BodyLimit: maxBody, ReadTimeout: longest, WriteTimeout: 2 * longest,
		ReadBufferSize: maxHead, // the other frameworks read that much too
		// Fiber answers other methods itself, before any middleware.
		RequestMethods: append([]string{"QUERY", "patch"}, fiber.DefaultMethods...),
	})
	app.Use(corsfiber.New(d))
	app.Use(func(c *fiber.Ctx) error { return c.JSON(anything) })
	return fiberServer{app}
}

// maxHead is the longest head of a request that fiber reads, in bytes, as in net/http.
const maxHead = 1 << 20

// anything is the answer of these servers.
var anything = map[string]bool{"ok": true}

func anyAnswer(w http.ResponseWriter, _ *http.Request) { writeJSON(w, anything) }
