// The shortest complete server with CORS under gin. PORT sets its port.
package main

import (
	"cmp"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
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

	r := gin.New()
	r.Use(corsgin.New(refusals.Of(policy))) // first, on the engine, before any route
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
