// The shortest complete server with CORS under chi. PORT sets its port.
package main

import (
	"cmp"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
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

	r := chi.NewRouter()
	r.Use(corschi.New(policy)) // first, on the root router, before any route
	r.Get("/items", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintln(w, `["anchor","beacon"]`)
	})
	r.Put("/items/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})

	addr := "127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "8080")
	log.Fatal(http.ListenAndServe(addr, r))
}
