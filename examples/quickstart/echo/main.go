// The shortest complete server with CORS under echo. PORT sets its port.
package main

import (
	"cmp"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corsecho"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/corslog"
)

func main() {
	policy, err := cors.Compile(cors.Config{
		AllowOrigins: []string{"https://app.example.com"},
		AllowMethods: []string{"PUT"},
		AllowHeaders: []string{"content-type"},
		MaxAge:       10 * time.Minute,
	})
	if err != nil {
		log.Fatal(err) // every mistake at once, each with its correction
	}
	corslog.Warnings(slog.Default(), policy)
	refusals := corslog.New(slog.Default(), time.Minute) // logs what is refused, why, and what to change

	e := echo.New()
	e.Use(corsecho.New(refusals.Of(policy))) // first, on the app, not on a group
	e.GET("/items", func(c echo.Context) error {
		return c.JSON(http.StatusOK, []string{"anchor", "beacon"})
	})
	e.PUT("/items/:id", func(c echo.Context) error {
		return c.NoContent(http.StatusNoContent)
	})

	addr := "127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "8080")
	log.Fatal(e.Start(addr))
}
