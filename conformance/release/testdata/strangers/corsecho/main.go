package main

import (
	"fmt"
	"log"
	"net"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corsecho"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	e := echo.New()
	e.Use(corsecho.New(policy))
	e.GET("/items", func(c echo.Context) error { return c.JSON(200, []string{}) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	e.Listener = listener
	log.Fatal(e.Start(""))
}
