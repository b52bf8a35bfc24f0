package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corsechov5"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	e := echo.New()
	e.Use(corsechov5.New(policy))
	e.GET("/items", func(c *echo.Context) error { return c.JSON(200, []string{}) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(http.Serve(listener, e))
}
