package main

import (
	"fmt"
	"log"
	"net"

	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	app := fiber.New()
	app.Use(corsfiber.New(policy))
	app.Get("/items", func(c *fiber.Ctx) error { return c.JSON([]string{}) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(app.Listener(listener))
}
