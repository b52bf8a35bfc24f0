package main

import (
	"fmt"
	"log"
	"net"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	r := gin.New()
	r.Use(corsgin.New(policy))
	r.GET("/items", func(c *gin.Context) { c.JSON(200, []string{}) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(r.RunListener(listener))
}
