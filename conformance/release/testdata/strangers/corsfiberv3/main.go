package main

import (
	"fmt"
	"log"
	"net"

	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	app := fiber.New()
	app.Use(corsfiberv3.New(policy))
	app.Get("/items", func(c fiber.Ctx) error { return c.JSON([]string{}) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(app.Listener(listener))
}
