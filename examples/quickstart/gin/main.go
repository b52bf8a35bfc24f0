// The shortest complete server with CORS under gin. PORT sets its port.
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	cors "github.com/crossgate/cors/core"
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

	r := gin.New()
	r.Use(corsgin.New(policy)) // first, on the engine, before any route
	r.Use(gin.Logger(), gin.Recovery())
	r.GET("/items", func(c *gin.Context) {
		c.JSON(http.StatusOK, []string{"anchor", "beacon"})
	})
	r.PUT("/items/:id", func(c *gin.Context) {
		c.Status(http.StatusNoContent)
	})

	addr := "127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "8080")
	log.Fatal(r.Run(addr))
}
