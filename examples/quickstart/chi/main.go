// The shortest complete server with CORS under chi. PORT sets its port.
package main

import (
	"cmp"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
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

	r := chi.NewRouter()
	r.Use(corschi.New(refusals.Of(policy))) // first, on the root router, before any route
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
