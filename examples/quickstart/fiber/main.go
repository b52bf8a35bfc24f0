// The shortest complete server with CORS under fiber. PORT sets its port.
package main

import (
	"cmp"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfiber"
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

	app := fiber.New()
	app.Use(corsfiber.New(refusals.Of(policy))) // first, without a prefix, before any route
	app.Get("/items", func(c *fiber.Ctx) error {
		return c.JSON([]string{"anchor", "beacon"})
	})
	app.Put("/items/:id", func(c *fiber.Ctx) error {
		return c.SendStatus(fiber.StatusNoContent)
	})

	addr := "127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "8080")
	log.Fatal(app.Listen(addr))
}
